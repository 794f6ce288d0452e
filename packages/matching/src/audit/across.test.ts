import type { AuditFinding } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { compareLists, pairLists } from "./across.ts";
import { recogniseColumns } from "./columns.ts";
import type { AuditEntity } from "./columns.ts";
import { auditList } from "./list.ts";
import type { ListAudit } from "./list.ts";

const terms = { today: "2026-01-31", staleDays: 1095 };

function listed(side: string, entity: AuditEntity, lines: readonly string[]): ListAudit {
  const [names = [], ...rows] = lines.map((line) => line.split("|"));
  const audit = auditList({ side, entity, columns: recogniseColumns(entity, names, rows) }, terms, []);
  for (const row of rows) audit.look(row);
  audit.end();
  return audit;
}

/** Pairs two lists as a first load would, and compares them. */
function across(left: ListAudit, right: ListAudit): readonly AuditFinding[] {
  const pairing = pairLists(left, right);
  return pairing === null ? [] : [...compareLists(left, right, pairing)];
}

const head = "id|sku|name|unit|list price";
const things = "Spade,Rake,Hammer,Ladder,Bucket,Chisel,Pliers,Wrench,Funnel,Trowel,Mallet,Anvil".split(",");
const lineOf = (place: number, name: string, sku = `SP-${1000 + place}`): string =>
  `${place}|${sku}|${name}|pcs|${place + 5}.50`;
const rowsOf = (named: (name: string, place: number) => string): readonly string[] => [
  head,
  ...things.map((name, place) => lineOf(place, named(name, place))),
];
const articles = (
  named: (name: string, place: number) => string,
  other: (name: string, place: number) => string = (name) => name,
): readonly string[] =>
  across(listed("crm", "products", rowsOf(named)), listed("erp", "products", rowsOf(other))).map(
    ({ rule, field, id, value, other: theirs }) =>
      [rule, field, id, value, theirs?.id ?? "", theirs?.value ?? ""].join(" "),
  );

describe("one number for two articles", () => {
  it("a nut here and a screw there is a number that means two articles, and no name to agree on", () => {
    expect(
      articles(
        (name, place) => (place === 3 ? "Nut" : name),
        (name, place) => (place === 3 ? "Screw" : name),
      ),
    ).toEqual(["identifier-mismatch sku 3 SP-1003 3 Screw"]);
  });

  it("sizes that are the same make no article the same", () => {
    expect(
      articles(
        (name, place) => (place === 3 ? "Nut M6" : name),
        (name, place) => (place === 3 ? "Screw M6" : name),
      ),
    ).toEqual(["identifier-mismatch sku 3 SP-1003 3 Screw M6"]);
  });

  it.each([
    ["Spade", "Spade, steel"],
    ["Alu ladder", "Aluminium-Leiter"],
    ["Schraubendreher", "Schraubn-dreher blau"],
    ["Hamer", "Hammer"],
  ])("%s and %s are one article with two names", (mine, theirs) => {
    const rules = articles(
      (name, place) => (place === 3 ? mine : name),
      (name, place) => (place === 3 ? theirs : name),
    ).map((each) => each.split(" ")[0]);
    expect(rules.filter((rule) => rule === "identifier-mismatch")).toEqual([]);
  });

  it("a GTIN does the same, linked or not, and the records are told once", () => {
    const names = "id|name|gtin|unit|list price";
    const left = listed("crm", "products", [names, "1|Nut|4006381333931|pcs|1.00", "2|Rake||pcs|9.00"]);
    const right = listed("erp", "products", [names, "7|Screw|4006381333931|kg|80.00", "8|Rake||pcs|9.00"]);
    const found = across(left, right).filter(({ id }) => id === "1");
    expect(found.map(({ rule, field, value }) => [rule, field, value])).toEqual([
      ["identifier-mismatch", "gtin", "4006381333931"],
    ]);
  });

  it("systems that name all of their articles in two languages are told as such", () => {
    const german =
      "Spaten,Rechen,Klammer,Leiter,Eimer,Beitel,Zange,Schraubenschluessel,Trichter,Kelle,Fäustel,Amboss";
    const rules = articles(
      (name) => name,
      (_, place) => german.split(",")[place] ?? "",
    ).map((each) => each.split(" ")[0]);
    expect(rules).not.toContain("identifier-mismatch");
    expect(rules).toContain("disagree");
  });
});

it("9.99 is a price that the other side may have otherwise", () => {
  const rows = (price: string): readonly string[] =>
    rowsOf((name) => name).map((row) => row.replace("8.50", price));
  const found = across(listed("crm", "products", rows("9.99")), listed("erp", "products", rows("10.99")));
  expect(found.map(({ rule, value, other }) => [rule, value, other?.value])).toEqual([
    ["price-disagrees", "9.99", "10.99"],
  ]);
});

