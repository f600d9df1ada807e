import type { RepositorySettings } from "../../infra/settings/governance.ts";
import { fieldDifferences } from "./fields.ts";
import type { Place } from "./github-place.ts";

/** Labels that are missing or look otherwise. What else the repository has stays, and is no difference. */
export async function labelDifferences(
  { client, owner, repo }: Place,
  planned: NonNullable<RepositorySettings["labels"]>,
): Promise<string[]> {
  const labels = await client.paginate(client.issues.listLabelsForRepo, { owner, repo, per_page: 100 });
  // GitHub tells neither names nor colors apart by case.
  const live = new Map(labels.map((label) => [label.name.toLowerCase(), label]));
  return Object.entries(planned).flatMap(([name, { color, description }]) => {
    const found = live.get(name.toLowerCase());
    if (found === undefined) return [`label ${name} is missing`];
    return fieldDifferences([
      [`${name}: color`, found.color.toLowerCase(), color.toLowerCase()],
      [`${name}: description`, found.description, description],
    ]);
  });
}
