import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldKind, GroupValue, Json, Line, Value } from "./value.ts";
import {
  canonicalBytes,
  isAlike,
  isAlikeIn,
  isBlank,
  isCalendarDay,
  isEqual,
  isLines,
  isMap,
  isPlainGroup,
  isReference,
  normalDate,
  normalDecimal,
  normalInstant,
  parseValue,
} from "./value.ts";

/** Value of a decimal as an exact fraction of big integers: what the text says, reckoned in another way. */
function fractionOf(text: string): { readonly top: bigint; readonly bottom: bigint } {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", decimals = ""] = mantissa.replace(/^[+-]/, "").split(".");
  const digits = BigInt(`${whole}${decimals}`);
  const shift = BigInt(exponent) - BigInt(decimals.length);
  const top = (mantissa.startsWith("-") ? -1n : 1n) * digits * (shift > 0n ? 10n ** shift : 1n);
  return { top, bottom: shift < 0n ? 10n ** -shift : 1n };
}

const sameFraction = (a: string, b: string): boolean => {
  const [one, other] = [fractionOf(a), fractionOf(b)];
  return one.top * other.bottom === other.top * one.bottom;
};

const digits = fc.stringMatching(/^[0-9]{0,25}$/);
const decimalText = fc
  .record({
    sign: fc.constantFrom("", "-", "+"),
    whole: digits,
    fraction: fc.option(digits, { nil: undefined }),
    exponent: fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
  })
  .filter(({ whole, fraction }) => whole !== "" || (fraction ?? "") !== "")
  .map(({ sign, whole, fraction, exponent }) => {
    const decimals = fraction === undefined ? "" : `.${fraction}`;
    return `${sign}${whole}${decimals}${exponent === undefined ? "" : `e${exponent}`}`;
  });

describe("normalDecimal", () => {
  it("keeps the value to the last digit, and equal values get one form", () => {
    fc.assert(
      fc.property(decimalText, decimalText, (one, other) => {
        const [a, b] = [normalDecimal(one), normalDecimal(other)] as [string, string];
        expect(a).toMatch(/^(0|-?(0|[1-9]\d*)\.\d*[1-9]|-?[1-9]\d*)$/);
        expect(sameFraction(one, a)).toBe(true);
        expect(normalDecimal(a)).toBe(a);
        expect(a === b).toBe(sameFraction(one, other));
      }),
      { numRuns: 3_000 },
    );
  });

  it("every JSON number and every integer comes through exactly", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt(), (number, integer) => {
        expect(Number(normalDecimal(String(number)))).toBe(number === 0 ? 0 : number);
        expect(normalDecimal(String(integer))).toBe(String(integer));
      }),
    );
  });

  it("no text outside its form is taken, and none throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from("0123456789.,-+eE ")) })),
        (text) => {
          const isForm = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text);
          expect(normalDecimal(text) !== undefined).toBe(isForm);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it.each([
    "",
    ".",
    "-",
    "e5",
    "1,5",
    "1.000,00",
    "1 000",
    " 1",
    "1\n",
    "0x10",
    "NaN",
    "Infinity",
    "1e9999",
    "٣",
    "−1",
    "1.2.3",
  ])("%j is no decimal", (text) => {
    expect(normalDecimal(text)).toBeUndefined();
  });
});

describe("dates and instants", () => {
  const pad = (number: number, length: number) => String(number).padStart(length, "0");

  it("a day is one of the Gregorian calendar, as another calendar says it too", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const there = new Date(0);
          there.setUTCFullYear(year, month - 1, day);
          const isThere =
            there.getUTCFullYear() === year &&
            there.getUTCMonth() === month - 1 &&
            there.getUTCDate() === day;
          const isDay = isThere && year >= 1 && year <= 9999;
          expect(isCalendarDay(year, month, day)).toBe(isDay);
          const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
          expect(normalDate(text)).toBe(isDay ? text : undefined);
          expect(normalInstant(`${text}T00:00:00Z`)).toBe(isDay ? `${text}T00:00:00Z` : undefined);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("an instant in UTC keeps its place in time, and equal instants get one form", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        (instant) => {
          const normal = normalInstant(instant.toISOString()) as string;
          expect(Date.parse(normal)).toBe(instant.getTime());
          expect(normal).not.toMatch(/0Z$.*\./);
          expect(normalInstant(normal)).toBe(normal);
        },
      ),
    );
  });

  it.each([
    ["2026-02-03T04:05:06.100Z", "2026-02-03T04:05:06.1Z"],
    ["2026-02-03T04:05:06.000Z", "2026-02-03T04:05:06Z"],
    ["2026-02-03T04:05:06.1234567Z", "2026-02-03T04:05:06.123456Z"],
    ["2026-02-03T24:00:00Z", undefined],
    ["2026-02-03T04:60:00Z", undefined],
    ["2026-02-03T04:05:60Z", undefined],
    ["2026-02-03T04:05:06+01:00", undefined],
    ["2026-02-03", undefined],
  ])("%s becomes %s", (given, normal) => {
    expect(normalInstant(given)).toBe(normal);
  });
});

