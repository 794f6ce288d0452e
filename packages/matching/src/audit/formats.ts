import type { AuditFinding } from "@crossfoot/model";
import { isBlank } from "../normalise/blank.ts";
import { gtinOf } from "../normalise/product-code.ts";
import { countryOf } from "../normalise/countries.ts";
import { taxIdOf } from "../normalise/tax-id.ts";
import { mailFault, readPhone } from "./judge-contact.ts";
import type { AuditColumn } from "./columns.ts";
import { unitOf } from "../normalise/units.ts";
import { dayIn, numberIn, pointedOf } from "./numbers.ts";
import { judgePostcode } from "./postcodes.ts";
import { valueOf } from "./record.ts";
import type { AuditList, AuditRecord } from "./record.ts";

/** How a value is written, and how else it could be. */
interface Form {
  /** Values of one set are compared with one another. */
  readonly set: string;
  readonly form: string;
  /** The value in other forms, where it is certain. */
  readonly as: { readonly [form: string]: string };
}

function caseOf(value: string): Form | null {
  // Initials are capitals.
  const letters = value.replaceAll(/\b\p{L}\.|[^\p{L}]/gu, "");
  if (letters.length < 6 || letters.toUpperCase() === letters.toLowerCase()) return null;
  const isUpper = letters === letters.toUpperCase();
  const form = isUpper
    ? "capital letters"
    : letters === letters.toLowerCase()
      ? "small letters"
      : "mixed letters";
  return { set: "", form, as: {} };
}

function phoneForm(value: string, country: string | null): Form {
  const form = /^\s*(?:\+|00)/.test(value) ? "with country code" : "without country code";
  const { written } = country === null ? { written: null } : readPhone(value, country);
  return { set: "", form, as: written === null ? {} : { "with country code": written } };
}

/** What follows the sign is the same in small and capital letters (RFC 5321, 2.4); the rest is not. */
function mailForm(value: string): Form | null {
  if (mailFault(value) !== null) return null;
  const at = value.lastIndexOf("@") + 1;
  const written = `${value.slice(0, at)}${value.slice(at).toLowerCase()}`;
  const form = written === value ? "domain in small letters" : "capitals in the domain";
  return { set: "", form, as: { "domain in small letters": written } };
}

/** A VAT id of the EU whose check digit holds, with or without the prefix of the record's country. */
function taxForm(value: string, country: string | null): Form | null {
  const told = taxIdOf(value);
  if (told.isProven)
    return {
      ...{ set: "", form: told.id === value ? "with country code" : "otherwise spaced" },
      as: { "with country code": told.id },
    };
  const prefixed = taxIdOf(`${country ?? ""}${value}`);
  if (country === null || /^[a-z]{2}/i.test(value) || !prefixed.isProven) return null;
  return { set: "", form: "without country code", as: { "with country code": prefixed.id } };
}

function numberForm(value: string): Form | null {
  const told = numberIn(value);
  // Of `1.000` nobody knows the form before the whole list is seen.
  if (told === null || told.form === "plain" || told.form === "open") return null;
  return { set: "", form: `decimal ${told.form}`, as: { "decimal point": pointedOf(value, told.form) } };
}

/** How one value is written; null where there is nothing to tell. */
function formOf(value: string, meaning: string, record: AuditRecord): Form | null {
  switch (meaning) {
    case "phone":
      return phoneForm(value, record.country);
    case "mail":
      return mailForm(value);
    case "tax":
      return taxForm(value, record.country);
    case "country": {
      const told = countryOf(value);
      return told === null ? null : { set: "", form: told.form, as: { code: told.code } };
    }
    case "date":
    case "due":
    case "modified": {
      const told = dayIn(value);
      if (told === null) return null;
      const isSure = told.form !== "day or month first";
      return { set: "", form: told.form, as: isSure ? { "year first": told.day } : {} };
    }
    case "price":
    case "cost":
    case "net":
    case "vat":
    case "gross":
      return numberForm(value);
    case "name":
      return caseOf(value);
    case "unit": {
      const unit = unitOf(value);
      return unit === null ? null : { set: unit, form: value, as: {} };
    }
    case "postcode": {
      const told = record.country === null ? null : judgePostcode(value, record.country);
      if (told?.is !== "right") return null;
      const form = told.written === value ? "as usual" : "otherwise spaced";
      return { set: record.country ?? "", form, as: { "as usual": told.written } };
    }
    case "gtin": {
      if (gtinOf(value) === "") return null;
      const digits = value.replaceAll(/\D/g, "");
      return { set: "", form: digits === value ? "digits" : "with blanks or hyphens", as: { digits } };
    }
    default:
      return null;
  }
}

/** Values of one form that are listed; further ones are counted only. */
const listedMax = 10_000;

interface Kept {
  readonly id: string;
  readonly row: number;
  readonly value: string;
  readonly as: Form["as"];
}

interface FormTally {
  count: number;
  readonly kept: Kept[];
}

/** The forms in which the values of a list are written. */
export interface Formats {
  readonly note: (record: AuditRecord) => void;
  /** Values that are written otherwise than most of their column, once all were noted. */
  readonly findings: () => readonly AuditFinding[];
}

/** Keeps the forms of a list: counts, and the first values of each form. Never throws. */
export function keepFormats(list: AuditList): Formats {
  const columns = list.columns.map(() => new Map<string, Map<string, FormTally>>());
  const note = (record: AuditRecord): void => {
    for (const [at, { meaning }] of list.columns.entries()) {
      const value = valueOf(record.cells[at]);
      const form = value === "" || isBlank(value) ? null : formOf(value, meaning, record);
      if (form === null) continue;
      const sets = columns[at];
      const forms = sets?.get(form.set) ?? new Map<string, FormTally>();
      sets?.set(form.set, forms);
      const tally = forms.get(form.form) ?? { count: 0, kept: [] };
      forms.set(form.form, tally);
      tally.count += 1;
      const { id, row } = record;
      if (tally.kept.length < listedMax) tally.kept.push({ id, row, value, as: form.as });
    }
  };
  const findings = (): readonly AuditFinding[] =>
    list.columns.flatMap((column, at) =>
      [...(columns[at] ?? new Map<string, Map<string, FormTally>>()).values()].flatMap((forms) =>
        strays(list, column, forms),
      ),
    );
  return { note, findings };
}

function strays(
  list: AuditList,
  { name: field, meaning }: AuditColumn,
  forms: ReadonlyMap<string, FormTally>,
): readonly AuditFinding[] {
  const ranked = [...forms].toSorted(([, one], [, other]) => other.count - one.count);
  const [most] = ranked;
  if (most === undefined) return [];
  const [usual, { count: usualCount }] = most;
  const quoted = (form: string): string => (meaning === "unit" ? `“${form}”` : form);
  return ranked.slice(1).flatMap(([form, { count, kept }]) =>
    kept.map(({ id, row, value, as }): AuditFinding => {
      // Words of one unit say the same. Of two forms of which neither is the usual one, none is right.
      const repair = meaning === "unit" ? usual : as[usual];
      const isSure = repair !== undefined && repair !== value && usualCount > count;
      return {
        ...{ rule: "format-mix", side: list.side, entity: list.entity, id, row, field, value },
        says: `${quoted(form)}, where most are ${quoted(usual)}`,
        other: null,
        repair: isSure ? repair : null,
      };
    }),
  );
}
