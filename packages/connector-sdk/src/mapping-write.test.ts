import { describe, expect, it } from "vitest";
import { externalId, linkId } from "@crossfoot/kernel";
import type { FieldKinds, Fields, Json, JsonMap, Value } from "@crossfoot/kernel";
import { compileMapping } from "./mapping-compile.ts";
import { writePatch } from "./mapping-write.ts";
import type { EntityMapping, PatchResult, WriteContext } from "./mapping-types.ts";

const kinds: { readonly [entity: string]: FieldKinds } = {
  things: {
    text: { kind: "text" },
    code: { kind: "code" },
    currency: { kind: "code" },
    decimal: { kind: "decimal" },
    flag: { kind: "boolean" },
    date: { kind: "date" },
    instant: { kind: "instant" },
    parent: { kind: "reference", entity: "things" },
    money: { kind: "money" },
    tax: { kind: "money" },
    address: {
      kind: "group",
      parts: { street: { kind: "text" }, city: { kind: "text" }, rent: { kind: "money" } },
    },
    lines: {
      kind: "collection",
      parts: {
        product: { kind: "reference", entity: "things" },
        quantity: { kind: "quantity" },
        price: { kind: "money" },
        note: { kind: "text" },
      },
    },
  },
};

const context: WriteContext = {
  idOf: (entity, link) => (entity === "things" && link === "L7" ? externalId("7") : undefined),
  lineIdOf: (field, key) => (field === "lines" && key === "K11" ? "11" : undefined),
  connection: "crm",
};
const update = { isCreate: false };
const create = { isCreate: true };

function mappingOf(fields: Json, rest: JsonMap = {}): EntityMapping {
  const { mapping, problems } = compileMapping({ entities: { things: { ...rest, fields } } }, kinds);
  expect(problems).toBeUndefined();
  return mapping!.entities["things"]!;
}

function write(fields: Json, values: Fields, current: JsonMap = {}, options = update): PatchResult {
  return writePatch(mappingOf(fields), values, { ...options, current, context });
}

/** The patch of the only field, or the code of its problem. */
function one(field: string, json: Json, value: Value, current: JsonMap = {}): unknown {
  const { patch, problems } = write({ [field]: json }, { [field]: value }, current);
  return problems[field]?.code ?? patch;
}

describe("absent, null, empty text and zero", () => {
  it("are written as what they are", () => {
    expect(write({ text: "a", decimal: "b" }, {}).patch).toEqual({});
    expect(one("text", "a", null)).toEqual({ a: null });
    expect(one("text", "a", "")).toEqual({ a: "" });
    expect(one("decimal", "a", "0")).toEqual({ a: "0" });
    expect(one("flag", "a", false)).toEqual({ a: false });
    expect(one("money", { amount: "a", currency: "c" }, null)).toEqual({ a: null });
    expect(one("parent", "a", null)).toEqual({ a: null });
    expect(one("lines", { list: "l", key: "id", fields: {} }, null, { l: [{ id: 1 }] })).toEqual({ l: null });
    expect(one("lines", { list: "l", key: "id", fields: {} }, [], { l: [{ id: 1 }] })).toEqual({ l: [] });
  });

  it("null is what the system shows for no value", () => {
    expect(one("text", { path: "a", empty: null }, null)).toEqual({ a: "" });
    expect(one("parent", { path: "a", empty: [0, false] }, null)).toEqual({ a: 0 });
    expect(one("code", { path: "a", values: { x: 1 }, empty: null }, null)).toEqual({ a: "" });
  });

  it("fields that are not written, constants and expressions stay out of the patch", () => {
    const fields = {
      text: { path: "a", write: false },
      code: { constant: "MAIN" },
      flag: { expression: "b" },
      decimal: { path: "d", onCreate: true },
    };
    const values: Fields = { text: "x", code: "MAIN", flag: true, decimal: "1", unmapped: "y" };
    expect(write(fields, values).patch).toEqual({});
    expect(write(fields, values, {}, create).patch).toEqual({ d: "1" });
  });
});

