import type { Fields, FieldPolicy, LinkId, Value } from "@crossfoot/kernel";
import { Big } from "big.js";
import { comparedFields, isCompanyAmount } from "./company-totals.ts";
import { explainCompany } from "./explained-company.ts";
import { explainCents, reckonedFields } from "./explained-cent.ts";
import { foot } from "./footing.ts";
import type { FootedDocument, Footing } from "./footing.ts";
import { amountOf } from "./money-of.ts";
import { normalOf } from "./proof.ts";
import type { DifferenceReason, MissingReason } from "./reason.ts";
import { settlingCommand } from "./settling.ts";
import type { TreeNode } from "./tree.ts";

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
  /** Names of the systems of both sides, by whose rules amounts are explained. */
  readonly systems: { readonly crm: string; readonly erp: string };
  /** Open dead letters of the link. */
  readonly parks: readonly string[];
}

/** A record that one side has and the other does not. */
export interface Missing {
  readonly link: LinkId | null;
  readonly label: string;
  /** The side that does not have it. */
  readonly missingOn: "crm" | "erp";
  /** `not_wanted`: the contract does not want it there. */
  readonly reason: MissingReason;
  /** The command that settles it. */
  readonly command: string;
}

/** One difference between the sides. */
export interface Difference {
  readonly link: LinkId;
  readonly label: string;
  readonly field: string;
  readonly crm: Value | undefined;
  readonly erp: Value | undefined;
  readonly reason: DifferenceReason;
  /** By which rules a difference of cents comes about; empty for other reasons. */
  readonly because: readonly string[];
  /** The command that settles it, or that shows what it rests on. */
  readonly command: string;
}

/** Sum of one money field over all linked documents, per currency. */
export interface TotalLine {
  readonly field: string;
  readonly currency: string;
  readonly crm: string;
  readonly erp: string;
  readonly difference: string;
}

/** How much of an entity is proven equal, and the hash tree that holds the statement to it. */
export interface EntityProof {
  /** What was read longer ago than this proves nothing any more, ms. */
  readonly withinMs: number;
  /** Records on both sides; how many of them are equal, and how many of those were read within that time. */
  readonly records: number;
  readonly recordsEqual: number;
  readonly recordsProven: number;
  readonly fields: number;
  readonly fieldsProven: number;
  /**
   * Records that differ only in fields which the contract does not want there, and all such fields: they owe
   * no proof, and have none.
   */
  readonly recordsApart: number;
  readonly fieldsApart: number;
  /** The record that has not been proven equal for the longest time, in ms; null when all are. */
  readonly oldest: { readonly link: LinkId; readonly label: string; readonly ageMs: number } | null;
  /** Hash over all leaves of each side; "" without any. */
  readonly root: { readonly crm: string; readonly erp: string };
  /** The nodes two steps under the root, of which the root is made (see {@link rootOf}). */
  readonly nodes: readonly TreeNode[];
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
  /** Null where nothing keeps a tree: in a statement as of a day that is past. */
  readonly proof: EntityProof | null;
}

/** A cut-off day, and what a store knows of it. */
export interface AsOf {
  readonly day: string;
  /** The instant of the cut-off, ISO 8601 in UTC: what both systems showed then counts. */
  readonly at: string;
  /** In words, what of that instant is not known, and is left out; empty when all is. */
  readonly unknown: readonly string[];
  /** In words, what was changed, made or taken away since, and is shown as it was. */
  readonly since: readonly string[];
  /** Documents that nobody had read by then, and that count by the stamps of their systems. */
  readonly byStamp: number;
}

/** What people call a linked record. */
export interface RecordLabel {
  readonly entity: string;
  readonly link: string;
  readonly label: string;
}

/** The proof that both systems agree, or the list of what differs with its reasons. */
export interface Statement {
  readonly madeAt: string;
  readonly contract: string;
  /** The day up to which it is, `yyyy-mm-dd`, with what of that is not known; null for one of now. */
  readonly asOf: AsOf | null;
  readonly entities: readonly EntityStatement[];
  /** Totals over all orders and invoices of both sides, crossfooted. */
  readonly footing: Footing;
  /**
   * The same in the company's currency, over the documents whose total in it both sides tell; missing where
   * there is none.
   */
  readonly companyFooting?: Footing;
  /** What people call the records to which differing fields lead; missing where there is none. */
  readonly names?: readonly RecordLabel[];
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
  /** Pairs that a hash tree knows to be equal: they are counted, and not compared again. */
  readonly known?: { readonly pairs: number; readonly fields: number };
  readonly missing: readonly Missing[];
  readonly totalFields: readonly string[];
  readonly proof?: Omit<EntityProof, "recordsApart" | "fieldsApart">;
}): EntityStatement {
  const differences: Difference[] = [];
  const { known = { pairs: 0, fields: 0 } } = input;
  let compared = known.fields;
  let equal = known.fields;
  for (const pair of input.pairs) {
    const found = comparePair(input.entity, input.fields, pair);
    compared += found.compared;
    equal += found.compared - found.differences.length;
    differences.push(...found.differences);
  }
  return {
    entity: input.entity,
    linked: known.pairs + input.pairs.length,
    missing: input.missing,
    notWanted: input.missing.filter(isUnwanted).length,
    fieldsCompared: compared,
    fieldsEqual: equal,
    differences,
    totals: input.totalFields.flatMap((field) => totalsOf(field, input.pairs)),
    proof: input.proof === undefined ? null : { ...input.proof, ...apartIn(differences) },
  };
}

