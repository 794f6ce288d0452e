import { describe, expect, it } from "vitest";
import {
  isAlike,
  isBlank,
  isCalendarDay,
  isEqual,
  isReference,
  normalDate,
  normalDecimal,
  normalInstant,
  parseValue,
} from "./value.ts";
import type { FieldKind, Json, Line } from "./value.ts";

const kindOf = (kind: Exclude<FieldKind["kind"], "reference" | "group" | "collection">): FieldKind => ({
  kind,
});
const group: FieldKind = { kind: "group", parts: { city: { kind: "text" } } };
const code = (kind: FieldKind, raw: Json) => {
  const parsed = parseValue(kind, raw);
  if (parsed.ok) return "ok";
  expect(parsed.problem.expected.length).toBeGreaterThan(3);
  return parsed.problem.code;
};

describe("a value that is refused", () => {
  it("is refused by its own code, says what was expected, and is not taken for text that looks alike", () => {
    const list = [
      [kindOf("text"), 5, "not_text"],
      [kindOf("text"), ["a"], "not_text"],
      [kindOf("code"), true, "not_text"],
      [kindOf("decimal"), ["5"], "not_decimal"],
      [kindOf("decimal"), true, "not_decimal"],
      [kindOf("decimal"), { value: "5" }, "not_decimal"],
      [kindOf("boolean"), "true", "not_boolean"],
      [kindOf("date"), ["2024-02-29"], "not_a_date"],
      [kindOf("instant"), ["2024-02-29T10:00:00Z"], "not_an_instant"],
      [kindOf("money"), "5 EUR", "not_a_map"],
      [kindOf("money"), { amount: "x", currency: "EUR" }, "not_decimal"],
      [kindOf("money"), { amount: "5" }, "currency_missing"],
      [kindOf("money"), { amount: "5", currency: null }, "currency_missing"],
      [kindOf("money"), { amount: "5", currency: "" }, "currency_missing"],
      [kindOf("money"), { amount: "5", currency: ["EUR"] }, "currency_unknown"],
      [kindOf("money"), { amount: "5", currency: "euro" }, "currency_unknown"],
      [kindOf("quantity"), "5 kg", "not_a_map"],
      [kindOf("quantity"), { value: "5" }, "unit_missing"],
      [kindOf("quantity"), { value: "5", unit: "" }, "unit_missing"],
      [{ kind: "reference", entity: "accounts" }, "l1", "not_a_map"],
      [group, "Ulm", "not_a_map"],
      [group, { city: 5 }, "not_text"],
      [{ kind: "collection", parts: {} }, { k1: {} }, "not_a_list"],
    ] as const;
    for (const [kind, raw, expected] of list) expect([raw, code(kind, raw)]).toEqual([raw, expected]);
  });

  it("is text with a null byte or with half of a surrogate pair, wherever it stands", () => {
    const refused = [
      "a\0",
      "\ud800",
      "\udbff",
      "\udc00",
      "\udfff",
      "\ud800x",
      "\ud800\ud800",
      "\ud800\ue000",
      "\udc00\udc00",
      "a\udc00b",
    ];
    for (const text of refused) expect(code(kindOf("text"), text)).toBe("control_character");
    for (const text of ["", "\ud800\udc00", "\udbff\udfff", "\ud800\udfffx", "\ue000", "\ud7ff", "👍🏽"])
      expect(code(kindOf("text"), text)).toBe("ok");
  });
});

describe("normal forms", () => {
  it("a decimal drops zeros that say nothing, however many", () => {
    const forms = {
      "1.1000": "1.1",
      "00012": "12",
      "1.000": "1",
      "-0.00": "0",
      "1.5e0": "1.5",
      "15e-1": "1.5",
    };
    for (const [text, normal] of Object.entries(forms)) expect(normalDecimal(text)).toBe(normal);
    for (const text of [".", "", "1,5", "1.5x", "x1.5", "1 000"]) expect(normalDecimal(text)).toBeUndefined();
  });

  it("a day is one of the Gregorian calendar, years 1 to 9999, and nothing stands around it", () => {
    const days = [
      [2000, 2, 29, true],
      [1900, 2, 29, false],
      [2024, 2, 29, true],
      [2023, 2, 29, false],
      [9999, 12, 31, true],
      [10_000, 1, 1, false],
      [1, 1, 1, true],
      [0, 1, 1, false],
      [2024, 0, 1, false],
      [2024, 13, 1, false],
      [2024, 4, 31, false],
      [2024, 4, 0, false],
    ] as const;
    for (const [year, month, day, expected] of days) expect(isCalendarDay(year, month, day)).toBe(expected);
    for (const text of ["x2024-02-29", "2024-02-29x", "2024-02-29T00:00:00Z"])
      expect(normalDate(text)).toBeUndefined();
    for (const text of ["x2024-02-29T10:00:00Z", "2024-02-29T10:00:00Zx", "2024-02-30T10:00:00Z"])
      expect(normalInstant(text)).toBeUndefined();
  });
});

describe("equality", () => {
  const line = (key: string, text: string): Line => ({ key, fields: { text } });

  it("of lines does not see their order, whatever it is", () => {
    const lines = ["a", "b", "c", "d"].map((key) => line(key, key));
    const [one, two, three, four] = lines as [Line, Line, Line, Line];
    for (const turned of [
      [four, three, two, one],
      [two, one, four, three],
      [three, one, four, two],
    ]) {
      expect(isEqual(turned, lines)).toBe(true);
      expect(isAlike(turned, lines)).toBe(true);
    }
    expect(isAlike([one, two], [one, three])).toBe(false);
    expect(isAlike([one], [one, two])).toBe(false);
  });

  it("takes null, empty, zero, false and absent for five values", () => {
    const values = [undefined, null, "", "0", false, [], {}];
    for (const [at, one] of values.entries())
      for (const [place, other] of values.entries()) expect(isEqual(one, other)).toBe(at === place);
  });

  it("of groups sees what each part is", () => {
    expect(isEqual({ a: "1", b: null }, { b: null, a: "1" })).toBe(true);
    expect(isEqual({ a: "1" }, { a: "1", b: null })).toBe(false);
    expect(isEqual({ a: "1" }, "1")).toBe(false);
  });
});

it("a reference is one link, or one name that waits for it, and nothing beside it", () => {
  const awaits = { entity: "accounts", connection: "crm", id: "7" };
  for (const value of [{ link: "l1" }, { awaits }]) expect(isReference(value)).toBe(true);
  for (const value of [
    {},
    { link: null },
    { awaits: null },
    { awaits: "7" },
    { link: "l1", awaits },
    { link: "l1", x: "1" },
  ])
    expect(isReference(value)).toBe(false);
});

it("nothing is lost with what is absent, null, empty, or made of such parts alone", () => {
  for (const value of [undefined, null, "", [], {}, { a: null, b: "" }]) expect(isBlank(value)).toBe(true);
  for (const value of ["0", " ", false, { a: null, b: "0" }, [{ key: "k1", fields: {} }]])
    expect(isBlank(value)).toBe(false);
});