describe("forms", () => {
  it.each<[string, Json, Value, Json]>([
    ["text", { path: "a", as: "number" }, "12", 12],
    ["code", { path: "a", values: { x: [3, "y"] } }, "x", 3],
    ["code", { path: "a", values: { x: 3, "*": "*" } }, "other", "other"],
    ["flag", { path: "a", values: { true: "Y", false: "N" } }, false, "N"],
    ["decimal", "a", "12.5", "12.5"],
    ["decimal", { path: "a", as: "number" }, "12.5", 12.5],
    ["decimal", { path: "a", digits: 1, round: "halfUp" }, "-0.25", "-0.3"],
    ["decimal", { path: "a", digits: 1, round: "halfEven", as: "number" }, "-0.25", -0.2],
    ["date", { path: "a", form: "YYYYMMDD" }, "2024-02-29", "20240229"],
    ["date", { path: "a", form: "YYYYMMDD", as: "number" }, "2024-02-29", 20240229],
    ["date", { path: "a", form: "DD.MM.YYYY" }, "2024-02-29", "29.02.2024"],
    ["date", { path: "a", form: "MM/DD/YYYY" }, "2024-02-29", "02/29/2024"],
    ["date", { path: "a", form: "epoch" }, "2024-02-29", 1709164800],
    ["date", { path: "a", form: "epochMs", as: "string" }, "2024-02-29", "1709164800000"],
    ["instant", "a", "2024-02-29T10:20:30Z", "2024-02-29T10:20:30Z"],
    ["instant", { path: "a", form: "YYYY-MM-DD HH:mm:ss" }, "2024-02-29T10:20:30Z", "2024-02-29 10:20:30"],
    ["instant", { path: "a", form: "epoch" }, "2024-02-29T10:20:30Z", 1709202030],
    ["parent", "a", { link: "L7" }, "7"],
    ["parent", { path: "a", as: "number" }, { link: "L7" }, 7],
  ])("%s as %j: %j is %j", (field, json, value, native) => {
    expect(one(field, json, value)).toEqual({ a: native });
  });

  it.each<[string, Json, Value, string]>([
    ["text", "a", "a\0b", "control_character"],
    ["text", "a", true, "not_text"],
    ["text", { path: "a", as: "number" }, "007", "not_decimal"],
    ["code", { path: "a", values: { x: 1 } }, "toString", "code_unmapped"],
    ["decimal", { path: "a", digits: 2 }, "1.234", "too_long"],
    ["decimal", { path: "a", as: "number" }, "0.1234567890123456789", "not_decimal"],
    ["decimal", "a", "1,5", "not_decimal"],
    ["flag", "a", "true", "not_boolean"],
    ["date", "a", "2024-02-31", "not_a_date"],
    ["instant", "a", "2024-02-29", "not_an_instant"],
    ["parent", "a", "7", "not_text"],
    [
      "parent",
      { path: "a", as: "number" },
      { awaits: { entity: "things", connection: "crm", id: "x" } },
      "not_decimal",
    ],
    ["money", { amount: "a", currency: "c" }, { amount: "1", currency: "euro" }, "currency_unknown"],
    ["money", { amount: "a", currency: "c" }, { amount: "1" }, "currency_missing"],
    ["money", { amount: "a", currency: "c" }, "1", "not_a_map"],
    ["address", { parts: { street: "a" } }, "street", "not_a_map"],
    ["lines", { list: "l", key: "id", fields: {} }, "lines", "not_a_list"],
  ])("%s as %j refuses %j: %s", (field, json, value, code) => {
    expect(one(field, json, value, { l: [] })).toBe(code);
  });
});

describe("text that is too long", () => {
  const long = "x".repeat(100_000);

  it("is refused before sending, without the text in the message", () => {
    const { patch, problems } = write({ text: { path: "a", max: 255 } }, { text: long });
    expect(patch).toEqual({});
    expect(problems).toEqual({ text: { code: "too_long", expected: "text of at most 255 characters" } });
  });

  it("or cut where the mapping says so", () => {
    const cut = (text: string, max: number): unknown => {
      const patch = one("text", { path: "a", max, onLong: "cut" }, text) as { readonly a: string };
      return patch.a;
    };
    expect(cut(long, 255)).toBe("x".repeat(255));
    expect(cut("short", 255)).toBe("short");
    expect(cut("😀😀😀", 2)).toBe("😀😀");
    expect(cut("cafe\u0301s", 4), "a combining accent stays with its letter").toBe("caf");
    expect(cut("ab👩‍👩‍👧‍👦", 4), "a family is not torn apart").toBe("ab");
    expect(cut("e" + "\u0301".repeat(300), 10), "unless it is all there is").toHaveLength(10);
  });

  it("counts code points", () => {
    expect(one("text", { path: "a", max: 3 }, "😀😀😀")).toEqual({ a: "😀😀😀" });
    expect(one("text", { path: "a", max: 2 }, "😀😀😀")).toBe("too_long");
  });
});

