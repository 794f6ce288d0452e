import type { Fields, FieldPolicy, GroupValue, LinkId, Value } from "@crossfoot/kernel";
import { isBlank, isEqual, isLines } from "@crossfoot/kernel";
import { Big } from "big.js";
import { isSameQuantity } from "./unit.ts";

/** Why a difference is there. Closed list. `unknown` is the one that a statement must not have. */
export type DifferenceReason =
  | "in_flight"
  | "parked"
  | "conflict"
  | "lossy_target"
  /** Somebody undid a write, and nobody has edited either side since. */
  | "undone"
  | "kept_difference"
  /** The state of the document closes the field: what was edited since goes nowhere. */
  | "closed_by_state"
  | "waiting_for_parent"
  /** It refers to a record that the contract does not want on both sides. */
  | "parent_not_wanted"
  | "not_permitted"
  | "out_of_scope"
  | "deleted_elsewhere"
  | "unknown";

/** All reasons of a difference. */
export const differenceReasons: readonly DifferenceReason[] = [
  "in_flight",
  "parked",
  "conflict",
  "lossy_target",
  "undone",
  "kept_difference",
  "closed_by_state",
  "waiting_for_parent",
  "parent_not_wanted",
  "not_permitted",
  "out_of_scope",
  "deleted_elsewhere",
  "unknown",
];

/**
 * A linked pair as the statement compares it: canonical fields of both sides, and what is known to explain
 * them.
 */
export interface Pair {
  readonly link: LinkId;
  readonly label: string;
  readonly crm: Fields;
  readonly erp: Fields;
  /**
   * Fields whose images on both sides are the agreed base: a difference there is what a system made of the
   * value.
   */
  readonly agreed: readonly string[];
  /** Reason by field, or for the whole record under `*`. */
  readonly reasons: { readonly [field: string]: DifferenceReason };
}

/** A record that one side has and the other does not. */
export interface Missing {
  readonly link: LinkId | null;
  readonly label: string;
  /** The side that does not have it. */
  readonly missingOn: "crm" | "erp";
  /** `not_wanted`: the contract does not want it there. */
  readonly reason: DifferenceReason | "not_wanted" | "candidate";
}

/** One difference between the sides. */
export interface Difference {
  readonly link: LinkId;
  readonly label: string;
  readonly field: string;
  readonly crm: Value | undefined;
  readonly erp: Value | undefined;
  readonly reason: DifferenceReason;
}

/** Sum of one money field over all linked documents, per currency. */
export interface TotalLine {
  readonly field: string;
  readonly currency: string;
  readonly crm: string;
  readonly erp: string;
  readonly difference: string;
}

/** The statement of one entity. */
export interface EntityStatement {
  readonly entity: string;
  readonly linked: number;
  readonly missing: readonly Missing[];
  /** Records that the contract does not want on the other side; a subset of `missing`. */
  readonly notWanted: number;
  readonly fieldsCompared: number;
  readonly fieldsEqual: number;
  readonly differences: readonly Difference[];
  readonly totals: readonly TotalLine[];
}

/** The proof that both systems agree, or the list of what differs with its reasons. */
export interface Statement {
  readonly madeAt: string;
  readonly contract: string;
  readonly entities: readonly EntityStatement[];
  /** True when no difference and no missing record is without a known reason. */
  readonly isExplained: boolean;
  /** True when there is no difference at all beside what the contract does not want. */
  readonly isEqual: boolean;
}

/**
 * Compares the linked pairs of one entity, field by field, over every field that both sides show and the
 * contract names. Totals are taken over the same documents on both sides, in exact decimals. Never throws.
 */
