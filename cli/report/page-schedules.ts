import type { ScheduleSettings } from "../../infra/settings/schedules.ts";
import { markup, type Markup } from "./markup.ts";
import { toldSchedule } from "./schedules.ts";

/** When slots start and stop by themselves. */
export function schedulesTable(schedules: readonly ScheduleSettings[]): Markup {
  if (schedules.length === 0) return markup``;
  return markup`<section aria-labelledby="schedules-heading">
    <h2 id="schedules-heading">Schedules</h2>
    <table class="schedules">
      <caption>
        When slots start and stop by themselves. The hours are those of an average month, as the estimate counts
        them; dates without a start are not taken off.
      </caption>
      <thead>
        <tr>
          <th scope="col">Schedule</th>
          <th scope="col">Hours</th>
          <th scope="col">Time zone</th>
          <th scope="col">Starts</th>
          <th scope="col">No start on</th>
          <th scope="col" class="num">Counted</th>
        </tr>
      </thead>
      <tbody>
        ${schedules.map(toldSchedule).map(
          ({ name, hours, timeZone, slots, exceptions, hoursPerMonth }) =>
            markup`<tr>
              <th scope="row">${name}</th>
              <td>${hours}</td>
              <td>${timeZone}</td>
              <td>${slots}</td>
              <td>${exceptions.length === 0 ? "–" : exceptions.join(", ")}</td>
              <td class="num">${hoursPerMonth}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