describe("parts of a root", () => {
  it("keep what stands beside", () => {
    expect(one("text", "a.b", "x", { a: { b: "y", keep: 1 }, other: 2 })).toEqual({ a: { b: "x", keep: 1 } });
    expect(
      one("text", "l[k=w].v", "x", {
        l: [
          { k: "h", v: 1 },
          { k: "w", v: 2, keep: 1 },
        ],
      }),
    ).toEqual({
      l: [
        { k: "h", v: 1 },
        { k: "w", v: "x", keep: 1 },
      ],
    });
  });

  it("add the row that is missing, but not for null", () => {
    expect(one("text", "l[k=true].v", "x", { l: null })).toEqual({ l: [{ k: true, v: "x" }] });
    expect(one("text", "l[k=w].v", null, { l: [{ k: "h" }] })).toEqual({});
    expect(one("text", "a.b", null, { a: null })).toEqual({});
    expect(one("text", "l[k=w].v", null, { l: [{ k: "w", v: 1 }] })).toEqual({ l: [{ k: "w", v: null }] });
  });

  it("of a root that was not delivered are refused, as what stands beside would be lost", () => {
    expect(one("text", "a.b", "x", {})).toBe("not_a_map");
    expect(write({ text: "a.b" }, { text: "x" }, {}, create).patch).toEqual({ a: { b: "x" } });
    expect(one("text", { path: "a.b", missing: null }, "x", {})).toEqual({ a: { b: "x" } });
    expect(one("text", "a.b", "x", { a: "text" })).toBe("not_a_map");
  });

  it("two fields of one root end up in one value", () => {
    const { patch } = write({ text: "a.b", decimal: "a.c" }, { text: "x", decimal: "1" }, { a: { keep: 1 } });
    expect(patch).toEqual({ a: { keep: 1, b: "x", c: "1" } });
  });
});

describe("groups", () => {
  const address = { parts: { street: "l[k=w].street", city: { path: "l[k=w].city", max: 5 } } };

  it("are written part by part into one row", () => {
    expect(one("address", address, { street: "S", city: "C" }, { l: [] })).toEqual({
      l: [{ k: "w", street: "S", city: "C" }],
    });
    expect(one("address", address, { city: null }, { l: [{ k: "w", street: "S", city: "C" }] })).toEqual({
      l: [{ k: "w", street: "S", city: null }],
    });
    expect(one("address", address, null, { l: [{ k: "w", street: "S", city: "C", keep: 1 }] })).toEqual({
      l: [{ k: "w", street: null, city: null, keep: 1 }],
    });
  });

  it("are not written by half", () => {
    const { patch, problems } = write(
      { address, text: "a" },
      { address: { street: "S", city: "too long" }, text: "x" },
      { l: [] },
    );
    expect(patch).toEqual({ a: "x" });
    expect(problems["address"]).toMatchObject({ code: "too_long" });
    expect(problems["address"]?.expected).toMatch(/^city: /);
  });
});

