import type { Plan } from "../../model/plan.ts";
import { governedRepositories, type GovernedRepository } from "./governed.ts";
import { markup, type Markup } from "./markup.ts";

/** What is set in each repository, topic by topic; nothing where none is governed. */
export function governedTables(plan: Plan): Markup {
  const repositories = governedRepositories(plan);
  if (repositories.length === 0) return markup``;
  return markup`<section aria-labelledby="governed-heading">
    <h2 id="governed-heading">On GitHub</h2>
    <p class="hint">
      What the stack sets; whatever is not said here stays as GitHub has it. Secrets stand by their names, and
      their values nowhere.
    </p>
    ${repositories.map(table)}
  </section>`;
}

function table({ repository, rows }: GovernedRepository): Markup {
  return markup`<table class="governed">
    <caption>
      ${repository}
    </caption>
    <thead class="unseen">
      <tr>
        <th scope="col">Topic</th>
        <th scope="col">What is set</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ topic, items }) =>
          markup`<tr>
            <th scope="row">${topic}</th>
            <td><ul>${items.map((item) => markup`<li>${item}</li>`)}</ul></td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
