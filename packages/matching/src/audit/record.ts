import type { AuditFinding, AuditRuleId } from "@crossfoot/model";
import type { AuditColumn, AuditEntity, Meaning } from "./columns.ts";
import { countryOf } from "../normalise/countries.ts";
import { dayIn } from "./numbers.ts";
import type { DecimalMark } from "./numbers.ts";

/** A list as it is audited. */
export interface AuditList {
  /** The system that it comes from, such as `crm`. */
  readonly side: string;
  readonly entity: AuditEntity;
  readonly columns: readonly AuditColumn[];
  /** Its codes are canonical: what a value map does not know was told by its reader. */
  readonly isCanonical?: boolean;
  /** A list of lines of its documents follows: their amounts are kept until then. */
  readonly hasLines?: boolean;
}

/** What rules are told beside the records. */
export interface AuditTerms {
  /** Today, as `2026-01-31`: what lies after it is in the future. */
  readonly today: string;
  /** Days after which an untouched record counts as stale. */
  readonly staleDays: number;
  /** Signs of a list's records that are kept to be compared, where fewer than usual. */
  readonly keptSigns?: number;
}

/** One record, as the rules look at it. */
export interface AuditRecord {
  readonly list: AuditList;
  readonly terms: AuditTerms;
  readonly id: string;
  readonly row: number;
  readonly cells: readonly string[];
  /** The value of the first column of a meaning, trimmed; "" where it is blank or there is no such column. */
  readonly at: (meaning: Meaning, place?: string) => string;
  /** ISO code of its own country, or null. */
  readonly country: string | null;
  /** Whether it is in use: not archived, not discontinued. */
  readonly isActive: boolean;
  /** How an amount such as `1.000` is read; null where nobody knows. */
  readonly mark: DecimalMark | null;
}

/** A fault before it is known whose it is. */
export interface Fault {
  readonly rule: AuditRuleId;
  readonly field: string;
  readonly value: string;
  readonly says: string;
  readonly repair?: string | null;
  readonly other?: AuditFinding["other"];
}

/** A rule over one record. */
export type Judge = (record: AuditRecord) => readonly Fault[];

/** What databases and spreadsheets write for no value at all. */
const nulls = new Set(["null", "\\n", "#n/a", "(null)", "<null>"]);
const nullMax = 6;

/** A cell as a value: trimmed, and "" where an export wrote its word for nothing. */
export function valueOf(cell: string | undefined): string {
  const text = (cell ?? "").trim();
  return text.length <= nullMax && nulls.has(text.toLowerCase()) ? "" : text;
}

const yes = /^(?:1|y|yes|true|t|ja|oui|si|x)$/i;
const no = /^(?:0|n|no|false|f|nein|non)$/i;
const goneStates = /^(?:inactive|archived|closed|cancell?ed|blocked|obsolete|discontinued)$/i;

/** Finds columns by meaning, once per list. */
export function readerOf(list: AuditList): (meaning: Meaning, place?: string) => number {
  const places = new Map<string, number>();
  for (const [at, { meaning, place }] of list.columns.entries()) {
    for (const key of [`${meaning} ${place}`, meaning]) if (!places.has(key)) places.set(key, at);
  }
  return (meaning, place) => places.get(place === undefined ? meaning : `${meaning} ${place}`) ?? -1;
}

/** Reads a row as a record. `row` counts from 1. Never throws. */
export function recordOf(
  cells: readonly string[],
  of: {
    readonly list: AuditList;
    readonly terms: AuditTerms;
    readonly row: number;
    readonly mark: DecimalMark | null;
    readonly columnOf: (meaning: Meaning, place?: string) => number;
  },
): AuditRecord {
  const at = (meaning: Meaning, place?: string): string => valueOf(cells[of.columnOf(meaning, place)]);
  const id = at("id") || at("number") || at("sku");
  const ended = dayIn(at("inactive"))?.day;
  const isEnded = ended !== undefined && ended <= of.terms.today;
  const isInactive =
    isEnded || yes.test(at("inactive")) || no.test(at("active")) || goneStates.test(at("status"));
  return {
    list: of.list,
    terms: of.terms,
    id: id === "" ? `row ${of.row}` : id,
    row: of.row,
    mark: of.mark,
    cells,
    at,
    country: countryOf(at("country"))?.code ?? null,
    isActive: !isInactive,
  };
}
