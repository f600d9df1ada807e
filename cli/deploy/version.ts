/**
 * SemVer 2.0.0, or any name of up to 64 letters, digits, `.`, `_` and `-`, for builds that are named by commit or date.
 * It starts with a letter or digit in either case, so that no version can be called `_blobs` or `..`.
 */
const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A version ends up in object keys of at most 1,024 bytes, and in tables. */
const LONGEST_SEMVER = 128;

/** What is wrong with a version; undefined where nothing is. */
export function versionProblem(version: string): string | undefined {
  if (NAME.test(version)) return undefined;
  if (version.length <= LONGEST_SEMVER && SEMVER.test(version)) return undefined;
  return `VERSION ${JSON.stringify(version)}: must be a semantic version such as 1.4.0-rc.1, or up to 64 letters, digits, ".", "_" and "-" that start with a letter or digit`;
}
