import { coinOf, minorUnitOf } from "@crossfoot/model";
import type { AuditFinding } from "@crossfoot/model";
import type { AuditEntity, Meaning } from "./columns.ts";
import { amountIn, numberIn } from "./numbers.ts";
import type { DecimalMark } from "./numbers.ts";
import type { AuditList, AuditRecord, Fault } from "./record.ts";
import { waysMax } from "./line-worth.ts";

/** The smallest piece of money of a currency; that of most where it is not known. */
export function minorOf(currency: string): number {
  return 10 ** -(minorUnitOf(currency.toUpperCase()) ?? 2);
}

/** By how much a total may differ from its parts by rounding it to coins: 0 where it is no sum of coins. */
export function coinSlackOf(total: number, currency: string): number {
  const code = currency.toUpperCase();
  const coin = Number(coinOf(code) ?? 0);
  const rest = coin === 0 ? 1 : Math.abs(total / coin - Math.round(total / coin)) * coin;
  // Less than one coin: half of the smallest piece of money parts that from a whole one.
  return rest < minorOf(code) / 2 ? coin - minorOf(code) / 2 : 0;
}

/** What the lines of a document come to. */
export interface LineSums {
  count: number;
  net: number;
  gross: number;
  /** Quantity times price, by each way to take the discount off. */
  readonly ways: number[];
}

/** What a document says of its amounts. */
interface DocumentAmounts {
  readonly net: number | null;
  readonly vat: number | null;
  readonly gross: number | null;
  readonly charge: number;
  readonly discount: number | null;
}

/** A document whose lines are added up. */
export interface OpenDocument {
  readonly id: string;
  readonly row: number;
  readonly currency: string;
  amounts: DocumentAmounts;
  /** What they are if commas part decimals; null where that is the same. */
  byComma: DocumentAmounts | null;
  /** False where a line or an amount of it cannot be read. */
  isReadable: boolean;
  /** Of its lines, by their list's mark; one and the same until a line is read otherwise by the other. */
  readonly sums: { point: LineSums; comma: LineSums };
}

/** The documents of a list, by what their lines name them by. */
export interface Documents {
  readonly list: AuditList;
  /** Each record by the ways that its amounts may be read. */
  readonly note: (readings: readonly AuditRecord[]) => void;
  /** Reads what was left open by the mark of the list; what nobody can read is not judged. */
  readonly settle: (mark: DecimalMark | null) => void;
  readonly of: (name: string) => OpenDocument | undefined;
  readonly count: () => number;
  readonly all: () => Iterable<OpenDocument>;
}

const documents: ReadonlySet<AuditEntity> = new Set(["quotes", "orders", "invoices"]);

/** Whether an amount stands there and cannot be read. */
const isUnread = (text: string): boolean => text !== "" && numberIn(text) === null;

/** Keeps the amounts of documents whose lines follow: an entry each. Null for other lists. Never throws. */
export function keepDocuments(list: AuditList): Documents | null {
  const has = (meaning: string): boolean => list.columns.some((column) => column.meaning === meaning);
  if (list.hasLines !== true || !documents.has(list.entity) || !(has("net") || has("gross"))) return null;
  const [byId, byNumber] = [new Map<string, OpenDocument>(), new Map<string, OpenDocument>()];
  const all: OpenDocument[] = [];
  const charges = list.columns.flatMap(({ meaning }, at) => (meaning === "charge" ? [at] : []));
  const chargesOf = ({ cells }: AuditRecord): readonly string[] =>
    charges.map((place) => (cells[place] ?? "").trim());
  const amountsOf = (record: AuditRecord): DocumentAmounts => {
    const of = (meaning: Meaning): number | null => amountIn(record.at(meaning), record.mark);
    const charge = chargesOf(record).reduce((sum, text) => sum + (amountIn(text, record.mark) ?? 0), 0);
    return { net: of("net"), vat: of("vat"), gross: of("gross"), charge, discount: of("discount") };
  };
  return {
    list,
    settle: (mark) => {
      for (const each of all) {
        if (each.byComma === null) continue;
        if (mark === null) each.isReadable = false;
        if (mark === "comma") each.amounts = each.byComma;
        each.byComma = null;
      }
    },
    of: (name) => byId.get(name) ?? byNumber.get(name),
    count: () => byId.size + byNumber.size,
    all: () => all,
    note: ([record, other]) => {
      if (record === undefined) return;
      const { at, id, row } = record;
      const texts = [at("net"), at("vat"), at("gross"), at("discount"), ...chargesOf(record)];
      const sums = { count: 0, net: 0, gross: 0, ways: Array.from({ length: waysMax }, () => 0) };
      const document: OpenDocument = {
        ...{ id, row, currency: at("currency"), amounts: amountsOf(record) },
        byComma: other === undefined ? null : amountsOf(other),
        isReadable: !texts.some(isUnread),
        sums: { point: sums, comma: sums },
      };
      all.push(document);
      // Of two documents of one name nobody can tell whose the lines are.
      for (const [names, name] of [
        [byId, at("id")],
        [byNumber, at("number")],
      ] as const) {
        const first = names.get(name);
        if (first !== undefined) [first.isReadable, document.isReadable] = [false, false];
        else if (name !== "") names.set(name, document);
      }
    },
  };
}

/** Which sums the lines of a list tell. */
interface SumsTold {
  readonly net: boolean;
  readonly gross: boolean;
}

/** The sums of lines, and the mark of the list of these lines. */
export interface LinesTold extends SumsTold {
  readonly mark: DecimalMark | null;
}