describe("amounts and currencies", () => {
  const eur = { amount: "5", currency: "EUR" };

  it("write the currency to its place", () => {
    expect(one("money", { amount: "a", currency: "c" }, eur, { c: "USD" })).toEqual({ a: "5", c: "EUR" });
    expect(one("money", { amount: "a", currency: { path: "c", values: { EUR: 1 } } }, eur)).toEqual({
      a: "5",
      c: 1,
    });
  });

  it("a null amount keeps the currency untouched", () => {
    expect(one("money", { amount: "a", currency: "c", empty: null }, null, { a: "1", c: "USD" })).toEqual({
      a: "",
    });
  });

  it("are refused where the target's currency is another or not known", () => {
    const constant = { amount: "a", currency: { constant: "EUR" } };
    expect(one("money", constant, eur)).toEqual({ a: "5" });
    expect(one("money", constant, { amount: "5", currency: "USD" })).toBe("currency_unknown");
    const fixed = { amount: "a", currency: { path: "c", write: false } };
    expect(one("money", fixed, eur, { c: "EUR" })).toEqual({ a: "5" });
    expect(one("money", fixed, eur, { c: "USD" })).toBe("currency_unknown");
    expect(one("money", fixed, eur, { c: null })).toBe("currency_missing");
    expect(one("money", fixed, eur, {})).toBe("currency_missing");
  });

  it("are compared with the currency that the document is about to have", () => {
    const fields = { money: { amount: "a", currency: "c" }, currency: "c" };
    expect(write(fields, { money: eur, currency: "EUR" }, { c: "USD" }).patch).toEqual({ a: "5", c: "EUR" });
    expect(write(fields, { money: eur }, { c: "USD" }).problems).toMatchObject({
      money: { code: "currency_unknown" },
    });
    expect(write(fields, { money: eur, currency: "EUR" }, {}, create).patch).toEqual({ a: "5", c: "EUR" });
    expect(write(fields, { money: eur }, {}, create).problems).toMatchObject({
      money: { code: "currency_missing" },
    });
  });

  it("do not change the currency of an amount beside them", () => {
    const fields = { money: { amount: "a", currency: "c" }, tax: { amount: "t", currency: "c" } };
    const current = { a: "1", t: "1", c: "USD" };
    expect(write(fields, { money: eur }, current).problems).toMatchObject({
      money: { code: "currency_unknown" },
    });
    expect(write(fields, { money: eur }, { ...current, t: null }).patch).toEqual({ a: "5", c: "EUR" });
    expect(write(fields, { money: eur, tax: eur }, current).patch).toEqual({ a: "5", t: "5", c: "EUR" });
    const mixed = write(fields, { money: eur, tax: { amount: "1", currency: "USD" } }, {}, create);
    expect(mixed.problems).toMatchObject({ tax: { code: "currency_unknown" } });
  });
});

describe("references", () => {
  it("without a member on this side are awaited, and the field is not sent", () => {
    const foreign: Value = { awaits: { entity: "things", connection: "erp", id: "9" } };
    const fields = { parent: "p", lines: { list: "l", key: "id", fields: { product: "x", note: "n" } } };
    const line = { key: "K1", fields: { product: { link: "L9" }, note: "n" } };
    const { patch, problems, awaits } = write(fields, { parent: foreign, lines: [line, line] }, { l: [] });
    expect(patch).toEqual({});
    expect(problems).toEqual({});
    expect(awaits).toEqual([
      { entity: "things", connection: "erp", id: "9" },
      { entity: "things", link: linkId("L9") },
    ]);
  });

  it("of this side's own record need no link", () => {
    expect(one("parent", "p", { awaits: { entity: "things", connection: "crm", id: "9" } })).toEqual({
      p: "9",
    });
  });
});

