/** What a URN says: `urn:pulumi:STACK::PROJECT::TYPE$…$TYPE::NAME`. Fields of a broken one are "". */
export interface UrnParts {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
}

export function parseUrn(urn: string): UrnParts {
  const [head = "", , types = "", ...name] = urn.split("::");
  return {
    stack: head.replace(/^urn:pulumi:/, ""),
    type: types.slice(types.lastIndexOf("$") + 1),
    name: name.join("::"),
  };
}
