import type { AuditFinding } from "@crossfoot/model";
import { isPercent } from "./columns.ts";
import { judgeSums, minorOf } from "./document-sums.ts";
import type { Documents, OpenDocument } from "./document-sums.ts";
import { worthsOf } from "./line-worth.ts";
import { numberIn } from "./numbers.ts";
import type { AuditList, AuditRecord } from "./record.ts";

/** Most that a tax can be, and the steps that rates have, as parts of one. */
const [taxMax, taxStep] = [0.3, 0.005];
/** Most wrong lines that are listed. */
const listedMax = 10_000;
/** So many lines tell that a list has another way than it seems. */
const wayMin = 3;

/** A line whose amount is not what it comes to. */
interface Stray {
  readonly finding: AuditFinding;
  /** It is right if the prices of the list have their discount, or tax is in prices or amounts alone. */
  readonly excuse: "discount" | "tax" | null;
}

/** Lines of documents, each in itself and all of a document together. */
export interface Lines {
  readonly note: (record: AuditRecord) => void;
  /** The currency of the document of a line, or its own; "" where neither is told. */
  readonly currencyOf: (record: AuditRecord) => string;
  readonly end: () => { readonly findings: readonly AuditFinding[]; readonly remarks: readonly string[] };
}

const meant = ["quantity", "price", "discount", "net", "vat", "gross"] as const;
type Told = { readonly [meaning in (typeof meant)[number]]: number | null };

const near = (one: number, other: number, minor: number): boolean => Math.abs(one - other) <= minor * 1.01;

/** Which ways make an amount of a line what it comes to, tax in it or not. */
function waysThatFit(told: Told, worths: readonly number[], minor: number): readonly number[] {
  const { net, gross, vat } = told;
  const tax = vat ?? 0;
  // With a tax of its own a line tells both amounts, also where only one of them stands there.
  const amounts = [net, gross, net === null ? null : net + tax, gross === null ? null : gross - tax];
  return worths.flatMap((worth, way) =>
    amounts.some((amount) => amount !== null && near(amount, worth, minor)) ? [way] : [],
  );
}

interface LineFacts {
  readonly told: Told;
  readonly document: OpenDocument | undefined;
  readonly worths: readonly number[];
  readonly minor: number;
}

/** Whether a tax that nobody tells can be what parts the amount of a line from its worth. */
function isPerhapsTax({ told, worths, document, minor }: LineFacts): boolean {
  const amount = told.net ?? told.gross;
  if (amount === null || told.vat !== null || (told.net !== null && told.gross !== null)) return false;
  const isTaxed =
    document === undefined ||
    document.net === null ||
    document.gross === null ||
    !near(document.net, document.gross, minorOf(document.currency));
  if (!isTaxed) return false;
  const isTax = (without: number, whole: number): boolean => {
    const rate = Math.round((whole / without - 1) / taxStep) * taxStep;
    return rate > 0 && rate <= taxMax && near(without * (1 + rate), whole, minor);
  };
  // Prices may have tax in them; amounts that are called net have none.
  return worths.some((worth) => isTax(amount, worth) || (told.net === null && isTax(worth, amount)));
}