describe("lists", () => {
  const lines = {
    list: "l",
    key: "id",
    lineRef: "ref",
    fields: {
      quantity: { value: "q", unit: "u", digits: 0 },
      price: { amount: "x", currency: "^cur" },
      note: { path: "n", onCreate: true },
      product: { path: "p", read: false },
    },
  };
  const current = {
    cur: "EUR",
    l: [
      { id: 11, q: 1, u: "pc", x: 2, n: "old", tax: "keep", "=made": 1 },
      { id: 12, ref: "K12", q: 5, u: "pc", x: 3 },
      { id: 13, q: 7, u: "pc", x: 4 },
    ],
  };

  it("keep the native ids and all that is not mapped, in the order of the lines", () => {
    const value: Value = [
      { key: "crm:13", fields: {} },
      { key: "K12", fields: { quantity: { value: "6", unit: "kg" } } },
      { key: "K11", fields: { price: { amount: "2.5", currency: "EUR" }, note: "never again" } },
    ];
    expect(one("lines", lines, value, current)).toEqual({
      l: [
        { id: 13, ref: "crm:13", q: 7, u: "pc", x: 4 },
        { id: 12, ref: "K12", q: "6", u: "kg", x: 3 },
        { id: 11, ref: "K11", q: 1, u: "pc", x: "2.5", n: "old", tax: "keep" },
      ],
    });
    expect(current.l[0]).toHaveProperty("=made");
  });

  it("drop a line that is gone, and make a row without id for one that is here for the first time", () => {
    const value: Value = [{ key: "K99", fields: { note: "first", product: { link: "L7" }, quantity: null } }];
    expect(one("lines", lines, value, current)).toEqual({ l: [{ n: "first", p: "7", q: null, ref: "K99" }] });
  });

  it("a line whose row is gone on this side makes one again", () => {
    expect(one("lines", lines, [{ key: "K11", fields: {} }], { cur: "EUR", l: [] })).toEqual({
      l: [{ ref: "K11" }],
    });
  });

  it("name the line that is refused, and are not sent by half", () => {
    const value: Value = [
      { key: "K11", fields: {} },
      { key: "K12", fields: { quantity: { value: "1.5", unit: "pc" } } },
    ];
    const { patch, problems } = write({ lines }, { lines: value }, current);
    expect(patch).toEqual({});
    expect(problems["lines"]).toMatchObject({ code: "too_long" });
    expect(problems["lines"]?.expected).toMatch(/^line 2: quantity: /);
  });

  it("refuse a price in another currency than the record's", () => {
    const value: Value = [{ key: "K11", fields: { price: { amount: "1", currency: "USD" } } }];
    expect(one("lines", lines, value, current)).toBe("currency_unknown");
    expect(one("lines", lines, value, { l: [] })).toBe("currency_missing");
    const both = write({ lines, currency: "cur" }, { lines: value, currency: "USD" }, current);
    expect(both.problems).toEqual({});
    expect(both.patch["cur"]).toBe("USD");
  });

  it("whose current rows are not known are not sent", () => {
    expect(one("lines", lines, [], { cur: "EUR" })).toBe("not_a_list");
    expect(one("lines", lines, [], { l: "text" })).toBe("not_a_list");
    expect(write({ lines }, { lines: [] }, {}, create).patch).toEqual({ l: [] });
  });

  it("two lines of one row, and what is no line, are refused", () => {
    const twice: Value = [
      { key: "K11", fields: {} },
      { key: "crm:11", fields: {} },
    ];
    expect(one("lines", lines, twice, current)).toBe("not_a_list");
    expect(one("lines", lines, [{ key: 1 }] as never, current)).toBe("not_a_list");
  });

  it("inside of a map keep what stands beside", () => {
    const nested = { list: "doc.rows", key: "id", fields: { note: "n" } };
    expect(one("lines", nested, [], { doc: { rows: [{ id: 1 }], keep: 1 } })).toEqual({
      doc: { rows: [], keep: 1 },
    });
  });
});

describe("a create", () => {
  it("sets constants, and fields over them", () => {
    const mapping = mappingOf(
      { text: "a.b", code: "c" },
      { constants: { "a.kind": "x", c: "base", is_customer: true } },
    );
    expect(
      writePatch(mapping, { text: "t", code: "own" }, { current: {}, context, isCreate: true }).patch,
    ).toEqual({
      a: { kind: "x", b: "t" },
      c: "own",
      is_customer: true,
    });
    expect(writePatch(mapping, { code: "own" }, { current: {}, context, isCreate: false }).patch).toEqual({
      c: "own",
    });
  });
});

describe("hostile values", () => {
  it("do not reach the prototype", () => {
    const current = JSON.parse(
      '{"a":{"__proto__":{"polluted":1},"b":1},"l":[{"id":11,"__proto__":{"x":1}}]}',
    ) as JsonMap;
    const fields = { text: "a.b", lines: { list: "l", key: "id", fields: { note: "__proto__.n" } } };
    const { patch } = write(fields, { text: "x", lines: [{ key: "K11", fields: { note: "y" } }] }, current);
    expect(JSON.stringify(patch)).toBe(
      '{"a":{"__proto__":{"polluted":1},"b":"x"},"l":[{"id":11,"__proto__":{"x":1,"n":"y"}}]}',
    );
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
