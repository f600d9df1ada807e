/** Prefixes of the artifact bucket, each with its own life (components/artifact-store.ts). */
export const PREFIXES = { releases: "releases/", runs: "runs/", hosts: "hosts/" } as const;
