import type { Meaning } from "./columns.ts";
import { numberIn } from "./numbers.ts";
import type { DecimalMark } from "./numbers.ts";
import { valueOf } from "./record.ts";
import type { AuditList, AuditRecord, Fault, Judge } from "./record.ts";

const numeric: ReadonlySet<Meaning> = new Set([
  ...(["price", "cost", "quantity", "net", "vat", "gross", "discount", "charge"] as const),
]);
/** Faults that are kept of each reading; further ones are not told. */
const keptMax = 10_000;

/** Faults of one reading of open amounts, each with its record. */
type Kept = [record: AuditRecord, fault: Fault][];

/** How a list writes decimals, and what hangs on it. */
export interface DecimalMarks {
  /**
   * The record by each way that its amounts may be read: one where they say it themselves, two where an
   * amount such as `1.000` leaves it to the rest of the list. Called once for each record.
   */
  readonly readings: (record: AuditRecord) => readonly AuditRecord[];
  /** Judges amounts: a fault by every reading is told at once, others are kept for the end. */
  readonly judge: (readings: readonly AuditRecord[]) => readonly Fault[];
  /** The one mark that decimals of the list have; null where it shows none, or both. */
  readonly ofList: () => DecimalMark | null;
  /** The faults that were kept, by the mark of the list; none where nobody knows it. */
  readonly faults: () => Readonly<Kept>;
  /** What could not be judged, in words. */
  readonly remarks: () => readonly string[];
}

/**
 * Keeps the decimal marks of a list as its records come: any amount that shows one for sure tells it for all
 * of them. Canonical values have a point. `judges` are the rules that read amounts. Never throws.
 */
export function keepDecimalMarks(list: AuditList, judges: readonly Judge[]): DecimalMarks {
  const looked = list.columns.flatMap(({ meaning }, at) => (numeric.has(meaning) ? [at] : []));
  const isCanonical = list.isCanonical === true;
  const seen = new Set<DecimalMark>(isCanonical ? ["point"] : []);
  const kept: { readonly [mark in DecimalMark]: Kept } = { point: [], comma: [] };
  let open = 0;
  const ofList = (): DecimalMark | null => {
    const [mark = null] = seen;
    return seen.size === 1 ? mark : null;
  };
  const keep = (mark: DecimalMark, of: Kept[number]): void => {
    if (kept[mark].length < keptMax) kept[mark].push(of);
  };
  return {
    ofList,
    readings: (record) => {
      if (isCanonical) return [record];
      let isOpen = false;
      for (const at of looked) {
        const form = numberIn(valueOf(record.cells[at]))?.form ?? "plain";
        if (form === "open") isOpen = true;
        else if (form !== "plain") seen.add(form);
      }
      if (!isOpen) return [record];
      open += 1;
      return (["point", "comma"] as const).map((mark) => ({ ...record, mark }));
    },
    judge: (readings) => {
      const [sure = [], perhaps] = readings.map((record) => judges.flatMap((judge) => judge(record)));
      const [byPoint, byComma] = readings;
      if (perhaps === undefined || byPoint === undefined || byComma === undefined) return sure;
      const missingIn = (others: readonly Fault[]) => {
        const names = new Set(others.map(({ rule, field }) => `${rule} ${field}`));
        return ({ rule, field }: Fault): boolean => !names.has(`${rule} ${field}`);
      };
      const isPointOnly = missingIn(perhaps);
      for (const fault of sure.filter(isPointOnly)) keep("point", [byPoint, fault]);
      for (const fault of perhaps.filter(missingIn(sure))) keep("comma", [byComma, fault]);
      return sure.filter((fault) => !isPointOnly(fault));
    },
    faults: () => {
      const mark = ofList();
      return mark === null ? [] : kept[mark];
    },
    remarks: () => {
      if (open === 0 || ofList() !== null) return [];
      const why = seen.size === 0 ? "none shows which" : "others show the one and the other";
      const remark =
        `${list.side}: ${list.entity}: in ${open} ${open === 1 ? "record" : "records"} an amount such as ` +
        `1.000 or 1,000 may be a thousand or one, and ${why}; what hangs on it was not judged`;
      return [remark];
    },
  };
}
