import type { Plan, PlannedResource } from "../../model/plan.ts";
import { escapeHtml } from "./markup.ts";
import { printable } from "./printable.ts";
import { allParts, className, labelOf, machineOf, partsOf, titleOf, type Part } from "./tree.ts";

/** One box of the graph: resources that a reader takes for one thing. */
interface Box {
  readonly id: string;
  readonly lines: readonly string[];
  /** What a pointer resting on it says. */
  readonly title: string;
  readonly resources: readonly PlannedResource[];
  readonly part: Part;
  /** Token to filter by; absent where the box holds several. */
  readonly type: string | undefined;
}

/**
 * The plan as a graph in Graphviz's DOT language: a cluster per component, a box per kind of
 * resource in it, a box per role for slots. A box takes in what only completes it
 * (`BucketVersioning` goes with `Bucket`), so that 300 resources stay a picture. An arrow points to
 * what a box needs.
 */
export function planToDot(plan: Plan): string {
  const { dot } = describeGraph(plan);
  return dot;
}

/**
 * {@link planToDot} drawn as SVG without colours, fonts or sizes of its own: the page's style sheet
 * gives them, by the classes `part`, `box`, `slots` and `needs`. Arrows that follow from others are
 * left out. Each box is a link to its resources (`#part=…&type=…`). Graphviz is loaded at the first call.
 */
export async function renderGraphSvg(plan: Plan): Promise<string> {
  const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
  const graphviz = await Graphviz.load();
  const { dot, boxes } = describeGraph(plan);
  return restyle(graphviz.dot(graphviz.tred(dot).out, "svg"), boxes);
}

function describeGraph(plan: Plan): { readonly dot: string; readonly boxes: readonly Box[] } {
  const root = partsOf(plan);
  let count = 0;
  const boxesOf = new Map(
    allParts(root).map((part) => [part, makeBoxes(part, () => `n${String((count += 1))}`)]),
  );
  const boxes = [...boxesOf.values()].flat();
  const body = [...clusterBody(root, boxesOf, { count: 0 }), ...edges(boxes)];
  return { dot: ["digraph plan {", ...GRAPH_STYLE, ...body, "}", ""].join("\n"), boxes };
}

// Sizes only: Graphviz measures with Helvetica, the style sheet draws with it or its metric twins.
const GRAPH_STYLE = [
  '  graph [rankdir=LR, nodesep=0.14, ranksep=0.55, fontname="Helvetica", fontsize=12, pad=0.12, bgcolor="transparent", newrank=true]',
  '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11, height=0.34, margin="0.14,0.06"]',
  "  edge [arrowsize=0.6, class=needs]",
];

function makeBoxes(part: Part, nextId: () => string): Box[] {
  if (part.slots) {
    const resources = [part, ...allParts(part).slice(1)].flatMap(({ own }) => own);
    const machine = machineOf(part);
    const lines = [labelOf(part), ...(machine === "" ? [] : [machine])];
    return [
      {
        id: nextId(),
        lines,
        title: `${labelOf(part)}: ${resourceCount(resources.length)}`,
        resources,
        part,
        type: undefined,
      },
    ];
  }
  return familiesOf(part.own).map(({ type, members }): Box => {
    const heads = members.filter((resource) => resource.type === type);
    const satellites = members.length - heads.length;
    const name = heads.length > 1 ? `${titleOf(type)} × ${String(heads.length)}` : titleOf(type);
    const title = `${part.path}: ${members.map((resource) => resource.name).join(", ")}`;
    return {
      id: nextId(),
      lines: [satellites > 0 ? `${name} + ${String(satellites)}` : name],
      title,
      resources: members,
      part,
      type: satellites > 0 ? undefined : type,
    };
  });
}

function resourceCount(count: number): string {
  return `${String(count)} resource${count === 1 ? "" : "s"}`;
}

interface Family {
  readonly type: string;
  readonly members: readonly PlannedResource[];
}

/**
 * Resources by type. A type whose name begins with another's goes with it, also between services
 * (`vpc` and `ec2`), unless it needs something else of the part: that arrow would be lost.
 */
