import type { AuditFinding } from "@crossfoot/model";
import { matchTables } from "../match.ts";
import { codeOf } from "../normalise/product-code.ts";
import { fold } from "../text/fold.ts";
import { comparisons, sharedColumns } from "./agreement.ts";
import type { Disagreement, SharedColumn } from "./agreement.ts";
import { findingOf } from "./list.ts";
import type { ListAudit } from "./list.ts";
import { otherArticles } from "./other-articles.ts";
import { valueOf } from "./record.ts";
import type { AuditRecord } from "./record.ts";
import { fieldsOf, isMatched, labelOf, tableOf } from "./tables.ts";
import type { BothLists, Pairing } from "./tables.ts";
import { learnValues } from "./value-map.ts";

/** What a first load would do with the records of one entity. */
export interface FirstLoad {
  readonly entity: string;
  readonly linked: number;
  /** Pairs that a person decides first. */
  readonly reviewed: number;
  /** Records of each side that have no counterpart: they would be created on the other. */
  readonly alone: { readonly [side: string]: number };
  /** Records that the contract would create, by the side that gets them; null where no contract is asked. */
  readonly creates: { readonly [side: string]: number } | null;
}

/**
 * Which records of two lists are the same: by the matcher for companies, people and articles, by their number
 * for documents. Null where the lists are too long or have nothing in common.
 */
export function pairLists(left: ListAudit, right: ListAudit): Pairing | null {
  const [mine, theirs] = [left.rows(), right.rows()];
  if (mine === null || theirs === null) return null;
  const { entity } = left.list;
  const shared = sharedColumns(left.list.columns, right.list.columns);
  if (!isMatched(entity)) return pairByNumber({ left, right, shared });
  const fields = fieldsOf(left, shared, entity);
  if (fields.length === 0) return null;
  const { pairs } = matchTables({ entity, left: tableOf(left, mine), right: tableOf(right, theirs), fields });
  const of = (band: string): readonly (readonly [number, number])[] =>
    pairs.flatMap((pair) => (pair.band === band ? [[pair.left + 1, pair.right + 1] as const] : []));
  return { links: of("link"), reviews: of("review") };
}

function pairByNumber({ left, right, shared }: BothLists): Pairing | null {
  const column = shared.find(({ meaning }) => meaning === "number");
  if (column === undefined) return null;
  const rows = new Map<string, number>();
  for (const [at, cells] of (right.rows() ?? []).entries()) {
    const key = codeOf(fold(valueOf(cells[column.right])));
    if (key !== "" && !rows.has(key)) rows.set(key, at + 1);
  }
  const links = (left.rows() ?? []).flatMap((cells, at) => {
    const row = rows.get(codeOf(fold(valueOf(cells[column.left]))));
    return row === undefined ? [] : [[at + 1, row] as const];
  });
  return { links, reviews: [] };
}

/** Where the records of two lists that are the same say different things, and what is unsure. */
export function* compareLists(left: ListAudit, right: ListAudit, pairing: Pairing): Iterable<AuditFinding> {
  const shared = sharedColumns(left.list.columns, right.list.columns);
  const others = otherArticles({ left, right, shared }, pairing);
  yield* others.findings;
  const isOther = ([mine, theirs]: readonly [number, number]): boolean => others.rows.get(mine) === theirs;
  for (const pair of pairing.links) {
    const [one, other] = [left.record(pair[0]), right.record(pair[1])];
    for (const { column, difference } of comparisons(one, other, shared)) {
      note({ left, right, column }, difference === null);
      if (difference !== null && !isOther(pair)) yield differenceOf([left, one], [right, other], difference);
    }
  }
  for (const pair of pairing.reviews.filter((each) => !isOther(each))) {
    const [one, other] = [left.record(pair[0]), right.record(pair[1])];
    yield findingOf(one, {
      ...{ rule: "match-unsure", field: "", value: labelOf(one) },
      says: `may be ${other.id} of ${right.list.side}`,
      other: { side: right.list.side, id: other.id, value: labelOf(other) },
    });
  }
  yield* sharedNumbers({ left, right, shared }, pairing);
  for (const column of shared)
    if (["status", "category", "terms"].includes(column.meaning))
      yield* comparedWords({ left, right, column }, pairing);
}

/** Counts for the fields of both sides whether they say the same. */
function note({ left, right, column }: Worded, isSame: boolean): void {
  left.quality.compared(column.left, isSame);
  right.quality.compared(column.right, isSame);
}

/** A list with one of its records. */
type Of = readonly [audit: ListAudit, record: AuditRecord];

function differenceOf([left, one]: Of, [right, other]: Of, each: Disagreement): AuditFinding {
  return findingOf(one, {
    ...{ rule: each.rule, field: left.list.columns[each.column.left]?.name ?? "", value: each.mine },
    says: `there it is ${other.id}`,
    other: { side: right.list.side, id: other.id, value: each.theirs },
  });
}

