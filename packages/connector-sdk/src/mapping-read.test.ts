import { describe, expect, it } from "vitest";
import { linkId } from "@crossfoot/kernel";
import type { FieldKinds, Json, JsonMap, Value } from "@crossfoot/kernel";
import { compileMapping } from "./mapping-compile.ts";
import { fieldsOfImages, imagesOf } from "./mapping-image.ts";
import { isInScope, lineIdsOf, referencesOf } from "./mapping-lookup.ts";
import { readFields, rowsMax } from "./mapping-read.ts";
import type { EntityMapping, ReadContext } from "./mapping-types.ts";

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
    address: {
      kind: "group",
      parts: { street: { kind: "text" }, country: { kind: "code" }, rent: { kind: "money" } },
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

const context: ReadContext = {
  linkOf: (entity, id) => (entity === "things" && id === "7" ? linkId("L7") : undefined),
  lineKeyOf: (field, id) => (field === "lines" && id === "11" ? "K11" : undefined),
  connection: "crm",
};

function mappingOf(fields: Json, rest: JsonMap = {}): EntityMapping {
  const { mapping, problems } = compileMapping({ entities: { things: { ...rest, fields } } }, kinds);
  expect(problems).toBeUndefined();
  return mapping!.entities["things"]!;
}

/** Value of the only field, the code of its problem, or "absent". */
function read(field: string, json: Json, native: JsonMap): Value | undefined {
  const { fields, problems } = readFields(mappingOf({ [field]: json }), native, context);
  return problems[field]?.code ?? (Object.hasOwn(fields, field) ? fields[field] : "absent");
}

describe("absent, null, empty text and zero", () => {
  it("are four values", () => {
    expect(read("text", "a", {})).toBe("absent");
    expect(read("text", "a", { a: null })).toBeNull();
    expect(read("text", "a", { a: "" })).toBe("");
    expect(read("decimal", "a", { a: 0 })).toBe("0");
    expect(read("flag", "a", { a: false })).toBe(false);
    expect(read("decimal", "a", { a: "" })).toBe("not_decimal");
  });

  it("become null only where the mapping says so", () => {
    expect(read("text", { path: "a", empty: null }, { a: "" })).toBeNull();
    expect(read("text", { path: "a", empty: ["-", false] }, { a: false })).toBeNull();
    expect(read("text", { path: "a", empty: ["-"] }, { a: "" })).toBe("");
    expect(read("parent", { path: "a", empty: ["0", 0] }, { a: 0 })).toBeNull();
    expect(read("text", { path: "a", missing: null }, {})).toBeNull();
    expect(read("text", { path: "a.b", missing: null }, { a: {} })).toBeNull();
    expect(read("text", { path: "a", default: "none" }, { a: null })).toBe("none");
    expect(read("text", { path: "a", default: "none" }, {})).toBe("absent");
    expect(read("decimal", { path: "a", default: 1 }, { a: null })).toBe("1");
  });

  it("a field of several roots is absent when one of them is", () => {
    expect(read("money", { amount: "a", currency: "c" }, { a: 5 })).toBe("absent");
    expect(read("address", { parts: { street: "s", country: "c" } }, { s: "S" })).toBe("absent");
    expect(
      read("address", { parts: { street: "s", country: { path: "c", missing: null } } }, { s: "S" }),
    ).toEqual({
      street: "S",
      country: null,
    });
  });

  it("a field that is not read is absent", () => {
    expect(read("text", { path: "a", read: false }, { a: "x" })).toBe("absent");
  });
});

describe("text", () => {
  it.each(["😀👩‍👩‍👧‍👦", "مرحبا ‏abc", "e\u0301 ä ﬁ", " padded ", "\t\n", "NULL", "0", "-", "<b>'; DROP"])(
    "%j arrives unharmed",
    (text) => {
      expect(read("text", "a", { a: text })).toBe(text);
    },
  );

  it("with a null byte or half a surrogate pair is refused", () => {
    expect(read("text", "a", { a: "a\0b" })).toBe("control_character");
    expect(read("text", "a", { a: "a\ud800" })).toBe("control_character");
    expect(read("code", { path: "a", values: { "*": "*" } }, { a: "a\0" })).toBe("control_character");
    expect(read("parent", "a", { a: "1\0" })).toBe("control_character");
  });

  it("is not made of numbers or maps, unless the system keeps it as a number", () => {
    expect(read("text", "a", { a: 7 })).toBe("not_text");
    expect(read("text", "a", { a: { b: "c" } })).toBe("not_text");
    expect(read("text", { path: "a", as: "number" }, { a: 7 })).toBe("7");
    expect(read("text", { path: "a", as: "number" }, { a: 7.5 })).toBe("not_text");
  });
});

describe("codes", () => {
  const values = { customer: ["C", "K", 3], prospect: "P", both: "P" };

  it("are found by the text form of the native code", () => {
    expect(read("code", { path: "a", values }, { a: "K" })).toBe("customer");
    expect(read("code", { path: "a", values }, { a: "3" })).toBe("customer");
    expect(read("code", { path: "a", values }, { a: 3 })).toBe("customer");
    expect(read("code", { path: "a", values }, { a: "P" })).toBe("prospect");
    expect(read("code", { path: "a", values }, { a: null })).toBeNull();
  });

  it("that are not listed park the record, unless all others are kept", () => {
    expect(read("code", { path: "a", values }, { a: "X" })).toBe("code_unmapped");
    expect(read("code", { path: "a", values }, { a: ["C"] })).toBe("code_unmapped");
    expect(read("code", { path: "a", values }, { a: "constructor" })).toBe("code_unmapped");
    expect(read("code", { path: "a", values: { ...values, "*": "*" } }, { a: "X" })).toBe("X");
    expect(read("code", { path: "a", values, empty: null }, { a: "" })).toBeNull();
    expect(read("code", { path: "a", values: { none: "" }, empty: null }, { a: "" })).toBe("none");
  });

  it("of a truth value are true and false", () => {
    const active = { path: "a", values: { true: ["1", "Y"], false: "0" } };
    expect(read("flag", active, { a: 1 })).toBe(true);
    expect(read("flag", active, { a: "0" })).toBe(false);
    expect(read("flag", active, { a: true })).toBe("code_unmapped");
    expect(read("flag", "a", { a: 1 })).toBe("not_boolean");
  });
});

describe("numbers and dates", () => {
  it("decimals are read by their shortest form", () => {
    expect(read("decimal", "a", { a: 1e-7 })).toBe("0.0000001");
    expect(read("decimal", "a", { a: "007.50" })).toBe("7.5");
    expect(read("decimal", "a", { a: "1E5" })).toBe("100000");
    expect(read("decimal", "a", { a: 2 ** 53 })).toBe("not_decimal");
    for (const a of ["1,5", "1.000,5", "ten", "", true, " 1"])
      expect(read("decimal", "a", { a })).toBe("not_decimal");
  });

  it("a day that the calendar does not have is refused", () => {
    expect(read("date", "a", { a: "2024-02-31" })).toBe("not_a_date");
    expect(read("date", { path: "a", form: "DD.MM.YYYY" }, { a: "31.02.2024" })).toBe("not_a_date");
    expect(read("date", { path: "a", form: "DD.MM.YYYY" }, { a: "29.02.2024" })).toBe("2024-02-29");
    expect(read("instant", "a", { a: "2024-02-31T00:00:00Z" })).toBe("not_an_instant");
    expect(read("instant", { path: "a", form: "YYYY-MM-DD HH:mm:ss" }, { a: "2024-02-29 01:02:03" })).toBe(
      "2024-02-29T01:02:03Z",
    );
  });
});

describe("amounts", () => {
  const money = { amount: "a", currency: "c" };

  it("need a currency, and none is ever assumed", () => {
    expect(read("money", money, { a: "5.00", c: "EUR" })).toEqual({ amount: "5", currency: "EUR" });
    expect(read("money", money, { a: 5, c: null })).toBe("currency_missing");
    expect(read("money", money, { a: 5, c: "" })).toBe("currency_missing");
    expect(read("money", { amount: "m.a", currency: "m.c" }, { m: { a: 5 } })).toBe("currency_missing");
    expect(read("money", money, { a: 5, c: "Euro" })).toBe("currency_unknown");
    expect(read("money", { amount: "a", currency: { path: "c", values: { EUR: 1 } } }, { a: 5, c: 2 })).toBe(
      "code_unmapped",
    );
  });

  it("that are missing are null, never 0", () => {
    expect(read("money", money, { a: null, c: "EUR" })).toBeNull();
    expect(read("money", money, { a: null, c: null })).toBeNull();
    expect(read("money", { ...money, empty: null }, { a: "", c: "EUR" })).toBeNull();
    expect(read("money", money, { a: "", c: "EUR" })).toBe("not_decimal");
    expect(read("money", money, { a: 0, c: "EUR" })).toEqual({ amount: "0", currency: "EUR" });
  });

  it("in a currency that the model does not know are refused", () => {
    const known: ReadContext = { ...context, isKnownCurrency: (code) => code === "EUR" };
    const mapping = mappingOf({ money, currency: { path: "c", write: false } });
    expect(readFields(mapping, { a: 5, c: "XXQ" }, known).problems).toMatchObject({
      money: { code: "currency_unknown" },
      currency: { code: "currency_unknown" },
    });
    expect(readFields(mapping, { a: 5, c: "EUR" }, known).problems).toEqual({});
    expect(readFields(mapping, { a: null, c: null }, known).fields).toEqual({ money: null, currency: null });
  });
});

describe("references", () => {
  it("are links, or await the link of their record", () => {
    expect(read("parent", "a", { a: 7 })).toEqual({ link: "L7" });
    expect(read("parent", { path: "a", ref: "things" }, { a: "8" })).toEqual({
      awaits: { entity: "things", connection: "crm", id: "8" },
    });
    expect(read("parent", "a", { a: null })).toBeNull();
    for (const a of ["", 1.5, true, [7, "name"]]) expect(read("parent", "a", { a })).toBe("not_text");
  });

  it("are found in bulk, also inside of lines, once each", () => {
    const mapping = mappingOf({
      parent: "a",
      lines: { list: "l", key: "id", fields: { product: "p" } },
    });
    expect(
      referencesOf(mapping, {
        a: 7,
        l: [
          { id: 1, p: 7 },
          { id: 2, p: "x y" },
          { id: 3, p: null },
        ],
      }),
    ).toEqual([
      { entity: "things", id: "7" },
      { entity: "things", id: "x y" },
    ]);
  });
});

describe("lines", () => {
  const lines = {
    list: "l",
    key: "id",
    lineRef: "ref",
    fields: {
      product: "p",
      quantity: { value: "q", unit: "u" },
      price: { amount: "x", currency: "^cur" },
      note: "n",
    },
  };
  const row = { id: 11, p: 7, q: 2, u: "pc", x: "1.50", n: null };

  it("are keyed by what is known of the row, else by connection and native id", () => {
    expect(read("lines", lines, { cur: "EUR", l: [row, { id: "12", ref: "R" }] })).toEqual([
      {
        key: "K11",
        fields: {
          product: { link: "L7" },
          quantity: { value: "2", unit: "pc" },
          price: { amount: "1.5", currency: "EUR" },
          note: null,
        },
      },
      { key: "crm:12", fields: {} },
    ]);
  });

  it("an empty list, null and an absent list are three values", () => {
    expect(read("lines", lines, { cur: "EUR", l: [] })).toEqual([]);
    expect(read("lines", lines, { cur: "EUR", l: null })).toBeNull();
    expect(read("lines", lines, { cur: "EUR" })).toBe("absent");
    expect(read("lines", lines, { l: [row] }), "the currency's root is missing").toBe("absent");
  });

  it("without an id, with the id of another, or that are none, refuse the field", () => {
    for (const id of [undefined, null, "", 1.5, {}]) {
      expect(
        read("lines", lines, { cur: "EUR", l: [JSON.parse(JSON.stringify({ ...row, id })) as Json] }),
      ).toBe("not_text");
    }
    expect(read("lines", lines, { cur: "EUR", l: [row, { ...row, id: "11" }] })).toBe("not_a_list");
    expect(read("lines", lines, { cur: "EUR", l: [row, "row"] })).toBe("not_a_map");
    expect(read("lines", lines, { cur: "EUR", l: { 0: row } })).toBe("not_a_list");
    expect(
      read("lines", lines, { cur: "EUR", l: Array.from({ length: rowsMax + 1 }, (_, id) => ({ id })) }),
    ).toBe("not_a_list");
  });

  it("with a quantity without a unit are refused, with the place but not the value", () => {
    const problem = readFields(
      mappingOf({ lines }),
      { cur: "EUR", l: [row, { id: 3, q: 918273 }] },
      context,
    ).problems;
    expect(problem["lines"]).toMatchObject({ code: "unit_missing" });
    expect(problem["lines"]?.expected).toMatch(/^row 2: quantity: /);
    expect(JSON.stringify(problem)).not.toContain("918273");
  });

  it("tell their native ids and the key that we left there", () => {
    const mapping = mappingOf({ lines });
    expect(lineIdsOf(mapping, { l: [row, { id: "12", ref: "R" }, { ref: "lost" }] })).toEqual([
      { field: "lines", nativeId: "11", lineRef: null },
      { field: "lines", nativeId: "12", lineRef: "R" },
    ]);
    expect(lineIdsOf(mapping, { l: "none" })).toEqual([]);
  });
});

describe("groups", () => {
  const address = {
    parts: {
      street: "addresses[kind=invoice].line1",
      country: { path: "addresses[kind=invoice].country", values: { DE: "Germany" } },
      rent: { amount: "rent", currency: { constant: "EUR" } },
    },
  };

  it("gather their parts, null where the row is not there", () => {
    const rows = [{ kind: "x" }, { kind: "invoice", line1: "S 1", country: "Germany" }];
    expect(read("address", address, { addresses: rows, rent: 5 })).toEqual({
      street: "S 1",
      country: "DE",
      rent: { amount: "5", currency: "EUR" },
    });
    expect(read("address", address, { addresses: [], rent: null })).toEqual({
      street: null,
      country: null,
      rent: null,
    });
  });

  it("name the part that is refused", () => {
    const native = { addresses: [{ kind: "invoice", line1: "S", country: "Atlantis" }], rent: 1 };
    const { problems } = readFields(mappingOf({ address }), native, context);
    expect(problems["address"]).toMatchObject({ code: "code_unmapped" });
    expect(problems["address"]?.expected).toMatch(/^country: /);
  });
});

describe("constants", () => {
  it("are always there", () => {
    expect(read("code", { constant: "MAIN" }, {})).toBe("MAIN");
    expect(read("decimal", { constant: 5 }, {})).toBe("5");
  });
});

describe("scope", () => {
  const inScope = (values: Json, native: JsonMap): boolean | "unknown" =>
    isInScope(mappingOf({}, { scope: { path: "k.c", in: values } }), native);

  it("compares by text form, and does not know what was not delivered", () => {
    expect(inScope([true], { k: { c: true } })).toBe(true);
    expect(inScope(["1"], { k: { c: 1 } })).toBe(true);
    expect(inScope(["1"], { k: { c: 2 } })).toBe(false);
    expect(inScope(["1"], { k: null })).toBe(false);
    expect(inScope([null], { k: null })).toBe(true);
    expect(inScope(["1"], {})).toBe("unknown");
    expect(inScope(["1"], { k: {} })).toBe("unknown");
    expect(inScope(["1"], { k: "text" })).toBe("unknown");
    expect(inScope(["undefined"], { k: { c: {} } })).toBe(false);
    expect(isInScope(mappingOf({}), {})).toBe(true);
  });
});

describe("images", () => {
  const mapping = mappingOf({
    text: "a.b",
    money: { amount: "m", currency: "c" },
    code: { constant: "X" },
    flag: "f",
    decimal: { path: "d", read: false },
  });
  const native = { a: { b: "B", beside: 1 }, m: "1.00", c: "EUR", f: "not a flag", d: 1, other: true };

  it("hold the roots of a field as they were shown, exactly when it has a value or a problem", () => {
    expect(imagesOf(mapping, native)).toEqual({
      text: { a: { b: "B", beside: 1 } },
      money: { m: "1.00", c: "EUR" },
      code: {},
      flag: { f: "not a flag" },
    });
    expect(Object.keys(imagesOf(mapping, { a: {}, m: 1 }))).toEqual(["code"]);
  });

  it("give the values back, each from its own image", () => {
    const images = imagesOf(mapping, native);
    expect(fieldsOfImages(mapping, images, context)).toEqual({
      text: "B",
      money: { amount: "1", currency: "EUR" },
      code: "X",
    });
    expect(fieldsOfImages(mapping, { money: { m: "1.00" } }, context)).toEqual({});
  });
});

describe("hostile records", () => {
  it("with keys of the prototype are read like others", () => {
    const native = JSON.parse(
      '{"__proto__":{"a":"x","polluted":1},"l":[{"id":1,"__proto__":{"n":"y"}}]}',
    ) as JsonMap;
    expect(read("text", "a", native)).toBe("absent");
    expect(read("lines", { list: "l", key: "id", fields: { note: "n" } }, native)).toEqual([
      { key: "crm:1", fields: {} },
    ]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
