/** Prefixes of the artifact bucket, each with its own life (components/artifact-store.ts). */
export const PREFIXES = { releases: "releases/", runs: "runs/", hosts: "hosts/" } as const;

/** Where the files of all releases lie, each once, under its SHA-256. No version starts with `_`, so none meets this folder. */
export const RELEASE_CONTENTS = `${PREFIXES.releases}_blobs/sha256/`;
