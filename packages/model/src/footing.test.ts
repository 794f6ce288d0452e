import { Big } from "big.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { differenceOf, foot, footedColumns, footedSides, usedColumns } from "./footing.ts";
import type { FootedColumn, FootedDocument, FootedSide } from "./footing.ts";

const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const side: fc.Arbitrary<FootedSide> = fc
  .record({
    account: fc.constantFrom(null, "l-1", "l-2", "l-3"),
    period: fc.constantFrom(null, "2026-01", "2026-02"),
    currency: fc.constantFrom("EUR", "JPY", "KWD"),
    paid: cents,
    open: cents,
    isOrder: fc.boolean(),
  })
  .map(({ paid, open, isOrder, ...place }) => {
    const text = (amount: number): string =>
      new Big(amount).div(place.currency === "JPY" ? 1 : place.currency === "KWD" ? 1_000 : 100).toFixed();
    const invoiced = new Big(text(paid)).plus(text(open)).toFixed();
    const amounts = isOrder ? { orders: text(paid) } : { invoiced, paid: text(paid), open: text(open) };
    return { ...place, amounts };
  });
const document: fc.Arbitrary<FootedDocument> = fc
  .record({ crm: fc.option(side), erp: fc.option(side), isSame: fc.boolean() })
  .map(({ crm, erp, isSame }) => {
    const sides = { crm, erp: isSame ? crm : erp };
    const differs = JSON.stringify(sides.crm) !== JSON.stringify(sides.erp);
    const reason = differs ? ("in_flight" as const) : null;
    return { entity: "invoices", link: null, label: "", ...sides, reason, command: null };
  });

const exactly = (
  documents: readonly FootedDocument[],
  of: "crm" | "erp",
  column: FootedColumn,
  code: string,
) =>
  documents
    .map((each) => each[of])
    .filter((each) => each?.currency === code)
    .reduce((sum, each) => sum.plus(each?.amounts[column] ?? "0"), new Big(0))
    .toFixed();

describe("crossfooted totals", () => {
  test("rows, sums down and across, the whole and the reasons are exact sums of the documents", () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 30 }), (documents) => {
        const { rows, byAccount, byPeriod, grand, byReason, untied, isTied } = foot(documents);
        expect([untied, isTied]).toEqual([[], true]);
        for (const whole of grand) {
          for (const of of ["crm", "erp"] as const)
            for (const column of footedColumns) {
              const expected = exactly(documents, of, column, whole.currency);
              for (const parts of [rows, byAccount, byPeriod, [whole]]) {
                const sum = parts
                  .filter(({ currency }) => currency === whole.currency)
                  .reduce((total, row) => total.plus(row[of][column] ?? "0"), new Big(0));
                expect(sum.toFixed()).toBe(expected);
              }
            }
          const told = byReason.find(({ currency }) => currency === whole.currency);
          expect(told?.difference ?? {}).toEqual(whole.difference);
        }
      }),
    );
  });

  test("a difference that no reason accounts for is named: the totals are not tied", () => {
    const crm: FootedSide = { account: "l-1", period: "2026-01", currency: "EUR", amounts: { orders: "1" } };
    const lone = { entity: "orders", link: null, label: "SO-1", crm, erp: null, command: null };
    expect(foot([{ ...lone, reason: null }]).isTied).toBe(false);
    expect(foot([{ ...lone, reason: "in_flight" }])).toMatchObject({
      isTied: true,
      byReason: [{ currency: "EUR", reason: "in_flight", difference: { orders: "1" } }],
    });
  });

  test("one cent in another account or month shows in the rows, although the whole agrees", () => {
    const crm: FootedSide = { account: "l-1", period: "2026-01", currency: "EUR", amounts: { orders: "1" } };
    const moved = { ...crm, account: "l-2" };
    const { rows, grand } = foot([
      { entity: "orders", link: null, label: "", crm, erp: moved, reason: "conflict", command: null },
    ]);
    expect(grand[0]?.difference).toEqual({});
    expect(rows.map(({ difference }) => difference)).toEqual([{ orders: "1" }, { orders: "-1" }]);
  });

  test("a credit note is below zero, paid is what is not open, cancelled counts nowhere", () => {
    const money = (amount: string) => ({ amount, currency: "EUR" });
    const invoice = { gross: money("-119"), openBalance: money("-19"), date: "2026-03-31", status: "open" };
    const sides = footedSides("invoices", invoice, { ...invoice, status: "cancelled" });
    expect(sides.crm).toMatchObject({
      period: "2026-03",
      amounts: { invoiced: "-119", paid: "-100", open: "-19" },
    });
    expect(sides.erp).toBe(null);
  });

  test("of a pair what both show is added up; a side without a date has the other's", () => {
    const money = (amount: string) => ({ amount, currency: "EUR" });
    const erp = { gross: money("119"), openBalance: money("19"), date: "2026-03-31" };
    const sides = footedSides("invoices", { gross: money("119") }, erp);
    expect(sides.crm).toEqual(sides.erp);
    expect(sides.crm).toMatchObject({ period: "2026-03", amounts: { invoiced: "119" } });
  });

  test("columns that agree are not among the differences", () => {
    expect(differenceOf({ orders: "1.10", open: "2" }, { orders: "1.1", open: "1" })).toEqual({ open: "1" });
  });
});

test("a column is used when any document has an amount in it, on either side, zero included", () => {
  const side = (amounts: object) => ({ account: null, period: null, currency: "EUR", amounts });
  const document = { entity: "orders", link: null, label: "", reason: null, command: null };
  const whole = foot([
    { ...document, crm: side({ orders: "0" }), erp: null },
    { ...document, crm: null, erp: side({ open: "1.00" }) },
  ]);
  expect(usedColumns(whole)).toEqual(["orders", "open"]);
  expect(usedColumns(foot([]))).toEqual([]);
});
