import type { AuditFinding } from "@crossfoot/model";
import { isBlank } from "../normalise/blank.ts";
import { codeOf, gtinOf } from "../normalise/product-code.ts";
import { fold, wordsOf } from "../text/fold.ts";
import { isSlip } from "./duplicates.ts";
import { findingOf } from "./list.ts";
import { valueOf } from "./record.ts";
import type { AuditRecord } from "./record.ts";
import { labelOf } from "./tables.ts";
import type { BothLists, Pairing } from "./tables.ts";

/** Where more articles than this, in more than such a share, are named otherwise, it is in two languages. */
const tongueMin = 8;
const tongueShareMin = 1 / 3;
/** A word of fewer letters names nothing. */
const wordMin = 2;

/** Articles of one number whose names have nothing in common. */
export interface OtherArticles {
  readonly findings: readonly AuditFinding[];
  /** Their rows: of the left list, to the right one's. */
  readonly rows: ReadonlyMap<number, number>;
}

/** The words of a name that can tell what a thing is: sizes and numbers are the same on many. */
const tellingOf = (name: string): readonly string[] =>
  wordsOf(fold(name)).filter((word) => word.length >= wordMin && !/\d/.test(word));

/** Whether two names have no word in common, slips and joined words aside; null where one tells nothing. */
function isOtherName(one: string, other: string): boolean | null {
  const [mine, theirs] = [tellingOf(one), tellingOf(other)];
  if (mine.length === 0 || theirs.length === 0) return null;
  const isIn = (word: string, all: readonly string[]): boolean =>
    all.some((each) => each === word || isSlip(word, each) || isBeginning(word, each)) ||
    all.join("").includes(word);
  return !mine.some((word) => isIn(word, theirs)) && !theirs.some((word) => isIn(word, mine));
}

/** Short for the other, as "alu" for "aluminium". */
const isBeginning = (one: string, other: string): boolean => {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short.length > wordMin && long.startsWith(short);
};

/** Names are compared where both sides are told. */
const named = ({ at }: AuditRecord): string => (isBlank(at("name")) ? "" : at("name"));

/**
 * Articles that have one SKU or GTIN in both systems, whether they are linked or not, and names without a
 * common word: a nut here, a screw there. Where many are so, the systems name them in two languages.
 */
export function otherArticles({ left, right, shared }: BothLists, pairing: Pairing): OtherArticles {
  const none = { findings: [], rows: new Map<number, number>() };
  if (left.list.entity !== "products") return none;
  const linked = new Map(pairing.links);
  const taken = new Set(pairing.links.map(([, theirs]) => theirs));
  const rows = new Map<number, number>();
  const findings: AuditFinding[] = [];
  let compared = 0;
  for (const column of shared.filter(({ meaning }) => meaning === "sku" || meaning === "gtin")) {
    const keyOf = (value: string): string => {
      if (value === "" || isBlank(value)) return "";
      return column.meaning === "gtin" ? gtinOf(value) : codeOf(fold(value));
    };
    const theirs = new Map<string, number>();
    for (const [at, cells] of (right.rows() ?? []).entries()) {
      const key = keyOf(valueOf(cells[column.right]));
      if (key !== "" && !theirs.has(key)) theirs.set(key, at + 1);
    }
    for (const [at, cells] of (left.rows() ?? []).entries()) {
      const value = valueOf(cells[column.left]);
      const row = theirs.get(keyOf(value));
      if (row === undefined || rows.has(at + 1)) continue;
      // A number that leads to another than the linked one is told beside.
      const isLinked = linked.get(at + 1) === row;
      if (!isLinked && (linked.has(at + 1) || taken.has(row))) continue;
      const [one, other] = [left.record(at + 1), right.record(row)];
      const isOther = isOtherName(named(one), named(other));
      if (isOther !== null) compared += 1;
      if (isOther !== true) continue;
      rows.set(at + 1, row);
      findings.push(
        findingOf(one, {
          ...{ rule: "identifier-mismatch", field: left.list.columns[column.left]?.name ?? "", value },
          says: `${right.list.side} has this number on another article, ${other.id}`,
          other: { side: right.list.side, id: other.id, value: labelOf(other) },
        }),
      );
    }
  }
  const isOtherTongue = findings.length > tongueMin && findings.length > compared * tongueShareMin;
  return isOtherTongue ? none : { findings, rows };
}
