import { describe, expect, it } from "vitest";
import { canonical, parseJson, parseTail } from "./json.ts";

describe("numbers of an answer", () => {
  it.each([
    ["12345678901234567890", "12345678901234567890"],
    ["0.1234567890123456", "0.1234567890123456"],
    ["-98765432109876543.21", "-98765432109876543.21"],
    ["1e400", "1e400"],
    ["1e-400", "1e-400"],
  ])("%s keeps every digit, as text", (source, kept) => {
    expect(parseJson(`{"a":[${source}]}`)).toEqual({ a: [kept] });
  });

  it.each([
    ["12.50", 12.5],
    ["-0", -0],
    ["123456789012345", 123456789012345],
    ["1000000000000000000000", 1e21],
    ["1.5e3", 1500],
    ["0.000000000000000000001", 1e-21],
  ])("%s is a number, since no digit is lost", (source, value) => {
    expect(parseJson(source)).toBe(value);
  });

  it("does not touch digits inside text", () => {
    expect(parseJson('{"iban":"12345678901234567890","n":1}')).toEqual({
      iban: "12345678901234567890",
      n: 1,
    });
  });
});

describe("what is no JSON", () => {
  it.each(["<html></html>", '{"a":', "", "undefined", '{"a":1} x'])("%j is undefined", (text) => {
    expect(parseJson(text)).toBeUndefined();
  });

  it("finds the JSON at the end of an HTML error", () => {
    const body = 'Error<br>\n{ no json }\n{\n  "error": {\n    "code": 500\n  }\n}';
    expect(parseTail(body)).toEqual({ error: { code: 500 } });
    expect(parseTail("Error<br>")).toBeUndefined();
  });

  it("keeps a key named __proto__ as a key", () => {
    const parsed = parseJson('{"__proto__":{"a":1}}');
    expect(Object.keys(parsed as object)).toEqual(["__proto__"]);
    expect((parsed as { a?: number }).a).toBeUndefined();
  });
});

it("canonical text does not depend on the order of keys", () => {
  expect(canonical({ b: 1, a: [{ d: null, c: "x" }] })).toBe(canonical({ a: [{ c: "x", d: null }], b: 1 }));
  expect(canonical({ a: 1 })).not.toBe(canonical({ a: "1" }));
});
