export const ARCHITECTURES = ["x86_64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/**
 * CPU architecture of an EC2 instance type, read from its name: a `g` right after the generation
 * digit marks Graviton (`c7g`, `t4g`, `im4gn`). The exceptions came before or stand beside that
 * naming. Source: "Amazon EC2 instance type naming conventions".
 */
export function architectureOf(instanceType: string): Architecture {
  const [family = ""] = instanceType.split(".");
  const arm =
    /^[a-z]+\d+g/.test(family) || family === "a1" || family.startsWith("mac2") || family.includes("-gb");
  return arm ? "arm64" : "x86_64";
}

/** Architecture that an image parameter names; undefined for a pinned image id, which says nothing. */
export function architectureOfImage(image: string): Architecture | undefined {
  return ARCHITECTURES.find((architecture) => image.endsWith(`-${architecture}`));
}
