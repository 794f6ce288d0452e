import type { Field, Kind, MatchedEntity, Table } from "../kinds.ts";
import { addressWords } from "../normalise/address.ts";
import { isBlank } from "../normalise/blank.ts";
import { domainOf, mailOf, phoneOf } from "../normalise/contact-points.ts";
import { companyNameOf } from "../normalise/legal-forms.ts";
import { dateOf, numberOf } from "../normalise/number.ts";
import { codeOf } from "../normalise/product-code.ts";
import { taxIdOf } from "../normalise/tax-id.ts";
import { fold, wordsOf } from "../text/fold.ts";

/** A value ready to be compared; null stands for a value that says nothing. */
export interface Prepared {
  /** The normalised value as one text. */
  readonly key: string;
  readonly words: readonly string[];
  readonly number: number | null;
}

/** The part of a phone number that stays when country and trunk codes come and go. */
const phoneTail = 9;

/**
 * Reads a value as its kind; null where it is blank, a placeholder or shared by everybody. Never
 * throws.
 */
function prepare(value: string, kind: Kind, entity: MatchedEntity): Prepared | null {
  if (isBlank(value)) return null;
  const folded = fold(value);
  switch (kind) {
    case "name": {
      const { words } = companyNameOf(folded);
      return textOf(words);
    }
    case "street":
      return textOf(addressWords(folded));
    case "phone": {
      const phone = phoneOf(value);
      return phone === "" ? null : keyed(phone.replaceAll(/\D/g, "").slice(-phoneTail), []);
    }
    case "mail": {
      const mail = mailOf(value);
      if (mail === null || (mail.local === "" && mail.domain === "")) return null;
      // A desk's mailbox names a company and no person.
      if (mail.local === "" && entity === "contacts") return null;
      return keyed(
        mail.local === "" ? `@${mail.domain}` : `${mail.local}@${mail.domain}`,
        wordsOf(fold(mail.local)),
      );
    }
    case "web": {
      const domain = domainOf(value);
      return domain === "" ? null : keyed(domain, []);
    }
    case "tax": {
      const { id, isWrong } = taxIdOf(value);
      return id.length < 4 || isWrong ? null : keyed(id, []);
    }
    case "code":
    case "house":
    case "postcode":
      return keyed(codeOf(folded), [codeOf(folded)]);
    case "date": {
      const date = dateOf(value);
      return date === "" ? null : keyed(date, [date]);
    }
    case "number": {
      const number = numberOf(value);
      return number === null || number === 0 ? null : { key: String(number), words: [], number };
    }
    default:
      return textOf(wordsOf(folded));
  }
}

function textOf(words: readonly string[]): Prepared | null {
  return words.length === 0 ? null : keyed(words.join(" "), words);
}

function keyed(key: string, words: readonly string[]): Prepared | null {
  return key === "" ? null : { key, words, number: null };
}

/** One side of a match: for each field, the prepared value of every record. */
export interface Side {
  readonly count: number;
  readonly values: readonly (readonly (Prepared | null)[])[];
}

/** Prepares the columns of a table that take part. Values that come again are prepared once. */
export function sideOf(
  table: Table,
  fields: readonly Field[],
  as: { readonly end: "left" | "right"; readonly entity: MatchedEntity },
): Side {
  const values = fields.map((field) => {
    const known = new Map<string, Prepared | null>();
    return table.rows.map((row) => {
      const value = row[field[as.end]] ?? "";
      const before = known.get(value);
      if (before !== undefined) return before;
      const prepared = prepare(value, field.kind, as.entity);
      known.set(value, prepared);
      return prepared;
    });
  });
  return { count: table.rows.length, values };
}
