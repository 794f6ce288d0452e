import type { Proposed } from "./block/candidates.ts";
import type { Kind, Table } from "./kinds.ts";
import type { Matching } from "./match.ts";
import { isBlank } from "./normalise/blank.ts";

/** What a matching came to, in counts, and what it could not decide. */
export interface MatchingSummary {
  /** Every column of the left table, with the column it was compared with; null: it was not. */
  readonly columns: readonly { readonly left: string; readonly right: string | null; readonly kind: Kind }[];
  readonly links: number;
  readonly reviews: number;
  /** Records in no link and no question; `right` is null within one table. */
  readonly alone: { readonly left: number; readonly right: number | null };
  /** Records of both tables whose compared columns are all blank. */
  readonly blank: number;
  /** Pairs that were compared, and how many of one record at most. */
  readonly compared: Proposed;
}

/** A table in counts. */
export interface Counted {
  readonly columns: readonly string[];
  readonly count: number;
  /** Records whose compared columns are all blank. */
  readonly blank: number;
}

/** Counts what came out of two tables that are held in memory. */
export function describeMatching(
  matching: Matching,
  { left, right }: { readonly left: Table; readonly right: Table | null },
): MatchingSummary {
  const counted = (table: Table, end: "left" | "right"): Counted => ({
    columns: table.columns,
    count: table.rows.length,
    blank: table.rows.filter((row) => matching.fields.every((field) => isBlank(row[field[end]] ?? "")))
      .length,
  });
  return summaryOf(matching, {
    left: counted(left, "left"),
    right: right === null ? null : counted(right, "right"),
  });
}

/** Counts what came out. */
export function summaryOf(
  { fields, pairs, proposed }: Matching,
  { left, right }: { readonly left: Counted; readonly right: Counted | null },
): MatchingSummary {
  const lefts = new Set(pairs.map((pair) => pair.left));
  const rights = new Set(pairs.map((pair) => pair.right));
  const theirs = right ?? left;
  const met = right === null ? new Set([...lefts, ...rights]) : lefts;
  const questions = pairs.filter(({ band }) => band === "review").length;
  return {
    columns: left.columns.map((name, at) => {
      const field = fields.find((each) => each.left === at || each.leftNext === at);
      if (field === undefined) return { left: name, right: null, kind: "ignored" };
      return { left: name, right: theirs.columns[field.right] ?? null, kind: field.kind };
    }),
    links: pairs.length - questions,
    reviews: questions,
    alone: {
      left: left.count - met.size,
      right: right === null ? null : right.count - rights.size,
    },
    blank: left.blank + (right?.blank ?? 0),
    compared: proposed,
  };
}
