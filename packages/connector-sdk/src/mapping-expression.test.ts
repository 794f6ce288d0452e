import { describe, expect, it } from "vitest";
import type { FieldKinds, Json, JsonMap } from "@crossfoot/kernel";
import { compileMapping } from "./mapping-compile.ts";
import { evaluateExpressions, parseExpression, withoutResults } from "./mapping-expression.ts";
import { readFields } from "./mapping-read.ts";
import type { EntityMapping, ReadContext } from "./mapping-types.ts";

const kinds: { readonly [entity: string]: FieldKinds } = {
  things: {
    name: { kind: "text" },
    flag: { kind: "boolean" },
    total: { kind: "decimal" },
    net: { kind: "money" },
    lines: { kind: "collection", parts: { total: { kind: "decimal" }, note: { kind: "text" } } },
  },
};
const context: ReadContext = { linkOf: () => undefined, lineKeyOf: () => undefined, connection: "crm" };

function mappingOf(fields: JsonMap): EntityMapping {
  const { mapping, problems } = compileMapping({ entities: { things: { fields } } }, kinds);
  expect(problems).toBeUndefined();
  return mapping!.entities["things"]!;
}

async function read(fields: JsonMap, native: JsonMap): Promise<ReturnType<typeof readFields>> {
  const mapping = mappingOf(fields);
  return readFields(mapping, await evaluateExpressions(mapping, native), context);
}

describe("what an expression reads", () => {
  it.each([
    ["gross - tax", ["gross", "tax"]],
    ["$sum(lines.(qty * price))", ["lines"]],
    ["$$.a.b & $.c", ["a", "c"]],
    ["lines[qty > $$.least].price", ["least", "lines"]],
    ["a ? b : c", ["a", "b", "c"]],
    ["($x := a; $x + b)", ["a", "b"]],
    ["$map(lines, function($l) { $l.qty + z })", ["lines", "z"]],
    ["`odd name`.b", ["odd name"]],
    ['{ "k": a }.k', ["a"]],
    ["lines^(>qty).q", ["lines"]],
    ["lines{kind: $sum(q)}", ["lines"]],
    ["a ~> $uppercase", ["a"]],
    ["(a).b", ["a"]],
    ["1 + 1", []],
  ])("%s", (text, roots) => {
    expect(parseExpression(text)).toEqual({ roots, isWhole: false, refused: [] });
  });

  it.each(["$", "$$", "*", "**.a", "$lookup($$, 'x')", "lines.%.x", "$keys($)"])(
    "%s takes the whole record",
    (text) => {
      expect(parseExpression(text)).toMatchObject({ isWhole: true });
    },
  );

  it.each(["$now()", "$millis()", "a & $random()", "$shuffle(a)", "$eval(a)", "a.($n := $now; $n())"])(
    "%s depends on more than the record, and is refused",
    (text) => {
      expect(parseExpression(text)).toHaveProperty("problem");
    },
  );

  it("what is no expression, or too long for one, is refused", () => {
    expect(parseExpression("a +")).toHaveProperty("problem");
    expect(parseExpression("a".repeat(5000))).toHaveProperty("problem");
  });
});

