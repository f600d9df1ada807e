import { isMap, isScalar, parseDocument } from "yaml";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";

/** The keys under which a stack file may hold the cluster, as Pulumi reads them. */
const CLUSTER_KEYS = ["proving-ground:cluster", "proving-ground:config:cluster", "cluster"];

/** A stack file with another cluster size; `before` is the committed one. */
export interface Resized {
  readonly before: string;
  /** The file as it would be: the value alone differs, not a comment or a space elsewhere. */
  readonly text: string;
}

/**
 * Sets `cluster.size`. Only the characters of the value are replaced: writing the parsed document again would move
 * comments and change quotation.
 *
 * @throws GroundError (exit code 2) where the file has no cluster, or its size is no plain text.
 */
export function resize(text: string, size: string, source: string): Resized {
  const document = parseDocument(text);
  const config = document.get("config");
  const key = isMap(config) ? CLUSTER_KEYS.find((name) => config.has(name)) : undefined;
  const node = key === undefined ? undefined : document.getIn(["config", key, "size"], true);
  if (!isScalar(node) || typeof node.value !== "string" || node.range == null)
    throw new GroundError(
      `${source}: has no cluster size to change; it stands under "config:" as ${String(CLUSTER_KEYS[0])}: {size: …}.`,
      EXIT.badConfiguration,
    );
  const [start, end] = node.range;
  return { before: node.value, text: `${text.slice(0, start)}${size}${text.slice(end)}` };
}