/** How many records differ in nothing but what the contract does not want, and in how many fields. Pure. */
export function apartIn(
  differences: readonly Difference[],
): Pick<EntityProof, "recordsApart" | "fieldsApart"> {
  const owing = new Set(differences.filter((one) => !isUnwanted(one)).map(({ link }) => link));
  const apart = differences.filter(isUnwanted);
  const records = new Set(apart.map(({ link }) => link).filter((link) => !owing.has(link)));
  return { recordsApart: records.size, fieldsApart: apart.length };
}

/** How many records and fields owe a proof: all but what the contract keeps apart. Pure. */
export const owedOf = (
  proof: Pick<EntityProof, "records" | "recordsApart" | "fields" | "fieldsApart">,
): { readonly records: number; readonly fields: number } => ({
  records: proof.records - proof.recordsApart,
  fields: proof.fields - proof.fieldsApart,
});

/** A share in percent, whole only when it is: 99.996 % is not told as all. Empty where nothing is owed. */
export function shareOf(part: number, whole: number): string {
  if (whole === 0) return "";
  return `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)} %`;
}

/** Whether no record of any entity was there to be compared: then nothing is proven. Pure. */
export const isOverNothing = ({ entities }: Pick<Statement, "entities">): boolean =>
  entities.every(({ linked, missing }) => linked === 0 && missing.length === 0);

/** The contract does not want it, or its parent, on the other side: no difference, but a decision. Pure. */
export function isUnwanted({ reason }: { readonly reason: string }): boolean {
  return reason === "not_wanted" || reason === "parent_not_wanted";
}

/**
 * What is known of a field's difference. A write that is under way changes what somebody edited: a field that
 * stands on both sides as it did when they last agreed waits for nothing, and has a reason of its own.
 */
function reasonOf({ reasons, agreed }: Pair, field: string): DifferenceReason | undefined {
  const { "*": whole, [field]: own } = reasons;
  return own ?? (whole === "in_flight" && agreed.includes(field) ? undefined : whole);
}

/** How many differences and missing records are open: beside those that the contract does not want. Pure. */
export const openCount = ({ entities }: Pick<Statement, "entities">): number =>
  entities
    .flatMap(({ differences, missing }) => [...differences, ...missing])
    .filter((one) => !isUnwanted(one)).length;

/** Fields of a document that its totals in the company's currency follow. */
const followed: ReadonlySet<string> = new Set(["gross", "net", "tax", "lines", "currency"]);

/** Compares the records of a pair in the fields that are compared. */
export function comparePair(
  entity: string,
  fields: readonly FieldPolicy[],
  pair: Pair,
): { readonly compared: number; readonly differences: readonly Difference[] } {
  const differences: Difference[] = [];
  const compared = comparedFields(
    fields.map(({ field }) => field),
    pair,
  );
  const differing = compared.filter(
    (field) => normalOf(pair.crm[field] ?? null) !== normalOf(pair.erp[field] ?? null),
  );
  let cents: readonly string[] | null | undefined;
  for (const field of differing.filter((each) => !isCompanyAmount(each))) {
    const [crm, erp] = [pair.crm[field], pair.erp[field]];
    const known = reasonOf(pair, field);
    let because: readonly string[] = [];
    let reason = known ?? (pair.agreed.includes(field) ? "lossy_target" : "unknown");
    if (known === undefined && reckonedFields.has(field)) {
      cents ??= explainCents(pair);
      if (cents !== null && cents !== undefined) [reason, because] = ["explained_cent", cents];
    }
    const { link, label, parks } = pair;
    const command = settlingCommand({ reason, entity, record: link, field, parks });
    differences.push({ link, label, field, crm, erp, reason, because, command });
  }
  differences.push(...companyDifferences(entity, pair, { fields: differing, own: differences }));
  return { compared: compared.length, differences };
}

/** Differences of totals in the company's currency: by their rates and rules, or by the document's own. */
function companyDifferences(
  entity: string,
  pair: Pair,
  { fields, own }: { readonly fields: readonly string[]; readonly own: readonly Difference[] },
): readonly Difference[] {
  const differing = fields.filter(isCompanyAmount);
  if (differing.length === 0) return [];
  const { link, label, parks, reasons } = pair;
  const cents = explainCompany(pair);
  const whole = reasons["*"] === "in_flight" ? undefined : reasons["*"];
  // What is another amount in the document's currency is another one in the company's.
  const first = own.find(({ field, reason }) => followed.has(field) && reason !== "explained_cent");
  return differing.map((field) => {
    const settled = reasons[field] === "settled_since" ? reasons[field] : undefined;
    const explained = cents === null ? undefined : ("explained_cent" as const);
    const reason = settled ?? explained ?? whole ?? first?.reason ?? "unknown";
    const command =
      reason === first?.reason
        ? first.command
        : settlingCommand({ reason, entity, record: link, field, parks });
    const because = reason === "explained_cent" ? (cents ?? []) : [];
    const [crm, erp] = [pair.crm[field], pair.erp[field]];
    return { link, label, field, crm, erp, reason, because, command };
  });
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
  readonly documents?: readonly FootedDocument[];
  readonly companyDocuments?: readonly FootedDocument[];
  readonly accounts?: { readonly [link: string]: string };
  readonly names?: readonly RecordLabel[];
  readonly asOf?: AsOf | null;
}): Statement {
  const { madeAt, contract, entities: all, documents = [], accounts = {}, asOf = null } = head;
  const { companyDocuments = [], names = [] } = head;
  const footing = foot(documents, accounts);
  const inCompany = companyDocuments.length === 0 ? {} : { companyFooting: foot(companyDocuments, accounts) };
  const named = names.length === 0 ? {} : { names };
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
  const isExplained = !unexplained && footing.isTied && inCompany.companyFooting?.isTied !== false;
  const isEqual = !open;
  return { madeAt, contract, asOf, entities: all, footing, ...inCompany, ...named, isExplained, isEqual };
}