/** Keeps lines: a few of those that are wrong, and the sums of each document. Null for other lists. */
export function keepLines(list: AuditList, before: readonly Documents[]): Lines | null {
  if (list.entity !== "lines") return null;
  const nameOf = (meaning: string): string =>
    list.columns.find((column) => column.meaning === meaning)?.name ?? "";
  const has = (meaning: string): boolean => nameOf(meaning) !== "";
  const inPercent = isPercent(nameOf("discount"));
  const own = before.filter(({ list: { side } }) => side === list.side);
  const documentOf = finderOf(own, nameOf("order"));
  const currencyOf = (record: AuditRecord): string =>
    record.at("currency") || (documentOf(record)?.currency ?? "");
  const strays: Stray[] = [];
  // Right lines, and those of them that are right by leaving their discount alone.
  const right = { plain: 0, discounted: 0, undiscounted: 0 };
  const note = (record: AuditRecord): void => {
    const document = documentOf(record);
    const told = toldOf(record);
    if (told === null) {
      if (document !== undefined) document.isReadable = false;
      return;
    }
    // A line that is only a text says nothing of amounts.
    if (Object.values(told).every((each) => each === null)) return;
    const { quantity, price, discount } = told;
    const minor = minorOf(currencyOf(record));
    const isWhole = quantity !== null && price !== null;
    const worths = isWhole
      ? worthsOf({ quantity, price, discount: discount ?? 0, isPercent: inPercent, minor })
      : [];
    if (document !== undefined) addTo(document, { told, document, worths, minor }, has);
    if (!isWhole || (told.net === null && told.gross === null)) return;
    const asTold = waysThatFit(told, worths, minor);
    const fit = asTold.length > 0 ? asTold : waysThatFit(signed(told, document), worths, minor);
    const isOff = discount !== null && discount !== 0;
    if (fit.some((way) => way > 0)) right[isOff ? "discounted" : "plain"] += 1;
    else if (fit.length > 0) right.undiscounted += 1;
    if (fit.some((way) => way > 0) || strays.length >= listedMax) return;
    strays.push(strayOf(record, { told, document, worths, minor }, fit.length > 0));
  };
  const strayOf = (record: AuditRecord, facts: LineFacts, isUndiscounted: boolean): Stray => {
    const meaning = facts.told.net === null ? "gross" : "net";
    const { id, row, at } = record;
    const finding: AuditFinding = {
      ...{ rule: "line-wrong", side: list.side, entity: list.entity, id, row, field: nameOf(meaning) },
      ...{ value: at(meaning), says: saysOf(at, facts.told), other: null, repair: null },
    };
    const excuse = isUndiscounted ? "discount" : isPerhapsTax(facts) ? "tax" : null;
    return { finding, excuse };
  };
  const end: Lines["end"] = () => {
    const isDiscountIn = right.undiscounted >= wayMin && right.undiscounted > right.discounted;
    const taxed = strays.filter(({ excuse }) => excuse === "tax").length;
    const isTaxApart = taxed > right.plain + right.discounted;
    const findings = strays.flatMap(({ finding, excuse }) =>
      (excuse === "discount" && isDiscountIn) || (excuse === "tax" && isTaxApart) ? [] : [finding],
    );
    const sums = own.map((each) => judgeSums(each, { net: has("net"), gross: has("gross") }));
    return {
      findings: [...findings, ...sums.flatMap((each) => each.findings)],
      remarks: sums.flatMap(({ remarks }) => remarks),
    };
  };
  return { note, currencyOf, end };
}

/** Finds the document of a line among those of its side. */
function finderOf(
  own: readonly Documents[],
  column: string,
): (record: AuditRecord) => OpenDocument | undefined {
  // A column that is called invoice means an invoice, also where an order has the same number.
  const word = /invoice|quote|order/i.exec(column)?.[0].toLowerCase() ?? "";
  const docs = own.toSorted((one, other) => rankOf(one, word) - rankOf(other, word));
  return ({ at }) => {
    const name = at("order");
    for (const each of name === "" ? [] : docs) {
      const found = each.of(name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

const rankOf = ({ list: { entity } }: Documents, word: string): number =>
  word !== "" && entity.startsWith(word) ? 0 : 1;

/** The numbers of a line; null where one stands there that cannot be read. */
function toldOf({ at }: AuditRecord): Told | null {
  const texts = meant.map((meaning) => [meaning, at(meaning)] as const);
  const numbers = texts.map(([meaning, text]) => [meaning, text === "" ? null : numberIn(text)] as const);
  if (numbers.some(([meaning, told]) => told === null && at(meaning) !== "")) return null;
  return Object.fromEntries(numbers.map(([meaning, told]) => [meaning, told?.value ?? null])) as Told;
}

/** Lines of a credit note: amounts below zero beside quantities above are its way to say so. */
function signed(told: Told, document: OpenDocument | undefined): Told {
  const total = document?.gross ?? document?.net ?? 0;
  const worth = (told.quantity ?? 0) * (told.price ?? 0);
  if (total >= 0 || worth <= 0) return told;
  const turned = (amount: number | null): number | null => (amount === null ? null : -amount);
  return { ...told, net: turned(told.net), gross: turned(told.gross), vat: turned(told.vat) };
}

function addTo(document: OpenDocument, { told, worths }: LineFacts, has: (meaning: string) => boolean): void {
  const { sums } = document;
  sums.count += 1;
  sums.net += told.net ?? 0;
  sums.gross += told.gross ?? 0;
  for (const [way, worth] of worths.entries()) sums.ways[way] = (sums.ways[way] ?? 0) + worth;
  const lacks =
    has("net") || has("gross")
      ? (has("net") && told.net === null) || (has("gross") && told.gross === null)
      : worths.length === 0;
  if (lacks) document.isReadable = false;
}

function saysOf(at: AuditRecord["at"], { discount }: Told): string {
  const off = discount === null || discount === 0 ? "" : ` less ${at("discount")}`;
  return `${at("quantity")} times ${at("price")}${off} is another amount`;
}