const kind: fc.Arbitrary<FieldKind> = fc.letrec<{ kind: FieldKind }>((tie) => ({
  kind: fc.oneof(
    { depthSize: "small" },
    fc
      .constantFrom("text", "code", "decimal", "boolean", "date", "instant", "money", "quantity")
      .map((name): FieldKind => ({ kind: name })),
    fc.constant<FieldKind>({ kind: "reference", entity: "accounts" }),
    fc
      .dictionary(fc.constantFrom("a", "b", "__proto__"), tie("kind"))
      .map((parts): FieldKind => ({ kind: "group", parts })),
    fc
      .dictionary(fc.constantFrom("a", "b"), tie("kind"))
      .map((parts): FieldKind => ({ kind: "collection", parts })),
  ),
})).kind;
const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe("parseValue", () => {
  it("never throws on any JSON, takes null for nothing else, and takes again unchanged what it took", () => {
    fc.assert(
      fc.property(kind, json, (kind, raw) => {
        const parsed = parseValue(kind, raw);
        expect(parsed.ok && parsed.value === null).toBe(raw === null);
        if (!parsed.ok) {
          expect(parsed.problem.expected).not.toBe("");
          return;
        }
        expect(parseValue(kind, parsed.value as Json)).toEqual(parsed);
      }),
      { numRuns: 3_000 },
    );
  });

  it("a problem never holds the value", () => {
    fc.assert(
      fc.property(kind, fc.stringMatching(/^[a-z]{12}$/), (kind, secret) => {
        const parsed = parseValue(kind, { amount: secret, value: secret, currency: secret, unit: 7 });
        expect(JSON.stringify(parsed.ok ? {} : parsed.problem)).not.toContain(secret);
      }),
    );
  });

  const parse = (name: string, raw: Json) => {
    const parsed = parseValue({ kind: name } as FieldKind, raw);
    return parsed.ok ? parsed.value : parsed.problem.code;
  };

  it("absent, null, empty and zero never turn into one another (I12)", () => {
    expect(parse("text", "")).toBe("");
    expect(parse("text", null)).toBeNull();
    expect(parse("decimal", 0)).toBe("0");
    expect(parse("decimal", "")).toBe("not_decimal");
    expect(parse("boolean", 0)).toBe("not_boolean");
    expect([parse("boolean", false), parse("boolean", true)]).toEqual([false, true]);
    expect(parse("date", "")).toBe("not_a_date");
    expect([parse("date", "2028-02-29"), parse("date", "2026-02-29")]).toEqual(["2028-02-29", "not_a_date"]);
    const instants = ["2026-02-03T04:05:06.10Z", "2026-02-03", 7].map((raw) => parse("instant", raw));
    expect(instants).toEqual(["2026-02-03T04:05:06.1Z", "not_an_instant", "not_an_instant"]);
    expect(parse("money", { currency: "EUR" })).toBe("not_decimal");
    expect(parse("quantity", { unit: "pcs" })).toBe("not_decimal");
    const group = parseValue(
      { kind: "group", parts: { a: { kind: "text" }, b: { kind: "text" } } },
      { a: null },
    );
    expect(group).toEqual({ ok: true, value: { a: null } });
  });

  it("no amount without its currency, no quantity without its unit; none is assumed (I12)", () => {
    expect(parse("money", { amount: "1.50", currency: "EUR" })).toEqual({ amount: "1.5", currency: "EUR" });
    for (const currency of [undefined, null, ""]) {
      expect(parse("money", currency === undefined ? { amount: "1" } : { amount: "1", currency })).toBe(
        "currency_missing",
      );
    }
    for (const currency of ["eur", "EURO", 978])
      expect(parse("money", { amount: "1", currency })).toBe("currency_unknown");
    expect(parse("quantity", { value: 2, unit: "pcs" })).toEqual({ value: "2", unit: "pcs" });
    for (const unit of [null, "", 7]) expect(parse("quantity", { value: "2", unit })).toBe("unit_missing");
    expect(parse("money", "1.50 EUR")).toBe("not_a_map");
  });

  it("unusual but valid text arrives unharmed; a null byte and half a pair are refused", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const isSound = text.isWellFormed() && !text.includes("\0");
        expect(parse("text", text)).toBe(isSound ? text : "control_character");
      }),
      { numRuns: 500 },
    );
    for (const text of ["\u{1F469}‍\u{1F467}", "שלום", "e\u0301", "\u202Eabc"])
      expect(parse("text", text)).toBe(text);
    for (const text of ["\ud800", "\udc00a", "a\ud83d", "\ud83d\ud83d", "a\0b"])
      expect(parse("text", text)).toBe("control_character");
  });

  it("a group takes only the parts it knows, and is refused when one of them is", () => {
    const parts = { street: { kind: "text" }, since: { kind: "date" } } as const;
    expect(parseValue({ kind: "group", parts }, { street: "a", other: 1 })).toEqual({
      ok: true,
      value: { street: "a" },
    });
    expect(parseValue({ kind: "group", parts }, { since: "2026-02-31" })).toMatchObject({
      ok: false,
      problem: { code: "not_a_date" },
    });
    expect(parseValue({ kind: "collection", parts }, {})).toMatchObject({
      ok: false,
      problem: { code: "not_a_list" },
    });
    expect(parseValue({ kind: "reference", entity: "accounts" }, "7")).toMatchObject({
      ok: false,
      problem: { code: "not_a_map" },
    });
  });
});

