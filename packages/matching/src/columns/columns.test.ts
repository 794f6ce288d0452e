import { expect, it } from "vitest";
import { tableOf } from "../testing/tables.ts";
import { fieldsOf, mappedFields } from "./align.ts";
import { SideReader } from "./prepare.ts";
import { kindOf } from "./recognise.ts";
import { vocabularyOf } from "./vocabulary.ts";

it.each([
  ["account_id", "ignored"],
  ["VAT ID", "tax"],
  ["Telephone 1", "phone"],
  ["Website", "web"],
  ["BillingPostalCode", "postcode"],
  ["firstName", "given"],
  ["last_name", "family"],
  ["street_number", "house"],
  ["Address Line 1", "street"],
  ["city", "place"],
  ["SKU", "code"],

  ["Company", "name"],
  ["date_of_birth", "date"],
  ["Industry", "category"],
])("a column %j is read as %s", (header, kind) => {
  expect(kindOf(tableOf(header, ["x1", "y2"]), 0, "accounts")).toBe(kind);
});

it("of people, first and last are names; of firms the last is anything", () => {
  const table = tableOf("first|last", ["Ann|Lee", "Bo|Ray"]);
  expect([0, 1].map((at) => kindOf(table, at, "users"))).toEqual(["given", "family"]);
  expect([0, 1].map((at) => kindOf(table, at, "contacts"))).toEqual(["given", "family"]);
  expect(kindOf(table, 1, "accounts")).not.toBe("family");
});

it("a header that says nothing is read by its content", () => {
  const rows = [
    "ann@a.de|DE136695976|2024-01-31|+49 89 1234567|https://a.de",
    "bob@b.fr|ATU13585627|2023-12-01|0711 987654-0|b",
  ];
  const table = tableOf("k1|k2|k3|k4|k5", [...rows, ...Array.from({ length: 8 }, () => rows[0] ?? "")]);
  expect([0, 1, 2, 3, 4].map((at) => kindOf(table, at, "accounts"))).toEqual([
    "mail",
    "tax",
    "date",
    "phone",
    "web",
  ]);
});

it("a column of prices is numbers, and prices in words are not", () => {
  expect(kindOf(tableOf("price", ["$ 12.50", "13"]), 0, "products")).toBe("number");
  expect(kindOf(tableOf("price", ["on request", "ask us"]), 0, "products")).not.toBe("number");
});

it("columns of one kind are paired by what they hold, keys are not compared", () => {
  const left = tableOf("id|billing city|shipping city", ["1|Leeds|York", "2|Bath|Dover"]);
  const right = tableOf("no_key|town b|town a", ["9|York|Leeds", "8|Dover|Bath"]);
  const pairs = fieldsOf({ left, right }, "accounts").map((field) => [field.left, field.right]);
  expect(pairs).toEqual([
    [1, 2],
    [2, 1],
  ]);
});

it("a map that names a column that is not there is refused with its name", () => {
  const left = tableOf("name", ["Acme"]);
  const map = [{ left: "nme", right: "name" }];
  expect(() => mappedFields({ left, right: null }, map, "accounts")).toThrow(/nme/);
});

it("of many columns the first of every kind is compared, and no more than twelve", () => {
  const more = Array.from({ length: 60 }, (_, at) => `name_${at}`);
  const table = tableOf(["company", ...more, "vat", "email", "phone"].join("|"), ["a|b"]);
  const names = fieldsOf({ left: table, right: null }, "accounts").map(({ name }) => name);
  expect(names).toHaveLength(12);
  expect(names).toEqual(expect.arrayContaining(["company", "vat", "email", "phone"]));
});

it("long texts are told apart to the last word, and equal ones are one value", () => {
  const fields = [{ name: "text", kind: "text", left: 0, right: 0 }] as const;
  const vocabulary = vocabularyOf(fields);
  const reader = new SideReader(vocabulary, fields, { end: "left", entity: "products" });
  const text = Array.from({ length: 900 }, (_, at) => `word${at}`).join(" ");
  for (const each of [text, `${text} more`, text.toUpperCase()]) reader.add([each]);
  const [first, other, again] = reader.side().values[0] ?? [];
  expect([other === first, again === first]).toEqual([false, true]);
  expect(vocabulary.fields[0]?.keyOf(first ?? -1).length).toBeLessThan(40);
});
