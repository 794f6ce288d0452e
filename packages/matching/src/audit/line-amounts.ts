import type { AuditFinding } from "@crossfoot/model";
import { isPercent } from "./columns.ts";
import { judgeSums, minorOf } from "./document-sums.ts";
import type { Documents, LineSums, OpenDocument } from "./document-sums.ts";
import { worthsOf } from "./line-worth.ts";
import { amountIn, numberIn } from "./numbers.ts";
import type { DecimalMark } from "./numbers.ts";
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
  /** Each line by the ways that its amounts may be read. */
  readonly note: (readings: readonly AuditRecord[]) => void;
  /** The currency of the document of a line, or its own; "" where neither is told. */
  readonly currencyOf: (record: AuditRecord) => string;
  /** `mark` is that of the list of lines; null: what hangs on it is not told. */
  readonly end: (mark: DecimalMark | null) => Ended;
}

interface Ended {
  readonly findings: readonly AuditFinding[];
  readonly remarks: readonly string[];
}

/** What the lines show if decimals have one mark. */
interface Shown {
  readonly strays: Stray[];
  /** Right lines, and those of them that are right by leaving their discount alone. */
  readonly right: { plain: number; discounted: number; undiscounted: number };
}

const marks = ["point", "comma"] as const;
const nothingShown = (): Shown => {
  return { strays: [], right: { plain: 0, discounted: 0, undiscounted: 0 } };
};

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
    document.amounts.net === null ||
    document.amounts.gross === null ||
    !near(document.amounts.net, document.amounts.gross, minorOf(document.currency));
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
  const own = before.filter(({ list: { side } }) => side === list.side);
  const documentOf = finderOf(own, nameOf("order"));
  const currencyOf = (record: AuditRecord): string =>
    record.at("currency") || (documentOf(record)?.currency ?? "");
  const shown = { point: nothingShown(), comma: nothingShown() };
  const judge = judgeOf(list, nameOf);
  const note = (readings: readonly AuditRecord[]): void => {
    const document = readings[0] === undefined ? undefined : documentOf(readings[0]);
    const sums = document?.sums;
    if (sums !== undefined && readings.length > 1 && sums.point === sums.comma)
      sums.comma = { ...sums.point, ways: [...sums.point.ways] };
    const lines = readings.map((record) => judge(record, document, minorOf(currencyOf(record))));
    for (const [at, mark] of marks.entries()) {
      const line = lines[at] ?? lines[0];
      if (line === undefined) continue;
      if (line === null) {
        if (document !== undefined) document.isReadable = false;
        return;
      }
      if (document !== undefined && !(at > 0 && sums?.point === sums?.comma))
        addTo(document, { line, sums: document.sums[mark] }, has);
      const { strays, right } = shown[mark];
      if (line.way !== null) right[line.way] += 1;
      if (line.stray !== null && strays.length < listedMax) strays.push(line.stray);
    }
  };
  const end: Lines["end"] = (mark) => {
    const findings = told(shown[mark ?? "point"]);
    const others = mark === null ? new Set(told(shown.comma).map(({ row }) => row)) : null;
    const terms = { net: has("net"), gross: has("gross"), mark };
    const sums = own.map((each) => judgeSums(each, terms));
    return {
      findings: [
        ...findings.filter(({ row }) => others === null || others.has(row)),
        ...sums.flatMap((each) => each.findings),
      ],
      remarks: sums.flatMap(({ remarks }) => remarks),
    };
  };
  return { note, currencyOf, end };
}

/** The lines that are wrong, but for what is the way of the list. */
function told({ strays, right }: Shown): readonly AuditFinding[] {
  const isDiscountIn = right.undiscounted >= wayMin && right.undiscounted > right.discounted;
  const taxed = strays.filter(({ excuse }) => excuse === "tax").length;
  const isTaxApart = taxed > right.plain + right.discounted;
  return strays.flatMap(({ finding, excuse }) =>
    (excuse === "discount" && isDiscountIn) || (excuse === "tax" && isTaxApart) ? [] : [finding],
  );
}

/** One line by one reading of its amounts. */
interface JudgedLine {
  readonly told: Told;
  readonly worths: readonly number[];
  /** How it is right; null where it is not, or nothing is to be compared. */
  readonly way: keyof Shown["right"] | null;
  readonly stray: Stray | null;
}

const noLine: JudgedLine = {
  told: { quantity: null, price: null, discount: null, net: null, vat: null, gross: null },
  ...{ worths: [], way: null, stray: null },
};

/** Judges the lines of a list one by one; null where an amount cannot be read. */
function judgeOf(
  list: AuditList,
  nameOf: (meaning: string) => string,
): (record: AuditRecord, document: OpenDocument | undefined, minor: number) => JudgedLine | null {
  const inPercent = isPercent(nameOf("discount"));
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
  return (record, document, minor) => {
    const amounts = toldOf(record);
    if (amounts === null) return null;
    // A line that is only a text says nothing of amounts.
    if (Object.values(amounts).every((each) => each === null)) return noLine;
    const { quantity, price, discount } = amounts;
    const isWhole = quantity !== null && price !== null;
    const worths = isWhole
      ? worthsOf({ quantity, price, discount: discount ?? 0, isPercent: inPercent, minor })
      : [];
    const line = { told: amounts, worths, way: null, stray: null };
    if (!isWhole || (amounts.net === null && amounts.gross === null)) return line;
    const asTold = waysThatFit(amounts, worths, minor);
    const fit = asTold.length > 0 ? asTold : waysThatFit(signed(amounts, document), worths, minor);
    const isOff = discount !== null && discount !== 0;
    if (fit.some((way) => way > 0)) return { ...line, way: isOff ? "discounted" : "plain" };
    const facts = { told: amounts, document, worths, minor };
    const isUndiscounted = fit.length > 0;
    return {
      ...{ ...line, stray: strayOf(record, facts, isUndiscounted) },
      way: isUndiscounted ? "undiscounted" : null,
    };
  };
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
function toldOf({ at, mark }: AuditRecord): Told | null {
  const texts = meant.map((meaning) => [meaning, at(meaning)] as const);
  if (texts.some(([, text]) => text !== "" && numberIn(text) === null)) return null;
  return Object.fromEntries(texts.map(([meaning, text]) => [meaning, amountIn(text, mark)])) as Told;
}

/** Lines of a credit note: amounts below zero beside quantities above are its way to say so. */
function signed(told: Told, document: OpenDocument | undefined): Told {
  const total = document?.amounts.gross ?? document?.amounts.net ?? 0;
  const worth = (told.quantity ?? 0) * (told.price ?? 0);
  if (total >= 0 || worth <= 0) return told;
  const turned = (amount: number | null): number | null => (amount === null ? null : -amount);
  return { ...told, net: turned(told.net), gross: turned(told.gross), vat: turned(told.vat) };
}

function addTo(
  document: OpenDocument,
  { line: { told, worths }, sums }: { readonly line: JudgedLine; readonly sums: LineSums },
  has: (meaning: string) => boolean,
): void {
  if (Object.values(told).every((each) => each === null)) return;
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
