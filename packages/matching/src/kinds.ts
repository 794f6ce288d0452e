/**
 * What a column holds, as the matcher reads it:
 * `name` of a company or product or a title; `person` whole personal names, one or several; `employer` the
 * company of a person, which many share;
 * `given`, `family`
 * parts of one; `text` long descriptions; `street`; `house` number in a street; `place` city,
 * region or country; `postcode`; `phone`;
 * `mail`; `web`; `tax` tax ids; `code` identifiers that people type (SKU, GTIN); `date`;
 * `number`; `category` one of few words; `ignored` keys of one system, which say nothing about the other.
 */
export type Kind = (typeof kinds)[number];

/** Every kind of column. */
export const kinds = [
  "name",
  "person",
  "given",
  "family",
  "employer",
  "text",
  "street",
  "house",
  "place",
  "country",
  "postcode",
  "phone",
  "mail",
  "web",
  "tax",
  "code",
  "date",
  "number",
  "category",
  "unit",
  "ignored",
] as const;

/** Kinds that name a record or are its own; nothing is linked where none of them is compared. */
export const namingKinds: ReadonlySet<Kind> = new Set([
  ...(["name", "person", "given", "family", "text", "mail", "web", "tax", "code"] as const),
]);

/** What the records of a table are. */
export type MatchedEntity = "accounts" | "contacts" | "products" | "warehouses" | "users";

/** A table as it was read: column names, and rows of texts in their order. A missing cell is "". */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A column of the left table and the column of the right table that says the same. */
export interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly left: number;
  readonly right: number;
  /**
   * A second column of the table whose text follows that of the first: the family name after the given one.
   */
  readonly leftNext?: number;
  readonly rightNext?: number;
}
