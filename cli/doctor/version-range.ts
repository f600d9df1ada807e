/** A version such as 20.19.0 as three numbers; undefined for anything else. A leading v and what follows a dash go. */
export function parseVersion(text: string): readonly [number, number, number] | undefined {
  const [, major, minor = "0", patch = "0"] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text.trim()) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Below 0 where the first version is older, above where it is newer. */
export function compareVersions(first: readonly number[], second: readonly number[]): number {
  for (const [index, number] of first.entries()) {
    const difference = number - (second[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether a version is in a range of `engines` in package.json: alternatives of `^1.2.3` and `>=1.2.3`.
 *
 * @throws RangeError for any other operator: guessing would pass what nobody tested.
 */
export function inRange(version: readonly [number, number, number], range: string): boolean {
  return range.split("||").some((alternative) => {
    const [, operator, text = ""] = /^\s*(\^|>=)\s*(\S+)\s*$/.exec(alternative) ?? [];
    const lowest = parseVersion(text);
    if (operator === undefined || lowest === undefined)
      throw new RangeError(
        `engines: ${JSON.stringify(alternative.trim())} is neither ^VERSION nor >=VERSION`,
      );
    return compareVersions(version, lowest) >= 0 && (operator === ">=" || version[0] === lowest[0]);
  });
}
