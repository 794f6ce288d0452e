import type { Field, MatchedEntity, Table } from "../kinds.ts";
import type { SharedColumn } from "./agreement.ts";
import { kindOfMeaning } from "./columns.ts";
import type { ListAudit } from "./list.ts";
import { valueOf } from "./record.ts";
import type { AuditRecord } from "./record.ts";

const matched: readonly string[] = ["accounts", "contacts", "products"];

/** Whether the matcher knows records of this kind. */
export function isMatched(entity: string): entity is MatchedEntity {
  return matched.includes(entity);
}

/** Kept rows of a list as the matcher reads them. */
export function tableOf(audit: ListAudit, rows: readonly (readonly string[])[]): Table {
  return {
    columns: audit.list.columns.map(({ name }) => name),
    rows: rows.map((row) => row.map(valueOf)),
  };
}

/** The columns that the matcher compares. */
export function fieldsOf(
  audit: ListAudit,
  shared: readonly SharedColumn[],
  entity: MatchedEntity,
): readonly Field[] {
  return shared.flatMap((column) => {
    const kind = kindOfMeaning(column.meaning, entity);
    const name = audit.list.columns[column.left]?.name ?? "";
    return kind === "ignored" ? [] : [{ name, kind, left: column.left, right: column.right }];
  });
}

/** What a person calls the record. */
export function labelOf({ at, id }: AuditRecord): string {
  return at("name") || [at("given"), at("family")].join(" ").trim() || at("mail") || at("sku") || id;
}

/** Records of two lists that are the same, by row from 1. */
export interface Pairing {
  readonly links: readonly (readonly [left: number, right: number])[];
  readonly reviews: readonly (readonly [left: number, right: number])[];
}

/** Both lists, and the columns that say the same. */
export interface BothLists {
  readonly left: ListAudit;
  readonly right: ListAudit;
  readonly shared: readonly SharedColumn[];
}