const scalar = fc.constantFrom<null | boolean | string>(null, true, false, "", "0", "a", "b");
const group: fc.Arbitrary<GroupValue> = fc.dictionary(fc.constantFrom("a", "b", "c"), scalar);
const fields = fc.dictionary(fc.constantFrom("x", "y"), fc.oneof(scalar, group));
const lines: fc.Arbitrary<readonly Line[]> = fc.uniqueArray(
  fc.record({ key: fc.constantFrom("k1", "k2", "k3"), fields }),
  { selector: ({ key }) => key },
);
const value: fc.Arbitrary<Value> = fc.oneof(scalar, group, lines);
const maybe = fc.option(value, { nil: undefined });

describe("canonicalBytes", () => {
  it("reads back as the same value, is the same for the same value, and is another for another", () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        const bytes = canonicalBytes(one);
        expect(canonicalBytes(JSON.parse(bytes))).toBe(bytes);
        expect(JSON.parse(bytes)).toEqual(JSON.parse(JSON.stringify(one)));
        expect(bytes === canonicalBytes(other)).toBe(
          JSON.stringify(sortKeys(one)) === JSON.stringify(sortKeys(other)),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it("an undefined key is not there; undefined alone has no bytes", () => {
    expect(canonicalBytes({ b: 1, a: undefined, c: [null, "x"] })).toBe('{"b":1,"c":[null,"x"]}');
    expect(canonicalBytes(undefined)).toBe("");
  });
});

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map((inner: Json) => sortKeys(inner));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

describe("equality", () => {
  it("is an equivalence, and the order of lines and parts does not count", () => {
    fc.assert(
      fc.property(maybe, maybe, maybe, (a, b, c) => {
        expect(isEqual(a, structuredClone(a))).toBe(true);
        expect(isEqual(a, b)).toBe(isEqual(b, a));
        if (isEqual(a, b) && isEqual(b, c)) expect(isEqual(a, c)).toBe(true);
        if (isLines(a)) expect(isEqual(a, a.toReversed())).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("absent, null, empty text, zero, false and an empty list are all different", () => {
    const all: readonly (Value | undefined)[] = [undefined, null, "", "0", false, [], {}];
    for (const [at, one] of all.entries()) {
      for (const [where, other] of all.entries()) expect(isEqual(one, other)).toBe(at === where);
    }
  });

  it("alike is equal in all that both deliver: a part left out says nothing, null and empty do", () => {
    fc.assert(
      fc.property(maybe, maybe, group, group, (a, b, one, other) => {
        expect(isAlike(a, b)).toBe(isAlike(b, a));
        if (isEqual(a, b)) expect(isAlike(a, b)).toBe(true);
        if (a !== undefined && b !== undefined && isAlike(a, b) && !isEqual(a, b))
          expect(isPlainGroup(a) || isLines(a)).toBe(true);
        const shared = Object.keys(one).filter((part) => part in other);
        expect(isAlike(one, other)).toBe(shared.every((part) => one[part] === other[part]));
        expect(isAlikeIn(one, other)).toBe(isAlike(one, other));
        expect(isAlike([{ key: "k", fields: one }], [{ key: "k", fields: other }])).toBe(isAlike(one, other));
      }),
      { numRuns: 2_000 },
    );
    expect(isAlike(undefined, "a")).toBe(true);
    expect(isAlike(null, { a: null })).toBe(false);
    expect(isAlike({ a: null }, { a: "" })).toBe(false);
    expect(isAlike([], [{ key: "k", fields: {} }])).toBe(false);
    expect(isAlike([{ key: "j", fields: {} }], [{ key: "k", fields: {} }])).toBe(false);
  });

  it("a reference is one value, resolved or not; a group with a part of that name is none", () => {
    const awaits = { entity: "accounts", connection: "crm", id: "7" };
    expect(isAlike({ link: "l1" }, { awaits })).toBe(false);
    expect(isAlike({ link: "l1" }, { link: "l1" })).toBe(true);
    expect([isReference({ link: "l1" }), isReference({ awaits })]).toEqual([true, true]);
    expect([isReference({ link: "l1", label: "x" }), isReference({ link: null }), isReference({})]).toEqual([
      false,
      false,
      false,
    ]);
    expect([
      isPlainGroup({ link: "l1" }),
      isPlainGroup({ link: "l1", label: "x" }),
      isPlainGroup(null),
      isPlainGroup([]),
    ]).toEqual([false, true, false, false]);
  });

  it("blank is what nobody would miss: zero and false are values", () => {
    for (const blank of [undefined, null, "", [], {}, { a: null, b: { c: "" } }])
      expect(isBlank(blank)).toBe(true);
    for (const there of ["0", false, " ", { a: null, b: "0" }, [{ key: "k", fields: {} }]])
      expect(isBlank(there)).toBe(false);
  });
});
