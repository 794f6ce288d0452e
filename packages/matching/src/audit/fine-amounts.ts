import type { AuditFinding } from "@crossfoot/model";
import { minorUnitOf } from "@crossfoot/model";
import type { Meaning } from "./columns.ts";
import { decimalsIn, isPerhapsGrouped, numberIn } from "./numbers.ts";
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

interface Fine {
  readonly id: string;
  readonly row: number;
  readonly value: string;
  readonly says: string;
  /** The mark in it may part thousands: "1.234". */
  readonly mark: string | null;
}

interface ColumnTally {
  told: number;
  fine: number;
  readonly kept: Fine[];
}

const emptyTally = (): ColumnTally => {
  return { told: 0, fine: 0, kept: [] };
};

/** The amounts of a list that are finer than their currency has money. */
export interface FineAmounts {
  /** `currency` is that of the record, where it is known. */
  readonly note: (record: AuditRecord, currency: string) => void;
  /** Amounts that nobody can pay, once all were noted. */
  readonly findings: () => readonly AuditFinding[];
}

const saysOf = (currency: string, digits: number): string =>
  digits === 0 ? `${currency} has no decimals` : `${currency} has ${digits} decimals`;

/** Keeps counts, and the first values of each column. Never throws. */
export function keepFineAmounts(list: AuditList): FineAmounts {
  const looked = list.columns.flatMap(({ name, meaning }, at) =>
    paid.has(meaning) || perPiece.has(meaning)
      ? [{ name, at, isPaid: paid.has(meaning), tally: emptyTally() }]
      : [],
  );
  // Marks that part decimals for sure, in any amount of the list. Canonical values have a point.
  const decimalMarks = new Set<string>(list.isCanonical === true ? ["."] : []);
  const note = (record: AuditRecord, currency: string): void => {
    const digits = minorUnitOf(currency.toUpperCase());
    for (const { at, tally } of looked) {
      const value = valueOf(record.cells[at]);
      const told = value === "" ? null : numberIn(value);
      if (told === null) continue;
      const isOpen = isPerhapsGrouped(value);
      const mark = told.form === "comma" ? "," : ".";
      if (told.form !== "plain" && !isOpen && value.includes(mark)) decimalMarks.add(mark);
      if (digits === undefined) continue;
      tally.told += 1;
      if (decimalsIn(value, told.form) <= digits) continue;
      tally.fine += 1;
      if (tally.kept.length >= listedMax) continue;
      const { id, row } = record;
      const says = saysOf(currency.toUpperCase(), digits);
      tally.kept.push({ id, row, value, says, mark: isOpen ? mark : null });
    }
  };
  const findings = (): readonly AuditFinding[] =>
    looked.flatMap(({ name, isPaid, tally: { told, fine, kept } }) => {
      if (!isPaid && fine > wayMin && fine > told * wayShareMin) return [];
      const isSure = (mark: string | null): boolean =>
        mark === null || (decimalMarks.has(mark) && decimalMarks.size === 1);
      return kept.flatMap(({ mark, ...each }): readonly AuditFinding[] =>
        isSure(mark)
          ? [
              {
                ...{ rule: "amount-too-fine", side: list.side, entity: list.entity, field: name },
                ...{ ...each, other: null, repair: null },
              },
            ]
          : [],
      );
    });
  return { note, findings };
}
