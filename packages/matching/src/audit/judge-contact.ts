import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { CountryCode } from "libphonenumber-js/min";
import { parse } from "tldts";
import { isBlank } from "../normalise/blank.ts";
import { taxIdOf } from "../normalise/tax-id.ts";
import { valueOf } from "./record.ts";
import type { AuditRecord, Fault, Judge } from "./record.ts";

const extension = /\s*(?:ext\.?|x|durchwahl|poste)\s*\d+\s*$/i;

/**
 * A phone number as libphonenumber reads it in a country. `written` is it with its country code, only where
 * every digit of the text is in it: an extension or a second number makes it null. Never throws.
 */
export function readPhone(
  value: string,
  country: string | null,
): { readonly isPossible: boolean; readonly written: string | null } {
  const told = value
    .replace(extension, "")
    .replace(/^\s*00/, "+")
    .replace("(0)", "");
  if (/[a-z]{2}/i.test(told)) return { isPossible: false, written: null };
  const digits = told.replaceAll(/\D/g, "");
  if (/^\s*\+/.test(told) || country !== null) {
    const parsed = parsePhoneNumberFromString(told, (country ?? undefined) as CountryCode | undefined);
    if (parsed !== undefined) {
      const isWhole = !extension.test(value) && digits.endsWith(parsed.nationalNumber);
      const isRight = parsed.isValid() && isWhole;
      return { isPossible: parsed.isPossible(), written: isRight ? parsed.formatInternational() : null };
    }
    return { isPossible: false, written: null };
  }
  return { isPossible: digits.length >= 5 && digits.length <= 15, written: null };
}

/** Every value of a meaning that is not blank, with its column. */
function valuesOf(
  record: AuditRecord,
  meaning: string,
): readonly { readonly field: string; readonly value: string }[] {
  return record.list.columns.flatMap((column, at) => {
    const value = column.meaning === meaning ? valueOf(record.cells[at]) : "";
    return value === "" || isBlank(value) ? [] : [{ field: column.name, value }];
  });
}

/** Phone numbers that cannot be, in the record's country where that is known. */
export const judgePhones: Judge = (record) =>
  valuesOf(record, "phone").flatMap(({ field, value }): readonly Fault[] =>
    readPhone(value, record.country).isPossible
      ? []
      : [
          {
            ...{ rule: "phone-invalid", field, value },
            says:
              record.country === null
                ? "has too few or too many digits"
                : `has too few or too many digits for ${record.country}`,
          },
        ],
  );

const mailForm = /^[^\s@<>(),;:"[\]]+@[^\s@<>(),;:"[\]]+$/;

/** Why a text is no mail address, or null for one. Never throws. */
export function mailFault(value: string): string | null {
  if (!mailForm.test(value)) return value.includes("@") ? "signs that no address has" : "there is no @";
  const [local = "", host = ""] = value.split("@");
  if (local.startsWith(".") || local.endsWith(".") || local.includes("..")) return "a dot out of place";
  const told = parse(host.toLowerCase());
  if (told.domain === null || host.includes("..")) return "what follows the @ is no domain";
  return told.isIcann === true ? null : "its domain has no ending in use";
}

/** Endings that no one can own (RFC 2606, section 2). `example.com` is a filler that people type. */
const kept = /(?:^|\.)(?:test|example|invalid|localhost)$/;

const reservedIn = (field: string, value: string): Fault => {
  return { rule: "reserved", field, value, says: "a name that is kept for examples (RFC 2606)" };
};

/** Mail addresses that cannot be. */
export const judgeMails: Judge = (record) =>
  valuesOf(record, "mail").flatMap(({ field, value }): readonly Fault[] => {
    if (mailForm.test(value) && kept.test(value.split("@")[1]?.toLowerCase() ?? ""))
      return [reservedIn(field, value)];
    const says = mailFault(value);
    if (says === null) return [];
    const bare = value
      .replace(/^mailto:/i, "")
      // A blank inside a name may stand for a sign that nobody knows.
      .replaceAll(/\s*([@.])\s*/g, "$1")
      .trim()
      .replace(/[.,;]+$/, "");
    const repair = bare !== value && mailFault(bare) === null ? bare : null;
    return [{ rule: "mail-invalid", field, value, says, repair }];
  });

/** Web addresses that cannot be. */
export const judgeWebs: Judge = (record) =>
  valuesOf(record, "web").flatMap(({ field, value }): readonly Fault[] => {
    const told = parse(value.toLowerCase());
    if (!/\s/.test(value) && kept.test(told.hostname ?? "")) return [reservedIn(field, value)];
    const isRight =
      !/\s/.test(value) && told.hostname !== null && (told.isIcann === true || told.isIp === true);
    const isHost = isRight && /^(?:https?:\/\/)?[\p{L}\d.-]+(?::\d+)?(?:[/?#].*)?$/iu.test(value);
    return isHost
      ? []
      : [{ rule: "web-invalid", field, value, says: "no host that can be reached by a name" }];
  });

/** Tax ids of the EU whose form or check digit does not hold. */
export const judgeTaxIds: Judge = (record) =>
  valuesOf(record, "tax").flatMap(({ field, value }): readonly Fault[] => {
    const told = taxIdOf(value);
    const says = told.isWrong
      ? `its form or check digit is none of ${told.id.slice(0, 2)}`
      : told.id.length < 4
        ? "too short for a tax id"
        : /\d/.test(told.id)
          ? null
          : "there is no digit in it";
    return says === null ? [] : [{ rule: "tax-id-invalid", field, value, says }];
  });
