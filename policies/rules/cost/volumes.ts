import { listOf, tableOf, textOf, valueAt, type Table } from "../../../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE } from "../../../pricing/resource-index.ts";
import { INSTANCE } from "./hosts.ts";

type Path = readonly (string | number)[];

/** An EBS volume where a resource states it. */
export interface StatedVolume {
  /** For messages, for example `volume /dev/xvda`. */
  readonly title: string;
  /** Where its type stands among the inputs. */
  readonly typePath: Path;
  readonly type: unknown;
  readonly gib: unknown;
  /** The snapshot it is made of, which sets the size where none is stated. */
  readonly snapshot: unknown;
  /** True where AWS makes gp2 of a volume without a type; elsewhere the machine image decides. */
  readonly gp2WithoutType: boolean;
}

/** EBS volumes a resource states; none for other types. What is unknown as a whole is one volume of unknown type and size. */
export function volumesOf({ type, inputs }: ResourceRecord): readonly StatedVolume[] {
  switch (type) {
    case "aws:ebs/volume:Volume":
      return [
        {
          title: "volume",
          typePath: ["type"],
          type: inputs["type"],
          gib: inputs["size"],
          snapshot: inputs["snapshotId"],
          gp2WithoutType: true,
        },
      ];
    case LAUNCH_TEMPLATE:
      return volumesIn(inputs, "blockDeviceMappings", ["ebs"]);
    case INSTANCE:
    case LAUNCH_CONFIGURATION:
      return [...rootVolume(inputs), ...volumesIn(inputs, "ebsBlockDevices", [])];
    default:
      return [];
  }
}

function rootVolume(inputs: Table): StatedVolume[] {
  const root = inputs["rootBlockDevice"];
  return root === undefined ? [] : [stated("root volume", root, ["rootBlockDevice"], false)];
}

function volumesIn(inputs: Table, list: string, below: readonly string[]): StatedVolume[] {
  const found = inputs[list];
  if (isUnknown(found)) return [stated(list, found, [list], false)];
  return listOf(found).flatMap((device, index) => {
    const volume = valueAt(device, ...below);
    if (volume === undefined) return [];
    const title = `volume ${textOf(tableOf(device)["deviceName"]) ?? String(index + 1)}`;
    return [stated(title, volume, [list, index, ...below], list === "ebsBlockDevices")];
  });
}

function stated(title: string, volume: unknown, path: Path, gp2WithoutType: boolean): StatedVolume {
  return {
    title,
    typePath: [...path, "volumeType"],
    type: valueAt(volume, "volumeType"),
    gib: valueAt(volume, "volumeSize"),
    snapshot: valueAt(volume, "snapshotId"),
    gp2WithoutType,
  };
}

/** The inputs with one value changed, all else as it was. */
export function withValue(container: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(container))
    return container.map((item: unknown, index) => (index === key ? withValue(item, rest, value) : item));
  const table = tableOf(container);
  return { ...table, [key]: withValue(table[key], rest, value) };
}
