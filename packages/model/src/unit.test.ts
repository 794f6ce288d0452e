import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commonUnits, convertQuantity, isSameQuantity } from "./unit.ts";

describe("units", () => {
  test("a conversion that does not come out even is refused, not rounded", () => {
    expect(convertQuantity({ value: "7", unit: "pcs" }, "dz")).toEqual({ ok: false, refusal: "not_exact" });
    expect(convertQuantity({ value: "1.0005", unit: "kg" }, "g")).toEqual({
      ok: false,
      refusal: "not_exact",
    });
  });
  test("kilograms and grams differ by a thousand, and never become pieces", () => {
    expect(convertQuantity({ value: "1.5", unit: "kg" }, "g")).toEqual({
      ok: true,
      quantity: { value: "1500", unit: "g" },
    });
    expect(convertQuantity({ value: "1", unit: "kg" }, "pcs")).toEqual({
      ok: false,
      refusal: "other_category",
    });
    expect(convertQuantity({ value: "1", unit: "crate" }, "pcs")).toEqual({
      ok: false,
      refusal: "unit_unknown",
    });
  });
  test("two dozen are 24 pieces; an unknown unit is only itself", () => {
    expect(isSameQuantity({ value: "2", unit: "dz" }, { value: "24", unit: "pcs" })).toBe(true);
    expect(isSameQuantity({ value: "2", unit: "dz" }, { value: "2", unit: "pcs" })).toBe(false);
    expect(isSameQuantity({ value: "1", unit: "crate" }, { value: "1", unit: "crate" })).toBe(true);
  });
  test("what converts comes back as it was", () => {
    const codes = Object.keys(commonUnits);
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.constantFrom(...codes),
        fc.constantFrom(...codes),
        (n, from, to) => {
          const there = convertQuantity({ value: String(n), unit: from }, to);
          if (!there.ok) return true;
          const back = convertQuantity(there.quantity, from);
          return back.ok && back.quantity.value === String(n);
        },
      ),
    );
  });
});
