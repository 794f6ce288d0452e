import type { AuditFinding } from "@crossfoot/model";
import { minorUnitOf } from "@crossfoot/model";
import type { Meaning } from "./columns.ts";
import { decimalsIn, numberIn } from "./numbers.ts";
import type { DecimalMark } from "./numbers.ts";
import { valueOf } from "./record.ts";
import type { AuditList, AuditRecord } from "./record.ts";

/** Amounts that are paid, or stand in the books. */
const paid: ReadonlySet<Meaning> = new Set(["net", "vat", "gross", "charge"]);
/** Prices of one piece: some companies keep all of them finer than money, for screws and labels. */
const perPiece: ReadonlySet<Meaning> = new Set(["price", "cost"]);
/** So many fine prices, in so large a share, are the way of a list and no slips. */
const wayMin = 3;
const wayShareMin = 0.2;

/** Values of a column that are listed; further ones are counted only. */
const listedMax = 10_000;
const marks = ["point", "comma"] as const;

interface Fine {
  readonly id: string;
  readonly row: number;
  readonly value: string;
  readonly says: string;
}

/** What one column shows if decimals have one mark. */
interface ColumnTally {
  told: number;
  fine: number;
  readonly kept: Fine[];
  /** It has amounts that are fine by this mark only. */
  readonly open: Set<Fine>;
}

const emptyTally = (): ColumnTally => {
  return { told: 0, fine: 0, kept: [], open: new Set() };
};

/** The amounts of a list that are finer than their currency has money. */
export interface FineAmounts {
  /** `currency` is that of the record, where it is known. */
  readonly note: (record: AuditRecord, currency: string) => void;
  /** Amounts that nobody can pay, once all were noted. `mark` is that of the list; null: nobody knows it. */
  readonly findings: (mark: DecimalMark | null) => readonly AuditFinding[];
}

const saysOf = (currency: string, digits: number): string =>
  digits === 0 ? `${currency} has no decimals` : `${currency} has ${digits} decimals`;

/** Keeps counts, and the first values of each column, by either mark. Never throws. */
export function keepFineAmounts(list: AuditList): FineAmounts {
  const looked = list.columns.flatMap(({ name, meaning }, at) =>
    paid.has(meaning) || perPiece.has(meaning)
      ? [{ name, at, isPaid: paid.has(meaning), by: { point: emptyTally(), comma: emptyTally() } }]
      : [],
  );
  const note = ({ id, row, cells }: AuditRecord, currency: string): void => {
    const digits = minorUnitOf(currency.toUpperCase());
    if (digits === undefined) return;
    for (const { at, by } of looked) {
      const value = valueOf(cells[at]);
      const form = value === "" ? undefined : numberIn(value)?.form;
      if (form === undefined) continue;
      for (const mark of marks) {
        const tally = by[mark];
        tally.told += 1;
        // A number that shows its mark, or needs none, is read by that.
        const decimals = form === "plain" ? 0 : decimalsIn(value, form === "open" ? mark : form);
        if (decimals <= digits) continue;
        tally.fine += 1;
        if (tally.kept.length >= listedMax) continue;
        const fine = { id, row, value, says: saysOf(currency.toUpperCase(), digits) };
        tally.kept.push(fine);
        if (form === "open") tally.open.add(fine);
      }
    }
  };
  const findings = (mark: DecimalMark | null): readonly AuditFinding[] =>
    looked.flatMap(({ name, isPaid, by }) => {
      const { told, fine, kept, open } = by[mark ?? "point"];
      if (!isPaid && fine > wayMin && fine > told * wayShareMin) return [];
      return kept.flatMap((each): readonly AuditFinding[] =>
        mark === null && open.has(each)
          ? []
          : [
              {
                ...{ rule: "amount-too-fine", side: list.side, entity: list.entity, field: name },
                ...{ ...each, other: null, repair: null },
              },
            ],
      );
    });
  return { note, findings };
}
