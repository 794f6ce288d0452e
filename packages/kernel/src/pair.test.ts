import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pairLines } from "./pair.ts";
import type { Fields } from "./value.ts";

describe("pairLines", () => {
  const parts = ["product", "quantity", "price"];
  const known = (key: string, product: string | null, quantity = "1", price = "9") => ({
    key,
    fields: { product, quantity, price } as Fields,
  });
  const row = (
    id: string,
    product: string | null,
    quantity = "1",
    price = "9",
    lineRef: string | null = null,
  ) => {
    return { id, lineRef, fields: { product, quantity, price } as Fields };
  };
  const pairsOf = (...given: Parameters<typeof pairLines>) => {
    const { pairs, isAmbiguous } = pairLines(...given);
    return { pairs: Object.fromEntries(pairs), isAmbiguous };
  };

  it("our own reference decides before any likeness, and names one row only", () => {
    const rows = [row("1", "p"), row("2", "q", "1", "9", "k1"), row("3", "q", "1", "9", "k1")];
    expect(pairsOf([known("k1", "p")], rows, parts)).toEqual({ pairs: { 2: "k1" }, isAmbiguous: false });
  });

  it("equal rows pair in their order, and each row and line once", () => {
    const rows = [row("1", "p"), row("2", "p"), row("3", "p")];
    expect(pairsOf([known("k1", "p"), known("k2", "p")], rows, parts)).toEqual({
      pairs: { 1: "k1", 2: "k2" },
      isAmbiguous: false,
    });
  });

  it("a system that rounds still pairs by what it kept, the strictest likeness first", () => {
    const rows = [row("1", "p", "2", "1.01"), row("2", "p", "1", "1.01")];
    expect(pairsOf([known("k1", "p", "1", "1.005"), known("k2", "p", "2", "1.005")], rows, parts)).toEqual({
      pairs: { 1: "k2", 2: "k1" },
      isAmbiguous: false,
    });
  });

  it("rows that could be either, or lines that could be, are told as ambiguous", () => {
    const lines = [known("k1", "p", "1", "1"), known("k2", "p", "1", "2")];
    expect(pairsOf(lines, [row("1", "p", "1", "3"), row("2", "p", "1", "4")], parts).isAmbiguous).toBe(true);
    expect(pairsOf(lines, [row("1", "p", "1", "3")], parts).isAmbiguous).toBe(true);
    expect(
      pairsOf(lines.slice(1), [row("1", "p", "1", "3"), row("2", "p", "1", "4")], parts).isAmbiguous,
    ).toBe(true);
    expect(pairsOf(lines, [row("1", "p", "1", "2")], parts)).toEqual({
      pairs: { 1: "k2" },
      isAmbiguous: false,
    });
  });

  it("equal lines against equal rows are not ambiguous although a price was rounded", () => {
    const lines = [known("k1", "p", "1", "1.005"), known("k2", "p", "1", "1.005")];
    expect(pairsOf(lines, [row("1", "p", "1", "1.01"), row("2", "p", "1", "1.01")], parts)).toEqual({
      pairs: { 1: "k1", 2: "k2" },
      isAmbiguous: false,
    });
  });

  it("as many equal rows as lines are not ambiguous: either row may be either line; fewer are", () => {
    const lines = [known("k1", "p", "1", "1.001"), known("k2", "p", "1", "1.004")];
    const rows = [row("1", "p", "1", "1"), row("2", "p", "1", "1")];
    expect(pairsOf(lines, rows, parts)).toEqual({ pairs: { 1: "k1", 2: "k2" }, isAmbiguous: false });
    const turned = [row("1", "p", "1", "1.001"), row("2", "p", "1", "1.004")];
    const same = [known("k1", "p", "1", "1"), known("k2", "p", "1", "1")];
    expect(pairsOf(same, turned, parts)).toEqual({ pairs: { 1: "k1", 2: "k2" }, isAmbiguous: false });
  });

  it("a blank identifies nothing", () => {
    expect(pairsOf([known("k1", null, "1", "9")], [row("1", null, "1", "4.90")], parts).pairs).toEqual({});
    expect(pairsOf([known("k1", null, "1", "9")], [row("1", null, "2", "4.90")], parts)).toEqual({
      pairs: {},
      isAmbiguous: false,
    });
    expect(pairsOf([{ key: "k1", fields: {} }], [{ id: "1", fields: {}, lineRef: null }], parts)).toEqual({
      pairs: {},
      isAmbiguous: false,
    });
    expect(pairsOf([known("k1", null)], [row("1", null)], parts)).toEqual({
      pairs: { 1: "k1" },
      isAmbiguous: false,
    });
  });

  it("pairs each row and each line at most once, the same way each time, and only what is alike", () => {
    const part = fc.constantFrom<Fields[string]>(null, "", "p", "q", "1");
    const fields = fc.record({ product: part, quantity: part, price: part });
    const lines = fc.uniqueArray(fc.record({ key: fc.constantFrom("k1", "k2", "k3", "k4"), fields }), {
      selector: ({ key }) => key,
    });
    const rowsOf = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom("1", "2", "3", "4"),
        fields,
        lineRef: fc.constantFrom(null, null, "k1", "k9"),
      }),
      { selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(lines, rowsOf, (known, rows) => {
        const { pairs, isAmbiguous } = pairLines(known, rows, parts);
        expect(pairLines(known, rows, parts)).toEqual({ pairs, isAmbiguous });
        expect(new Set(pairs.values()).size).toBe(pairs.size);
        for (const [id, key] of pairs) {
          const line = known.find((each) => each.key === key);
          const row = rows.find((each) => each.id === id);
          expect([line, row]).not.toContain(undefined);
          expect(row?.lineRef === key || row?.fields["product"] === line?.fields["product"]).toBe(true);
        }
        // Where the order decided nothing, another order pairs as much.
        if (isAmbiguous || rows.some(({ lineRef }) => lineRef !== null)) return;
        expect(pairLines(known.toReversed(), rows.toReversed(), parts).pairs.size).toBe(pairs.size);
      }),
      { numRuns: 1_000 },
    );
  });
});
