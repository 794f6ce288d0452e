import { expect, it } from "vitest";
import { tableOf } from "../testing/tables.ts";
import { fieldsOf, mappedFields } from "./align.ts";
import { kindOf } from "./recognise.ts";

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