export function stateEntity(input: {
  readonly entity: string;
  readonly fields: readonly FieldPolicy[];
  readonly pairs: readonly Pair[];
  readonly missing: readonly Missing[];
  readonly totalFields: readonly string[];
}): EntityStatement {
  const differences: Difference[] = [];
  let compared = 0;
  let equal = 0;
  for (const pair of input.pairs) {
    for (const { field } of input.fields) {
      const crm = pair.crm[field];
      const erp = pair.erp[field];
      if (crm === undefined || erp === undefined) continue;
      compared += 1;
      if (isSame(crm, erp)) equal += 1;
      else
        differences.push({
          link: pair.link,
          label: pair.label,
          field,
          crm,
          erp,
          reason: reasonOf(pair, field),
        });
    }
  }
  return {
    entity: input.entity,
    linked: input.pairs.length,
    missing: input.missing,
    notWanted: input.missing.filter(isUnwanted).length,
    fieldsCompared: compared,
    fieldsEqual: equal,
    differences,
    totals: input.totalFields.flatMap((field) => totalsOf(field, input.pairs)),
  };
}

/** The contract does not want it, or its parent, on the other side: no difference, but a decision. */
function isUnwanted({ reason }: { readonly reason: string }): boolean {
  return reason === "not_wanted" || reason === "parent_not_wanted";
}

function reasonOf(pair: Pair, field: string): DifferenceReason {
  const known = pair.reasons[field] ?? pair.reasons["*"];
  if (known !== undefined) return known;
  return pair.agreed.includes(field) ? "lossy_target" : "unknown";
}

/** Null, empty text and an empty list say the same to a reader of a statement; zero does not. */
function isSame(crm: Value, erp: Value): boolean {
  if (isBlank(crm) && isBlank(erp)) return true;
  if (isLines(crm) && isLines(erp)) return isEqual(withoutBlanks(crm), withoutBlanks(erp));
  if (isQuantity(crm) && isQuantity(erp)) return isSameQuantity(crm, erp);
  return isEqual(strip(crm), strip(erp));
}

function isQuantity(value: Value): value is GroupValue {
  return (
    typeof value === "object" &&
    value !== null &&
    !isLines(value) &&
    typeof value["unit"] === "string" &&
    "value" in value
  );
}

function withoutBlanks(lines: Value): Value {
  if (!isLines(lines)) return lines;
  return lines.map((line) => ({
    key: line.key,
    fields: Object.fromEntries(
      Object.entries(line.fields).flatMap(([part, value]) => (isBlank(value) ? [] : [[part, strip(value)]])),
    ),
  }));
}

function strip(value: Value): Value {
  if (value === null || typeof value !== "object" || isLines(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, part]) => !isBlank(part)));
}

function amountOf(
  value: Value | undefined,
): { readonly amount: string; readonly currency: string } | undefined {
  if (value === null || typeof value !== "object" || isLines(value)) return undefined;
  const { amount, currency } = value as { readonly [part: string]: Value };
  return typeof amount === "string" && typeof currency === "string" ? { amount, currency } : undefined;
}

function totalsOf(field: string, pairs: readonly Pair[]): readonly TotalLine[] {
  const sums = new Map<string, { crm: Big; erp: Big }>();
  for (const pair of pairs) {
    for (const side of ["crm", "erp"] as const) {
      const money = amountOf(pair[side][field]);
      if (money === undefined) continue;
      const sum = sums.get(money.currency) ?? { crm: new Big(0), erp: new Big(0) };
      sum[side] = sum[side].plus(money.amount);
      sums.set(money.currency, sum);
    }
  }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, { crm, erp }]) => ({
      field,
      currency,
      crm: crm.toFixed(),
      erp: erp.toFixed(),
      difference: crm.minus(erp).toFixed(),
    }));
}

/** The whole statement from its entities. */
export function composeStatement(head: {
  readonly madeAt: string;
  readonly contract: string;
  readonly entities: readonly EntityStatement[];
}): Statement {
  const all = head.entities;
  const unexplained = all.some(
    ({ differences, missing }) =>
      differences.some(({ reason }) => reason === "unknown") ||
      missing.some(({ reason }) => reason === "unknown"),
  );
  const open = all.some(
    ({ differences, missing, totals }) =>
      differences.some((difference) => !isUnwanted(difference)) ||
      missing.some((one) => !isUnwanted(one)) ||
      totals.some(({ difference }) => difference !== "0"),
  );
  return { ...head, isExplained: !unexplained, isEqual: !open };
}