describe("how good each field is", () => {
  const names = "id|name|vat id|street|city|postcode|country|phone|note|status";
  const of = (id: number, cells: Partial<Record<string, string>> = {}): string => {
    const usual: { readonly [name: string]: string } = {
      ...{ id: String(id), name: `${things[id] ?? ""} Works Ltd`, street: `${id + 3} High Street` },
      ...{ "vat id": "", city: "Leeds", postcode: `LS${id + 1} 4AP`, country: "GB" },
      ...{ phone: `+44 20 7946 0${100 + id}`, note: "", status: "customer" },
    };
    return names
      .split("|")
      .map((name) => cells[name] ?? usual[name] ?? "")
      .join("|");
  };
  const eight = [0, 1, 2, 3, 4, 5, 6, 7];
  const fieldOf = (audit: ListAudit, name: string): object | undefined =>
    audit.quality.fields(audit.records()).find((each) => each.name === name);

  it("as shares of what is there, right, once, and the same in both systems", () => {
    const left = listed("crm", "accounts", [
      names,
      ...eight.map((id) =>
        of(id, {
          ...(id === 0 ? { phone: "n/a" } : {}),
          ...(id === 1 ? { phone: "" } : {}),
          ...(id === 2 ? { phone: "+44 20 79" } : {}),
          ...(id < 2 ? { "vat id": "DE136695976" } : {}),
          ...(id === 2 ? { "vat id": "DE136695970" } : {}),
        }),
      ),
    ]);
    const right = listed("erp", "accounts", [
      names,
      ...eight.map((id) => of(id, id === 5 ? { phone: "+44 20 7946 0999" } : {})),
    ]);
    across(left, right);
    expect(fieldOf(left, "phone")).toEqual({
      ...{ name: "phone", meaning: "phone", filled: 6, completeness: 6 / 8, validity: 5 / 6 },
      // Of eight both sides tell six; one is told otherwise there, one cannot be.
      ...{ uniqueness: null, consistency: 4 / 6 },
    });
    expect(fieldOf(right, "phone")).toMatchObject({ filled: 8, completeness: 1, consistency: 4 / 6 });
    expect(fieldOf(left, "vat id")).toEqual({
      ...{ name: "vat id", meaning: "tax", filled: 3, completeness: 3 / 8, validity: 2 / 3 },
      ...{ uniqueness: 2 / 3, consistency: null },
    });
    expect(fieldOf(left, "id")).toMatchObject({ uniqueness: 1, consistency: null });
    expect(fieldOf(left, "note")).toMatchObject({ filled: 0, completeness: 0, validity: null });
    expect(fieldOf(left, "status")).toMatchObject({ consistency: 1 });
    const whole = left.quality.whole(left.records());
    expect(whole.uniqueness).toBe(10 / 11);
    expect(whole.validity).toBeGreaterThan(0.95);
    expect(whole.validity).toBeLessThan(1);
  });

  it("amounts and numbers that look like fillers are values", () => {
    const lines = ["number|net|total|terms", "99|0.00|9.99|n/a", "2|1.00||30 days"];
    const orders = listed("crm", "orders", lines);
    expect(orders.quality.fields(2).map(({ name, filled }) => [name, filled])).toEqual([
      ...[
        ["number", 2],
        ["net", 2],
        ["total", 1],
        ["terms", 1],
      ],
    ]);
  });

  it("a list without records has no shares", () => {
    const audit = listed("crm", "accounts", [names]);
    expect(fieldOf(audit, "phone")).toMatchObject({
      ...{ completeness: null, validity: null, uniqueness: null, consistency: null },
    });
  });

  it("what only the whole list shows to be wrong counts, and a document whose lines do not fit", () => {
    const tree = listed("crm", "accounts", ["id|name|parent", "1|A one|9", "2|B two|1", "3|C three|"]);
    expect(fieldOf(tree, "parent")).toMatchObject({ filled: 2, validity: 1 / 2 });
    const columns = recogniseColumns("orders", ["number", "net"], [["S1", "10.00"]]);
    const orders = auditList({ side: "crm", entity: "orders", columns, hasLines: true }, terms, []);
    for (const row of [
      ["S1", "10.00"],
      ["S2", "20.00"],
    ])
      orders.look(row);
    orders.end();
    const lineColumns = recogniseColumns("lines", ["order", "net"], [["S1", "10.00"]]);
    const lines = auditList({ side: "crm", entity: "lines", columns: lineColumns }, terms, [orders]);
    for (const row of [
      ["S1", "10.00"],
      ["S2", "21.00"],
    ])
      lines.look(row);
    expect(lines.end().map(({ rule, id }) => [rule, id])).toEqual([["sum-wrong", "S2"]]);
    expect(fieldOf(orders, "net")).toMatchObject({ filled: 2, validity: 1 / 2 });
  });
});