function familiesOf(resources: readonly PlannedResource[]): Family[] {
  const types = [...new Set(resources.map(({ type }) => type))];
  const typeOf = new Map(resources.map(({ urn, type }) => [urn, type]));
  const needs = (type: string): string[] =>
    resources
      .filter((resource) => resource.type === type)
      .flatMap(({ dependencies }) => dependencies.flatMap((urn) => typeOf.get(urn) ?? []));
  const joins = (type: string, head: string): boolean =>
    completes(className(type), className(head)) &&
    needs(type).every((need) => need === head || completes(className(need), className(head)));
  const headOf = (type: string): string => {
    const heads = types.filter((other) => other !== type && joins(type, other));
    return heads.sort((a, b) => a.length - b.length)[0] ?? type;
  };
  const members = new Map<string, PlannedResource[]>();
  for (const resource of resources) {
    const head = headOf(resource.type);
    members.set(head, [...(members.get(head) ?? []), resource]);
  }
  return [...members].map(([type, list]) => ({ type, members: list }));
}

function completes(name: string, head: string): boolean {
  return name.length > head.length && name.startsWith(head) && /[A-Z]/.test(name.charAt(head.length));
}

function clusterBody(
  part: Part,
  boxesOf: ReadonlyMap<Part, readonly Box[]>,
  clusters: { count: number },
): string[] {
  const inner = part.parts.flatMap((child) =>
    child.slots ? nodes(boxesOf.get(child) ?? []) : cluster(child, boxesOf, clusters),
  );
  return [...nodes(boxesOf.get(part) ?? []), ...inner];
}

function cluster(
  part: Part,
  boxesOf: ReadonlyMap<Part, readonly Box[]>,
  clusters: { count: number },
): string[] {
  const body = clusterBody(part, boxesOf, clusters);
  if (body.length === 0) return [];
  clusters.count += 1;
  return [
    `  subgraph cluster_${String(clusters.count)} {`,
    `    label=${quote([part.label])}; labeljust=l; style=rounded; margin=10; class=part`,
    ...body,
    "  }",
  ];
}

function nodes(boxes: readonly Box[]): string[] {
  return boxes.map(({ id, lines, part, type }) => {
    const classes = part.slots ? "box slots" : "box";
    return `    ${id} [label=${quote(lines)}, class=${quote([classes])}, URL=${quote([linkTo(part, type)])}]`;
  });
}

function linkTo(part: Part, type: string | undefined): string {
  const query = new URLSearchParams({ part: part.path, ...(type === undefined ? {} : { type }) });
  return `#${query.toString()}`;
}

/** A text in DOT's quotes; its own backslashes and quotes lose their meaning, lines are centred. */
function quote(lines: readonly string[]): string {
  const escaped = lines.map((line) => printable(line).replaceAll("\\", "\\\\").replaceAll('"', '\\"'));
  return `"${escaped.join("\\n")}"`;
}

function edges(boxes: readonly Box[]): string[] {
  const boxOf = new Map(
    boxes.flatMap((box) => box.resources.map((resource) => [resource.urn, box.id] as const)),
  );
  const found = new Set<string>();
  for (const { id, resources } of boxes) {
    for (const dependency of resources.flatMap(({ dependencies }) => dependencies)) {
      const needed = boxOf.get(dependency);
      if (needed !== undefined && needed !== id) found.add(`  ${id} -> ${needed}`);
    }
  }
  return [...found].sort();
}

/** A narrower graph is enlarged up to this many pixels, the text column of the page; a wider one scrolls. */
const PAGE_WIDTH = 1110;

/** Leaves the shapes and places of Graphviz's SVG, takes its colours, fonts and names. */
function restyle(svg: string, boxes: readonly Box[]): string {
  const titles = new Map(boxes.map(({ id, title }) => [id, title]));
  return svg
    .slice(svg.indexOf("<svg"))
    .replace(/<!--[\s\S]*?-->\n?/g, "")
    .replace(/<polygon fill="[^"]*" stroke="none"[^>]*\/>\n/, "")
    .replace(/<title>([^<]*)<\/title>\n?/g, (_whole, id: string) => {
      const title = titles.get(id);
      return title === undefined ? "" : `<title>${escapeHtml(title)}</title>\n`;
    })
    .replace(/ (?:fill|stroke|font-family|font-size|xlink:title|id|xml:space|xmlns:xlink)="[^"]*"/g, "")
    .replaceAll(" xlink:href=", " href=")
    .replace(/<svg width="([\d.]+)pt" height="([\d.]+)pt"/, (_whole, width: string, height: string) => {
      const scale = Math.min(1.2, Math.max(1, PAGE_WIDTH / Number(width)));
      const size = (points: string): string => String(Math.round(Number(points) * scale));
      return `<svg class="graph-svg" width="${size(width)}" height="${size(height)}" role="group" aria-labelledby="graph-caption"`;
    });
}
