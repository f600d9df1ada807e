const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size for people: whole bytes, else three figures, for example `1.25 MiB`. */
export function shownBytes(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, bytes === 0 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  return `${unit === 0 ? String(bytes) : value.toPrecision(3)} ${UNITS[unit] ?? "B"}`;
}
