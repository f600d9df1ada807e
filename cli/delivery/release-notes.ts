import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";

/**
 * The notes of a release: its section of the changelog.
 *
 * @param tag the pushed tag, for example `v1.2.0`
 * @throws GroundError (exit code 2) naming all of: a tag that is not the package's version, a changelog without the
 * version's section, a section that is empty, notes still under "Unreleased".
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  const sections = sectionsOf(changelog);
  const notes = sections.get(version);
  const unreleased = sections.get("Unreleased") ?? "";
  const problems = [
    ...(tag === `v${version}` ? [] : [`the tag is ${tag}, package.json says ${version}: tag v${version}`]),
    ...(notes === undefined ? [`CHANGELOG.md has no section "## [${version}]"`] : []),
    ...(notes === "" ? [`the section "## [${version}]" of CHANGELOG.md is empty`] : []),
    ...(unreleased === "" ? [] : [`CHANGELOG.md still has notes under "## [Unreleased]": move them`]),
  ];
  if (notes === undefined || problems.length > 0)
    throw new GroundError(
      ["Nothing is released:", ...problems.map((line) => `  ${line}`)].join("\n"),
      EXIT.badConfiguration,
    );
  return `${notes}\n`;
}

/** Texts below `## [NAME]` headings, by name. */
function sectionsOf(changelog: string): Map<string, string> {
  const parts = changelog.split(/^## \[([^\]]+)\].*$/m);
  const sections = new Map<string, string>();
  for (let index = 1; index < parts.length; index += 2) {
    const text = (parts[index + 1] ?? "").replace(/^\[[^\]]+\]:.*$/gm, "").trim();
    sections.set(parts[index] ?? "", text);
  }
  return sections;
}
