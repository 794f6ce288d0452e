import { nameLikenesses, sameNameMin, sureNameMin } from "@crossfoot/matching";
import type { Table } from "@crossfoot/matching";

/** Precision, recall and F1 of "these two names are one", over some rows of the set of names. */
export interface NameScore {
  readonly name: string;
  readonly rows: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows for a person, and F1 if every one of them were answered rightly. */
  readonly reviews: number;
  readonly f1Reviewed: number;
}

const organisations = ["Company", "Organization", "LegalEntity"];

/** Classifies every row by its two names alone, and scores all rows and those of organisations. */
export function scoreNames(table: Table): readonly NameScore[] {
  const at = (column: string): number => table.columns.indexOf(column);
  const [schema, one, other, truth] = ["schema", "name1", "name2", "is_match"].map(at) as [
    number,
    number,
    number,
    number,
  ];
  const judged = (rows: Table["rows"], of: "companies" | "people"): readonly Judged[] => {
    const likenesses = nameLikenesses(
      rows.map((row) => [row[one] ?? "", row[other] ?? ""] as const),
      of,
    );
    return rows.map((row, place) => ({
      schema: row[schema] ?? "",
      isFound: (likenesses[place] ?? 0) >= sureNameMin,
      isAsked: (likenesses[place] ?? 0) >= sameNameMin && (likenesses[place] ?? 0) < sureNameMin,
      isTrue: row[truth] === "true",
    }));
  };
  const all = [
    ...judged(
      table.rows.filter((row) => row[schema] === "Person"),
      "people",
    ),
    ...judged(
      table.rows.filter((row) => row[schema] !== "Person"),
      "companies",
    ),
  ];
  const some = all.filter((row) => organisations.includes(row.schema));
  return [scoreOf("org-names, all", all), scoreOf("org-names, organisations", some)];
}

interface Judged {
  readonly schema: string;
  readonly isFound: boolean;
  readonly isAsked: boolean;
  readonly isTrue: boolean;
}

function scoreOf(name: string, rows: readonly Judged[]): NameScore {
  const hits = rows.filter(({ isFound, isTrue }) => isFound && isTrue).length;
  const found = rows.filter(({ isFound }) => isFound).length;
  const truth = rows.filter(({ isTrue }) => isTrue).length;
  const answered = rows.filter(({ isAsked, isTrue }) => isAsked && isTrue).length;
  return {
    name,
    rows: rows.length,
    reviews: rows.filter(({ isAsked }) => isAsked).length,
    f1Reviewed: (2 * (hits + answered)) / Math.max(1, found + answered + truth),
    precision: hits / Math.max(1, found),
    recall: hits / Math.max(1, truth),
    f1: (2 * hits) / Math.max(1, found + truth),
  };
}
