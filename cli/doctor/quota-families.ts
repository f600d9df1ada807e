import type { Market } from "../../pricing/price-book.ts";

/** A quota of running vCPUs that several instance families share, per region. */
export interface QuotaFamily {
  /** Instance families by the letters before their generation: `c` for c7a, `vt` for vt1. */
  readonly prefixes: readonly string[];
  readonly quotas: Readonly<Partial<Record<Market, Quota>>>;
}

export interface Quota {
  /** Code in Service Quotas, the same in every region. */
  readonly code: string;
  readonly name: string;
}

/**
 * Source: Amazon EC2 User Guide, "On-Demand Instance quotas" and "Spot Instance quotas", whose links carry the codes.
 * New accounts have 5 vCPUs of either standard quota and 0 of all others.
 */
export const QUOTA_FAMILIES = {
  standard: family(["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"], {
    "on-demand": ["L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"],
    spot: ["L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests"],
  }),
  gpu: family(["g", "gr", "vt"], {
    "on-demand": ["L-DB2E81BA", "Running On-Demand G and VT instances"],
    spot: ["L-3819A6DF", "All G and VT Spot Instance Requests"],
  }),
  p: family(["p"], {
    "on-demand": ["L-417A185B", "Running On-Demand P instances"],
    spot: ["L-7212CCBC", "All P Spot Instance Requests"],
  }),
  f: family(["f"], {
    "on-demand": ["L-74FC7D96", "Running On-Demand F instances"],
    spot: ["L-88CF9481", "All F Spot Instance Requests"],
  }),
  x: family(["x"], {
    "on-demand": ["L-7295265B", "Running On-Demand X instances"],
    spot: ["L-E3A00192", "All X Spot Instance Requests"],
  }),
  inf: family(["inf"], {
    "on-demand": ["L-1945791B", "Running On-Demand Inf instances"],
    spot: ["L-B5D1601B", "All Inf Spot Instance Requests"],
  }),
  trn: family(["trn"], {
    "on-demand": ["L-2C3B7624", "Running On-Demand Trn instances"],
    spot: ["L-6B0D517C", "All Trn Spot Instance Requests"],
  }),
  dl: family(["dl"], {
    "on-demand": ["L-6E869C2A", "Running On-Demand DL instances"],
    spot: ["L-85EED4F7", "All DL Spot Instance Requests"],
  }),
  hpc: family(["hpc"], { "on-demand": ["L-F7808C92", "Running On-Demand HPC instances"] }),
  memory: family(["u"], { "on-demand": ["L-43DA4232", "Running On-Demand High Memory instances"] }),
} as const satisfies Record<string, QuotaFamily>;

export type QuotaFamilyName = keyof typeof QUOTA_FAMILIES;

function family(
  prefixes: readonly string[],
  quotas: Readonly<Partial<Record<Market, readonly [code: string, name: string]>>>,
): QuotaFamily {
  return {
    prefixes,
    quotas: Object.fromEntries(
      Object.entries(quotas).map(([market, [code, name]]) => [market, { code, name }]),
    ),
  };
}

/**
 * The quota family an instance type counts against; undefined for one this table does not know, such as `mac2.metal`.
 * By all letters before the first digit: `dl1` begins with a d and is no D.
 */
export function quotaFamilyOf(instanceType: string): QuotaFamilyName | undefined {
  const [letters = ""] = /^[a-z]+/.exec(instanceType) ?? [];
  return FAMILY_OF.get(letters);
}

const FAMILY_OF: ReadonlyMap<string, QuotaFamilyName> = new Map(
  (Object.keys(QUOTA_FAMILIES) as QuotaFamilyName[]).flatMap((name) =>
    QUOTA_FAMILIES[name].prefixes.map((prefix) => [prefix, name] as const),
  ),
);
