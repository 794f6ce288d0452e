import type { Row } from "./extracts.ts";

/** A form of error: where it is planted, and what finds it. */
export interface Form {
  readonly entity: string;
  /** Any of these rules finds it. */
  readonly rules: readonly string[];
  /** The error in words. */
  readonly form: string;
  readonly damage: (at: {
    readonly row: Row;
    readonly twin: Row;
    readonly spare: Row;
    readonly rows: Row[];
  }) => void;
  /** A record it can be planted in. */
  readonly fits: (row: Row) => boolean;
}

type Spelling = readonly [form: string, value: string | ((now: string) => string)];

/** Forms that put another value in one field of a record that has one. */
export const spelled = (
  entity: string,
  rules: string,
  field: string,
  ...all: readonly Spelling[]
): readonly Form[] =>
  all.map(([form, value]) => ({
    ...{ entity, rules: rules.split("|"), form: `${field}: ${form}` },
    damage: ({ row }) => {
      row[field] = typeof value === "string" ? value : value(row[field] ?? "");
    },
    fits: (row) => (row[field] ?? "") !== "" || field === "parent",
  }));

/** The same on the other side's record: what both say differs then. */
export const twisted = (
  entity: string,
  rules: string,
  field: string,
  ...all: readonly Spelling[]
): readonly Form[] =>
  all.map(([form, value]) => ({
    ...{ entity, rules: rules.split("|"), form: `${field} of the other side: ${form}` },
    damage: ({ twin }) => {
      twin[field] = typeof value === "string" ? value : value(twin[field] ?? "");
    },
    fits: (row) => (row[field] ?? "") !== "",
  }));

/** The record once more, with other values. */
export const doubled = (entity: string, rules: string, form: string, change: (row: Row) => Row): Form => ({
  ...{ entity, rules: rules.split("|"), form },
  damage: ({ row, rows }) => {
    rows.push({ ...row, id: `D${rows.length}`, tax: "", ...change(row) });
  },
  fits: (row) => (row["name"] ?? "").split(" ").length > 1 && (row["name"] ?? "").length > 12,
});

export const swapped = (text: string, at: number): string =>
  text.slice(0, at) + (text[at + 1] ?? "") + (text[at] ?? "") + text.slice(at + 2);
export const inGermany = (row: Row): boolean => row["country"] === "Germany";

/** An article that is sold at a price. */
export const isSold = (row: Row): boolean => row["discontinued"] === "0" && Number(row["price"]) > 1;
