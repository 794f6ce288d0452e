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
}

/** Counts what came out. */
export function describeMatching(
  matching: Matching,
  { left, right }: { readonly left: Table; readonly right: Table | null },
): MatchingSummary {
  const { fields, pairs } = matching;
  const lefts = new Set(pairs.map((pair) => pair.left));
  const rights = new Set(pairs.map((pair) => pair.right));
  const theirs = right ?? left;
  const met = right === null ? new Set([...lefts, ...rights]) : lefts;
  const blankOf = (table: Table, columns: readonly number[]): number =>
    table.rows.filter((row) => columns.every((at) => isBlank(row[at] ?? ""))).length;
  const blank =
    blankOf(
      left,
      fields.map((field) => field.left),
    ) +
    (right === null
      ? 0
      : blankOf(
          right,
          fields.map((field) => field.right),
        ));
  return {
    columns: left.columns.map((name, at) => {
      const field = fields.find((each) => each.left === at);
      if (field === undefined) return { left: name, right: null, kind: "ignored" };
      return { left: name, right: theirs.columns[field.right] ?? null, kind: field.kind };
    }),
    links: pairs.filter(({ band }) => band === "link").length,
    reviews: pairs.filter(({ band }) => band === "review").length,
    alone: {
      left: left.rows.length - met.size,
      right: right === null ? null : right.rows.length - rights.size,
    },
    blank,
  };
}