/** Article numbers that stand for one article here and for another there. */
function* sharedNumbers({ left, right, shared }: BothLists, { links }: Pairing): Iterable<AuditFinding> {
  if (left.list.entity !== "products") return;
  const partner = new Map(links);
  const taken = new Map(links.map(([mine, theirs]) => [theirs, mine]));
  for (const column of shared.filter(({ meaning }) => meaning === "sku" || meaning === "gtin")) {
    const rows = new Map<string, number>();
    for (const [at, cells] of (right.rows() ?? []).entries()) {
      const key = codeOf(fold(valueOf(cells[column.right])));
      if (key !== "" && !rows.has(key)) rows.set(key, at + 1);
    }
    for (const [at, cells] of (left.rows() ?? []).entries()) {
      const value = valueOf(cells[column.left]);
      const theirs = rows.get(codeOf(fold(value)));
      if (value === "" || theirs === undefined || partner.get(at + 1) === theirs) continue;
      if (partner.get(at + 1) === undefined && taken.get(theirs) === undefined) continue;
      const [one, other] = [left.record(at + 1), right.record(theirs)];
      yield findingOf(one, {
        ...{ rule: "identifier-mismatch", field: left.list.columns[column.left]?.name ?? "", value },
        says: `${right.list.side} has this number on another article, ${other.id}`,
        other: { side: right.list.side, id: other.id, value: labelOf(other) },
      });
    }
  }
}

interface Worded {
  readonly left: ListAudit;
  readonly right: ListAudit;
  readonly column: SharedColumn;
}

/** Words of a list that the other side does not know, and records on which the two do not go together. */
function* comparedWords({ left, right, column }: Worded, { links }: Pairing): Iterable<AuditFinding> {
  const valuesOf = (audit: ListAudit, at: number): readonly string[] =>
    (audit.rows() ?? []).map((cells) => valueOf(cells[at]));
  const [mine, theirs] = [valuesOf(left, column.left), valuesOf(right, column.right)];
  const pairs = links.map(([one, other]) => [mine[one - 1] ?? "", theirs[other - 1] ?? ""] as const);
  const [left1, right1] = [wordsOf(mine), wordsOf(theirs)];
  const there = learnValues(pairs, left1, right1);
  const back = learnValues(
    pairs.map(([one, other]) => [other, one] as const),
    right1,
    left1,
  );
  // A canonical code that no record of the other side has may still be one that it knows.
  if (left.list.isCanonical !== true)
    yield* unmapped(left, { at: column.left, values: mine, map: there.of, to: right.list.side });
  if (right.list.isCanonical !== true)
    yield* unmapped(right, { at: column.right, values: theirs, map: back.of, to: left.list.side });
  for (const [place, [one, other]] of links.entries()) {
    const [value, partner] = pairs[place] ?? ["", ""];
    const expected = value === "" || partner === "" ? undefined : there.of(value);
    if (expected === undefined || expected === null) continue;
    const isSame =
      fold(expected) === fold(partner) || back.of(partner) === null || back.of(partner) === value;
    note({ left, right, column }, isSame);
    if (isSame) continue;
    yield findingOf(left.record(one), {
      ...{ rule: "disagree", field: left.list.columns[column.left]?.name ?? "", value },
      says: `there it is ${right.record(other).id}`,
      other: { side: right.list.side, id: right.record(other).id, value: partner },
    });
  }
}

const wordsOf = (values: readonly string[]): ReadonlySet<string> =>
  new Set(values.filter((value) => value !== ""));

/** Records listed for one column; the rest of them say the same. */
const listedMax = 10_000;

function* unmapped(
  audit: ListAudit,
  at: {
    readonly at: number;
    readonly values: readonly string[];
    readonly map: (value: string) => string | null | undefined;
    readonly to: string;
  },
): Iterable<AuditFinding> {
  const known = new Map([...wordsOf(at.values)].map((value) => [value, at.map(value)]));
  let listed = 0;
  for (const [row, value] of at.values.entries()) {
    if (value === "" || known.get(value) !== null || listed >= listedMax) continue;
    listed += 1;
    yield findingOf(audit.record(row + 1), {
      ...{ rule: "value-unmapped", field: audit.list.columns[at.at]?.name ?? "", value },
      says: `${at.to} has no such word, and none that stands for it`,
    });
  }
}

/** Counts what a first load would do, where each side is to have every record. */
export function firstLoadOf(left: ListAudit, right: ListAudit, pairing: Pairing): FirstLoad {
  const met = (place: 0 | 1): number =>
    new Set([...pairing.links, ...pairing.reviews].map((pair) => pair[place])).size;
  return {
    entity: left.list.entity,
    linked: pairing.links.length,
    reviewed: pairing.reviews.length,
    alone: {
      [left.list.side]: left.records() - met(0),
      [right.list.side]: right.records() - met(1),
    },
    creates: null,
  };
}