describe("evaluating expressions", () => {
  it("a decimal is rounded to the digits that it says, by its shortest form", async () => {
    const fields = { total: { expression: "a + b", digits: 2 } };
    expect(await read(fields, { a: 0.1, b: 0.2 })).toEqual({ fields: { total: "0.3" }, problems: {} });
    expect(await read(fields, { a: 1, b: 0.125 })).toMatchObject({ fields: { total: "1.13" } });
  });

  it("an absent root leaves the field absent, nothing is null, and zero is zero", async () => {
    const fields = { total: { expression: "a - b", digits: 0 }, name: { expression: "n.first" } };
    expect(await read(fields, { a: 1 })).toEqual({ fields: {}, problems: {} });
    expect(await read(fields, { a: 1, b: 1, n: {} })).toEqual({
      fields: { total: "0", name: null },
      problems: {},
    });
  });

  it("with `missing: null` an absent root is for the expression to judge", async () => {
    const fields = { name: { expression: "$exists(n) ? n : 'none'", missing: null } };
    expect(await read(fields, {})).toMatchObject({ fields: { name: "none" } });
  });

  it("sees no other roots than those it names", async () => {
    const fields = { name: { expression: "$string($keys())", missing: null } };
    expect((await read(fields, { secret: "x" })).fields["name"]).toBeNull();
  });

  it("inside of a list it is evaluated over each row; the record is asked for the list", async () => {
    const fields = { lines: { list: "l", key: "id", fields: { total: { expression: "q * p", digits: 2 } } } };
    expect(mappingOf(fields).roots).toEqual(["l"]);
    const native = {
      l: [
        { id: 1, q: 2, p: 1.5 },
        { id: 2, q: 2 },
        { id: 3, q: "x", p: 1 },
      ],
    };
    const evaluated = await evaluateExpressions(mappingOf(fields), native);
    expect((evaluated["l"] as readonly JsonMap[])[0]).toEqual({ id: 1, q: 2, p: 1.5, "=total": 3 });
    expect(await read(fields, { l: native.l.slice(0, 2) })).toMatchObject({
      fields: {
        lines: [
          { key: "crm:1", fields: { total: "3" } },
          { key: "crm:2", fields: {} },
        ],
      },
    });
    expect((await read(fields, native)).problems["lines"]).toMatchObject({ code: "expression_failed" });
  });

  it("what a system delivers under the root of a result is not taken for one", async () => {
    const fields = { name: { expression: "a.b" } };
    expect(await read(fields, { "=name": "forged" })).toEqual({ fields: {}, problems: {} });
    expect(await read(fields, { "=name": "forged", a: { b: "B" } })).toMatchObject({ fields: { name: "B" } });
    const { problems } = await read(fields, { a: { b: { "=failed": "secret" } } });
    expect(problems["name"]).toEqual({
      code: "expression_failed",
      expected: "an expression that can be evaluated (result)",
    });
  });

  it("results can be taken out again, and nothing else goes with them", async () => {
    const lines = { list: "l", key: "id", fields: { total: { expression: "q", digits: 0 } } };
    const mapping = mappingOf({ name: { expression: "a" }, lines });
    const native = { a: "x", "=other": 1, l: [{ id: 1, q: 1, "=x": 2 }, "stray"] };
    const evaluated = await evaluateExpressions(mapping, native);
    expect(evaluated).not.toEqual(native);
    expect(withoutResults(mapping, evaluated)).toEqual(native);
    expect(withoutResults(mapping, { l: "text" })).toEqual({ l: "text" });
  });

  it("does not change what it was given", async () => {
    const native = Object.freeze({ l: Object.freeze([Object.freeze({ q: 1 })]), a: "x" });
    await evaluateExpressions(mappingOf({ name: { expression: "$string(l[].q) & a" } }), native);
    expect(native).toEqual({ l: [{ q: 1 }], a: "x" });
  });

  it.each([
    ["a type that does not fit", "$number(a)"],
    ["an endless recursion", "($f := function($x) { $f($x + 1) }; $f(1) & a)"],
    ["an endless tail recursion", "($f := function($x) { $x < 0 ? a : $f($x + 1) }; $f(1))"],
    ["a range beyond all measure", "$sum([1..9999999]) & a"],
    ["an error of its own", "$error(a)"],
    ["a pattern that explodes", '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" & a, /^(a+)+$/)'],
    ["one that explodes by what it refers to", '$contains($pad("", 120, "ab") & "!", /^((ab)*)*\\1$/)'],
    ["a function as a result", "a ~> function($x) { function($y) { $x } }"],
  ])("%s fails for the field alone, without its value", async (_, expression) => {
    const result = await read({ name: { expression }, flag: "f" }, { a: "secret-value", f: true });
    expect(result.fields).toEqual({ flag: true });
    expect(result.problems["name"]).toMatchObject({ code: "expression_failed" });
    expect(JSON.stringify(result.problems)).not.toContain("secret-value");
  });

  it("a pattern that is meant works as ever, also a long one over a long text", async () => {
    const expression = String.raw`$replace(a, /\s*(\w+)\s*,\s*(\w+)\s*/, "$2 $1") & $count($match(b, /x+/))`;
    const native = { a: " Sand , Ada ", b: "x y ".repeat(5_000) };
    const result = await read({ name: { expression } }, native);
    expect(result.fields).toEqual({ name: "Ada Sand5000" });
  });

  it("keys that name the machinery of objects are keys like any other", async () => {
    const native = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "c", "a": "x"}') as JsonMap;
    const expression = '$merge([{"__proto__": {"polluted": 2}}, {"v": a}]).v & constructor';
    const result = await read({ name: { expression } }, native);
    expect(result.fields).toEqual({ name: "xc" });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("many at once do not share their limits", async () => {
    const mapping = mappingOf({ total: { expression: "$sum(l.(q * p))", digits: 2 } });
    const l: Json = Array.from({ length: 500 }, () => ({ q: 2, p: 1.25 }));
    const results = await Promise.all(Array.from({ length: 200 }, () => evaluateExpressions(mapping, { l })));
    expect(results.every((each) => each["=total"] === 1250)).toBe(true);
  });
});