/** Pieces of money by which the sum of rounded lines may differ from a total that is rounded once. */
const toleranceOf = (currency: string, { count }: LineSums): number =>
  minorOf(currency) * (Math.max(1, count / 2) + 0.01);

/** A document with what its lines come to. */
type Summed = Pick<OpenDocument, "currency" | "amounts"> & { readonly sums: LineSums };

/** Whether the lines come to the document: with its charges or not, less its discount in any form. */
function addsUp({ currency, sums, amounts }: Summed, told: SumsTold): boolean {
  const { net, vat, gross, charge, discount } = amounts;
  const totals = [net, gross, gross === null || vat === null ? null : gross - vat];
  const off = Math.abs(discount ?? 0);
  const most = toleranceOf(currency, sums);
  const coin = gross === null ? 0 : coinSlackOf(gross, currency);
  const bases = told.net || told.gross ? [] : [...sums.ways];
  if (told.net) bases.push(sums.net);
  if (told.gross) bases.push(sums.gross);
  return bases.some((base) =>
    [0, charge].some((more) =>
      [0, off, (base * off) / 100, base * off].some((less) =>
        totals.some(
          (total, at) =>
            total !== null && Math.abs(base + more - less - total) <= Math.max(most, at > 0 ? coin : 0),
        ),
      ),
    ),
  );
}

/** A document that has its lines in itself; amounts as canonical decimals, "" for none. */
export interface WholeDocument {
  readonly net: string;
  readonly vat: string;
  readonly gross: string;
  readonly charge: string;
  /** Taken off its lines, in percent; "" for none, or where their amounts have it in them. */
  readonly discountPercent: string;
  readonly currency: string;
  /** The amounts of its lines. */
  readonly lines: readonly string[];
  /** What its system may take off or add to the whole, and nobody reads. */
  readonly unread: { readonly discount: boolean; readonly charge: boolean };
}

/**
 * The fault of a document that its own lines do not come to, told of its net; else null. Where what is
 * not read can make up the difference the fault is an open question. Never throws.
 */
export function judgeOwnLines(document: WholeDocument, field: string): Fault | null {
  const { currency, lines, vat } = document;
  const amountOf = (text: string): number | null => amountIn(text, "point");
  const [net, gross] = [amountOf(document.net), amountOf(document.gross)];
  const ofLines = lines.map(amountOf);
  if (lines.length === 0 || ofLines.includes(null) || (net === null && gross === null)) return null;
  const sum = ofLines.reduce((all: number, each) => all + (each ?? 0), 0);
  const charge = amountOf(document.charge) ?? 0;
  const amounts = { net, vat: amountOf(vat), gross, charge, discount: null };
  const kept = 1 - (amountOf(document.discountPercent) ?? 0) / 100;
  const isSum = [sum, sum * kept].some((base) =>
    addsUp(
      { currency, amounts, sums: { count: lines.length, net: base, gross: 0, ways: [] } },
      { net: true, gross: false },
    ),
  );
  if (isSum) return null;
  const total = net ?? (gross ?? 0) - (amounts.vat ?? 0);
  const isLess = Math.abs(total) < Math.abs(sum * kept + charge);
  const rule = (isLess ? document.unread.discount : document.unread.charge) ? "sum-open" : "sum-wrong";
  return { rule, field, value: document.net, says: saysOf(lines.length, sum, currency) };
}

const saysOf = (count: number, sum: number, currency: string): string =>
  `${count} ${count === 1 ? "line comes" : "lines come"} to ` +
  sum.toFixed(minorUnitOf(currency.toUpperCase()) ?? 2);

/** Up to so many documents that their lines do not come to are told one by one in any case. */
const strayMax = 3;

/** What a list of documents tells against its lines. */
export interface SumsJudged {
  readonly findings: readonly AuditFinding[];
  readonly remarks: readonly string[];
}

/**
 * Documents that their lines do not add up to. Where most are so, the lists follow a rule that is not known
 * here, such as freight in a column that nobody recognised: that is one remark and no finding.
 */
export function judgeSums({ list, all: documentsOf }: Documents, told: LinesTold): SumsJudged {
  const column = list.columns.find(({ meaning }) => meaning === "net" || meaning === "gross");
  const field = column?.name ?? "";
  const strays: (Omit<OpenDocument, "sums"> & Summed)[] = [];
  let right = 0;
  for (const document of documentsOf()) {
    const { isReadable, sums: by, amounts } = document;
    const isUnsure = told.mark === null && by.point !== by.comma;
    const sums = by[told.mark ?? "point"];
    const isTold = amounts.net !== null || amounts.gross !== null;
    if (!isReadable || isUnsure || sums.count === 0 || !isTold) continue;
    const summed = { ...document, sums };
    if (addsUp(summed, told)) right += 1;
    else strays.push(summed);
  }
  if (strays.length > Math.max(strayMax, right)) {
    const all = strays.length + right;
    const remark =
      `${list.side}: of ${all} ${list.entity} with lines ${strays.length} are not the sum of their lines; ` +
      "a column of charges or discounts may not have been recognised (--map names it)";
    return { findings: [], remarks: [remark] };
  }
  const findings = strays.map((each): AuditFinding => {
    const { id, row, sums, currency, amounts } = each;
    const total = column?.meaning === "net" ? amounts.net : amounts.gross;
    const sum = told.net ? sums.net : told.gross ? sums.gross : (sums.ways[0] ?? 0);
    return {
      ...{ rule: "sum-wrong", side: list.side, entity: list.entity, id, row, field },
      value: String(total ?? ""),
      says: saysOf(sums.count, sum, currency),
      ...{ other: null, repair: null },
    };
  });
  return { findings, remarks: [] };
}
