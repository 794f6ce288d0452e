import { featuresOf } from "../block/features.ts";
import type { Field, Kind, MatchedEntity, Table } from "../kinds.ts";
import { addressWords } from "../normalise/address.ts";
import { isBlank } from "../normalise/blank.ts";
import { domainOf, mailOf, phoneOf } from "../normalise/contact-points.ts";
import { companyNameOf } from "../normalise/legal-forms.ts";
import { dateOf, numberOf } from "../normalise/number.ts";
import { codeOf } from "../normalise/product-code.ts";
import { taxIdOf } from "../normalise/tax-id.ts";
import { fold, wordsOf } from "../text/fold.ts";
import { NumberList } from "../text/number-list.ts";
import { meaningOf } from "./meaning.ts";
import { saysNothing } from "./vocabulary.ts";
import type { Prepared, Side, Vocabulary } from "./vocabulary.ts";

const isPeople = (entity: MatchedEntity): boolean => entity === "contacts" || entity === "users";

/** Signs of a cell that are read, words of a text that are compared; what comes later tells nothing more. */
const signsMax = 8000;
const wordsMax = 300;
/** Longer texts are kept as a mark. */
const keyMax = 64;
/** The part of a phone number that stays when country and trunk codes come and go. */
const phoneTail = 9;

/**
 * Reads a value as its kind; null where it is blank, a placeholder or shared by everybody. Never
 * throws.
 */
function prepare(whole: string, kind: Kind, entity: MatchedEntity): Prepared | null {
  if (isBlank(whole)) return null;
  const value = whole.slice(0, signsMax);
  const folded = fold(value);
  switch (kind) {
    case "name":
    case "employer": {
      const { words, forms } = companyNameOf(folded);
      const prepared = textOf(words);
      return prepared === null || forms.length === 0 ? prepared : { ...prepared, forms: forms.join(" ") };
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
      if (mail.local === "" && isPeople(entity)) return null;
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
      return number === null || number === 0 ? null : keyed(String(number), []);
    }
    case "country":
    case "unit": {
      // What means nothing tells nothing: "Germny" is no other country.
      const meaning = meaningOf(value, kind);
      return meaning === null ? null : keyed(meaning, []);
    }
    case "text":
      return longTextOf(wordsOf(folded));
    default:
      return textOf(wordsOf(folded));
  }
}

/** Texts are told apart by a mark of their words, so that a million descriptions need not be held. */
function longTextOf(words: readonly string[]): Prepared | null {
  const key = words.join(" ");
  if (key.length <= keyMax) return textOf(words);
  let [one, other] = [0x811c9dc5, 0x9e3779b1];
  for (let at = 0; at < key.length; at++) {
    one = Math.imul(one ^ key.charCodeAt(at), 0x01000193);
    other = Math.imul(other + key.charCodeAt(at), 0x85ebca6b) ^ (other >>> 13);
  }
  const mark = `${(one >>> 0).toString(36)} ${(other >>> 0).toString(36)} ${key.length} 0`;
  return keyed(mark, words.slice(0, wordsMax));
}

function textOf(words: readonly string[]): Prepared | null {
  return words.length === 0 ? null : keyed(words.join(" "), words);
}

function keyed(key: string, words: readonly string[]): Prepared | null {
  return key === "" ? null : { key, words };
}

/** Values as they were written whose reading is kept; more begin anew. */
const knownMax = 20_000;
/** Longer ones hardly come again. */
const knownSignsMax = 64;

/** Reads the records of one side, one at a time, into a vocabulary that both sides share. */
export class SideReader {
  readonly #vocabulary: Vocabulary;
  readonly #columns: readonly { readonly at: number; readonly next: number; readonly kind: Kind }[];
  readonly #entity: MatchedEntity;
  readonly #values: readonly NumberList[];
  readonly #known: readonly Map<string, number>[];
  readonly #forms = new NumberList();
  /** The field that tells the legal form; -1 for none. */
  readonly #named: number;
  #blank = 0;
  #features = 0;

  constructor(vocabulary: Vocabulary, fields: readonly Field[], as: Reading) {
    this.#vocabulary = vocabulary;
    this.#columns = fields.map((field) => ({
      at: field[as.end],
      next: (as.end === "left" ? field.leftNext : field.rightNext) ?? -1,
      kind: field.kind,
    }));
    this.#entity = as.entity;
    this.#values = fields.map(() => new NumberList());
    this.#known = fields.map(() => new Map<string, number>());
    this.#named = fields.findIndex(({ kind }) => kind === "name");
  }

  /** Adds a record. A missing cell says nothing. */
  add(row: readonly string[]): void {
    let isBlankRow = true;
    let features = 0;
    let forms = saysNothing;
    for (const [field, { at, next }] of this.#columns.entries()) {
      const value = next < 0 ? (row[at] ?? "") : `${row[at] ?? ""} ${row[next] ?? ""}`;
      const read = this.#read(field, value);
      const id = idOfRead(read);
      if (field === this.#named) forms = formsOfRead(read);
      this.#values[field]?.push(id);
      if (id === saysNothing) continue;
      isBlankRow = false;
      const values = this.#vocabulary.fields[field];
      if (values !== undefined) features += featuresOf(values.kind, values.sizeOf(id), features);
    }
    this.#forms.push(forms);
    this.#features += features;
    if (isBlankRow) this.#blank++;
    this.count++;
  }

  /** Records so far. */
  count = 0;

  /** Records that say nothing in any field. */
  get blank(): number {
    return this.#blank;
  }

  /** Words and runs of letters that its records are found by, about. */
  get features(): number {
    return this.#features;
  }

  /** Bytes of memory it holds, beside its vocabulary. */
  get bytes(): number {
    return this.#values.reduce((sum, list) => sum + list.bytes, this.#forms.bytes);
  }

  /** The side, when all its records were added. */
  side(): Side {
    return { count: this.count, values: this.#values.map((list) => list.view()), forms: this.#forms.view() };
  }

  /** The numbers of a value and of its legal forms, as one. */
  #read(field: number, value: string): number {
    const known = this.#known[field];
    const before = known?.get(value);
    if (before !== undefined) return before;
    const prepared = prepare(value, this.#columns[field]?.kind ?? "ignored", this.#entity);
    const id =
      prepared === null ? saysNothing : (this.#vocabulary.fields[field]?.idOf(prepared) ?? saysNothing);
    const forms = prepared?.forms === undefined ? saysNothing : this.#vocabulary.forms.idOf(prepared.forms);
    const read = readOf(id, forms);
    if (known === undefined || value.length > knownSignsMax) return read;
    if (known.size >= knownMax) known.clear();
    known.set(value, read);
    return read;
  }
}

/** Two numbers of 32 bits in one. */
const readUnit = 2 ** 32;
const readOf = (id: number, forms: number): number => (forms - saysNothing) * readUnit + (id - saysNothing);
const idOfRead = (read: number): number => (read % readUnit) + saysNothing;
const formsOfRead = (read: number): number => Math.floor(read / readUnit) + saysNothing;

/** How a side is read. */
interface Reading {
  readonly end: "left" | "right";
  readonly entity: MatchedEntity;
}

/** Prepares the columns of a table that take part. */
export function sideOf(
  table: Table,
  fields: readonly Field[],
  as: Reading & { readonly vocabulary: Vocabulary },
): Side {
  const reader = new SideReader(as.vocabulary, fields, as);
  for (const row of table.rows) reader.add(row);
  return reader.side();
}
