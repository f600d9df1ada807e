import { Decimal } from "decimal.js";
import { listOf, valueAt, type Table } from "../model/inputs.ts";
import { isUnknown, UNKNOWN, type ResourceRecord } from "../model/resource.ts";
import { instanceVolumes } from "./instances.ts";
import { noteMonitoring, refuseTenancy, templateAddress } from "./launch.ts";
import type { PriceBook } from "./price-book.ts";
import { LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, type ResourceIndex } from "./resource-index.ts";
import { mappedVolumes, volumeItems, type Volume } from "./volumes.ts";

/** What a group launches, its launch templates or its launch configuration read alike. */
export interface GroupLaunch {
  /** Types as stated; undefined or a marker where one is not known. */
  readonly types: readonly unknown[];
  /** Those of the template whose volumes cost most. */
  readonly volumes: readonly Volume[];
  /** `associatePublicIpAddress`, as far as a template or configuration states it. */
  readonly publicAddress: unknown;
  /** Options of a group without a mixed-instances policy. */
  readonly inputs: Table;
}

/** Overrides may launch by templates of their own: every template behind the group is read, the dearest counts. */
export function groupLaunch(group: ResourceRecord, index: ResourceIndex, book: PriceBook): GroupLaunch {
  const owner = `group ${group.name}`;
  const policy = group.inputs["mixedInstancesPolicy"];
  const ofPolicy = index.behind(group, "mixedInstancesPolicy", LAUNCH_TEMPLATE);
  const templates =
    ofPolicy.length > 0 ? ofPolicy : index.behind(group, "launchTemplate", LAUNCH_TEMPLATE).slice(0, 1);
  const [configuration] = index.behind(group, "launchConfiguration", LAUNCH_CONFIGURATION);
  for (const { inputs } of templates) {
    refuseTenancy(valueAt(inputs, "placement"), owner, book);
    noteMonitoring(valueAt(inputs, "monitoring", "enabled"), owner, book);
  }
  if (templates.length === 0 && configuration !== undefined) {
    const { inputs } = configuration;
    refuseTenancy({ tenancy: inputs["placementTenancy"] }, owner, book);
    // AWS turns it on where a launch configuration does not say.
    noteMonitoring(inputs["enableMonitoring"] ?? true, owner, book);
    return {
      types: statedTypes(policy, [inputs["instanceType"]]),
      volumes: instanceVolumes(inputs, owner, book),
      publicAddress: inputs["associatePublicIpAddress"],
      inputs,
    };
  }
  const hidden = hidesTemplate(policy, templates.length);
  if (hidden) {
    book.problem(
      `An override of ${owner} names a launch template that is not in the plan, so its volumes have no price: make the template part of the program.`,
    );
  }
  const region = book.regionOf(group);
  const stated = templates.length === 0 ? [undefined] : templates.map(({ inputs }) => inputs["instanceType"]);
  const addresses = templates.map(templateAddress);
  return {
    types: [...statedTypes(policy, stated), ...(hidden ? [UNKNOWN] : [])],
    volumes: dearest(
      (templates.length === 0 ? [undefined] : templates).map((template) =>
        templateVolumes(template, owner, book),
      ),
      region,
      book,
    ),
    publicAddress:
      addresses.find((address) => address === true || address === "true" || isUnknown(address)) ??
      (addresses.includes(undefined) ? undefined : addresses[0]),
    inputs: templates[0]?.inputs ?? {},
  };
}

/** Instance types of a policy's overrides; those of the launch templates for an override without one, or without overrides. */
function statedTypes(policy: unknown, launchTypes: readonly unknown[]): readonly unknown[] {
  const overrides = valueAt(policy, "launchTemplate", "overrides");
  if (isUnknown(overrides)) return [overrides];
  const list = listOf(overrides);
  if (list.length === 0) return launchTypes;
  return list.flatMap((override) => {
    // Any type that meets the requirements may be launched, and the catalogue does not know which do.
    if (isStated(valueAt(override, "instanceRequirements"))) return [UNKNOWN];
    const type = valueAt(override, "instanceType");
    return isStated(type) ? [type] : launchTypes;
  });
}

/** True where the policy's overrides name more launch templates than the plan has behind it. */
function hidesTemplate(policy: unknown, templates: number): boolean {
  const launch = valueAt(policy, "launchTemplate");
  const own = listOf(valueAt(launch, "overrides"))
    .map((override) => valueAt(override, "launchTemplateSpecification"))
    .filter(isStated);
  if (own.length === 0) return false;
  const named = [valueAt(launch, "launchTemplateSpecification"), ...own].map(
    (specification) =>
      valueAt(specification, "launchTemplateId") ?? valueAt(specification, "launchTemplateName"),
  );
  return new Set(named).size > templates;
}

function templateVolumes(
  template: ResourceRecord | undefined,
  owner: string,
  book: PriceBook,
): readonly Volume[] {
  const mappings = template?.inputs["blockDeviceMappings"];
  if (isUnknown(mappings)) {
    book.problem(
      `The volumes of ${owner} are not known before AWS is asked, so they have no price: state them in its launch template.`,
    );
    return [];
  }
  return mappedVolumes(listOf(mappings), owner, book);
}

/** Of the volumes of several templates, those that cost most. */
function dearest(
  choices: readonly (readonly Volume[])[],
  region: string,
  book: PriceBook,
): readonly Volume[] {
  const [only = [], ...others] = choices;
  if (others.length === 0) return only;
  const usd = (volumes: readonly Volume[]): Decimal =>
    volumes
      .flatMap((volume) => volumeItems("", region, volume, 1, book))
      .reduce((sum, { usdPerMonth }) => sum.plus(usdPerMonth), new Decimal(0));
  return others.reduce((most, next) => (usd(next).greaterThan(usd(most)) ? next : most), only);
}

function isStated(value: unknown): boolean {
  return value !== undefined && value !== null;
}
