import { minorUnitOf } from "@crossfoot/model";
import type { AuditFinding } from "@crossfoot/model";
import type { AuditEntity } from "./columns.ts";
import { numberIn } from "./numbers.ts";
import type { AuditList, AuditRecord, Fault } from "./record.ts";
import { waysMax } from "./line-worth.ts";

/** The smallest piece of money of a currency; that of most where it is not known. */
export function minorOf(currency: string): number {
  return 10 ** -(minorUnitOf(currency.toUpperCase()) ?? 2);
}

/** What the lines of a document come to. */
interface LineSums {
  count: number;
  net: number;
  gross: number;
  /** Quantity times price, by each way to take the discount off. */
  readonly ways: number[];
}

/** A document whose lines are added up. */
export interface OpenDocument {
  readonly id: string;
  readonly row: number;
  readonly net: number | null;
  readonly vat: number | null;
  readonly gross: number | null;
  readonly charge: number;
  readonly discount: number | null;
  readonly currency: string;
  /** False where a line or an amount of it cannot be read. */
  isReadable: boolean;
  readonly sums: LineSums;
}

/** The documents of a list, by what their lines name them by. */
export interface Documents {
  readonly list: AuditList;
  readonly note: (record: AuditRecord) => void;
  readonly of: (name: string) => OpenDocument | undefined;
  readonly count: () => number;
  readonly all: () => Iterable<OpenDocument>;
}

const documents: ReadonlySet<AuditEntity> = new Set(["quotes", "orders", "invoices"]);

const amountOf = (text: string): number | null => (text === "" ? null : (numberIn(text)?.value ?? null));

/** Whether an amount stands there and cannot be read. */
const isUnread = (text: string): boolean => text !== "" && numberIn(text) === null;

/** Keeps the amounts of documents whose lines follow: an entry each. Null for other lists. Never throws. */
export function keepDocuments(list: AuditList): Documents | null {
  const has = (meaning: string): boolean => list.columns.some((column) => column.meaning === meaning);
  if (list.hasLines !== true || !documents.has(list.entity) || !(has("net") || has("gross"))) return null;
  const [byId, byNumber] = [new Map<string, OpenDocument>(), new Map<string, OpenDocument>()];
  const all: OpenDocument[] = [];
  const charges = list.columns.flatMap(({ meaning }, at) => (meaning === "charge" ? [at] : []));
  return {
    list,
    of: (name) => byId.get(name) ?? byNumber.get(name),
    count: () => byId.size + byNumber.size,
    all: () => all,
    note: (record) => {
      const { at, id, row, cells } = record;
      const chargeTexts = charges.map((place) => (cells[place] ?? "").trim());
      const texts = [at("net"), at("vat"), at("gross"), at("discount"), ...chargeTexts];
      const document: OpenDocument = {
        ...{ id, row, net: amountOf(at("net")), vat: amountOf(at("vat")), gross: amountOf(at("gross")) },
        charge: chargeTexts.reduce((sum, text) => sum + (amountOf(text) ?? 0), 0),
        ...{ discount: amountOf(at("discount")), currency: at("currency") },
        isReadable: !texts.some(isUnread),
        sums: { count: 0, net: 0, gross: 0, ways: Array.from({ length: waysMax }, () => 0) },
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
export interface SumsTold {
  readonly net: boolean;
  readonly gross: boolean;
}

/** Pieces of money by which the sum of rounded lines may differ from a total that is rounded once. */
const toleranceOf = ({ currency, sums }: OpenDocument): number =>
  minorOf(currency) * (Math.max(1, sums.count / 2) + 0.01);

/** Whether the lines come to the document: with its charges or not, less its discount in any form. */
function addsUp(document: OpenDocument, told: SumsTold): boolean {
  const { sums, net, vat, gross, charge, discount } = document;
  const totals = [net, gross, gross === null || vat === null ? null : gross - vat].filter(
    (each) => each !== null,
  );
  const off = Math.abs(discount ?? 0);
  const most = toleranceOf(document);
  const bases = told.net || told.gross ? [] : [...sums.ways];
  if (told.net) bases.push(sums.net);
  if (told.gross) bases.push(sums.gross);
  return bases.some((base) =>
    [0, charge].some((more) =>
      [0, off, (base * off) / 100, base * off].some((less) =>
        totals.some((total) => Math.abs(base + more - less - total) <= most),
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
  readonly currency: string;
  /** The amounts of its lines. */
  readonly lines: readonly string[];
}

/** The fault of a document that its own lines do not come to, told of its net; else null. Never throws. */
export function judgeOwnLines(document: WholeDocument, field: string): Fault | null {
  const { currency, lines, vat } = document;
  const [net, gross] = [amountOf(document.net), amountOf(document.gross)];
  const amounts = lines.map(amountOf);
  if (lines.length === 0 || amounts.includes(null) || (net === null && gross === null)) return null;
  const sum = amounts.reduce((all: number, each) => all + (each ?? 0), 0);
  const whole: OpenDocument = {
    ...{ id: "", row: 0, net, vat: amountOf(vat), gross, charge: amountOf(document.charge) ?? 0 },
    ...{ discount: null, currency, isReadable: true },
    sums: { count: lines.length, net: sum, gross: 0, ways: [] },
  };
  if (addsUp(whole, { net: true, gross: false })) return null;
  return { rule: "sum-wrong", field, value: document.net, says: saysOf(whole.sums.count, sum, currency) };
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
export function judgeSums({ list, all: documentsOf }: Documents, told: SumsTold): SumsJudged {
  const column = list.columns.find(({ meaning }) => meaning === "net" || meaning === "gross");
  const field = column?.name ?? "";
  const strays: OpenDocument[] = [];
  let right = 0;
  for (const document of documentsOf()) {
    const { isReadable, sums, net, gross } = document;
    if (!isReadable || sums.count === 0 || (net === null && gross === null)) continue;
    if (addsUp(document, told)) right += 1;
    else strays.push(document);
  }
  if (strays.length > Math.max(strayMax, right)) {
    const all = strays.length + right;
    const remark =
      `${list.side}: of ${all} ${list.entity} with lines ${strays.length} are not the sum of their lines; ` +
      "a column of charges or discounts may not have been recognised (--map names it)";
    return { findings: [], remarks: [remark] };
  }
  const findings = strays.map((each): AuditFinding => {
    const { id, row, sums, currency } = each;
    const total = column?.meaning === "net" ? each.net : each.gross;
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
