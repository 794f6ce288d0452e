import { auditRuleIds } from "@crossfoot/model";
import type { AuditFinding } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { recogniseColumns } from "./columns.ts";
import type { AuditEntity } from "./columns.ts";
import { auditList } from "./list.ts";
import type { ListAudit } from "./list.ts";

const terms = { today: "2026-01-31", staleDays: 1095 };

/** Looks at a list of lines whose cells stand between bars. */
function looked(
  entity: AuditEntity,
  lines: readonly string[],
  before: readonly ListAudit[] = [],
): { readonly audit: ListAudit; readonly found: readonly AuditFinding[] } {
  const [names = [], ...rows] = lines.map((line) => line.split("|"));
  const columns = recogniseColumns(entity, names, rows);
  const audit = auditList({ side: "crm", entity, columns }, terms, before);
  const found = [...rows.flatMap((row) => audit.look(row)), ...audit.end()];
  return { audit, found };
}

const accounts =
  "id|name|parent|street|city|postcode|country|phone|email|website|vat id|currency|status|last activity";
const good =
  "1|Acorn Foods Ltd||3 High Street|Leeds|LS1 4AP|GB|+44 20 7946 0018|ada@acornfoods.com|acornfoods.com|DE136695976|GBP|customer|2025-12-01";
const products = "product id|sku|name|gtin|unit|list price|standard cost|active";
const spade = "1|SP-1|Spade|4006381333931|pcs|12.50|8.00|true";
const orders = "number|account|date|due date|currency|net|tax amount|total";
const order = "S1|1|2025-12-01|2025-12-31|EUR|100.00|19.00|119.00";

/** The header and one record with some of its cells replaced. */
function withCells(
  head: string,
  line: string,
  cells: { readonly [name: string]: string },
): readonly string[] {
  const names = head.split("|");
  const row = line.split("|").map((cell, at) => cells[names[at] ?? ""] ?? cell);
  return [head, row.join("|")];
}

describe("a fault of one record is found by its rule and by no other", () => {
  it("nothing is found in records that are in order", () => {
    expect(looked("accounts", [accounts, good]).found).toEqual([]);
    expect(looked("products", [products, spade]).found).toEqual([]);
    expect(looked("orders", [orders, order]).found).toEqual([]);
  });

  it.each([
    ["missing", "name", ""],
    ["placeholder", "phone", "000-000"],
    ["placeholder", "name", "n/a"],
    ["text-untrimmed", "city", " Leeds"],
    ["text-garbled", "name", "MÃ¼ller Ltd"],
    ["phone-invalid", "phone", "+44 20 79"],
    ["phone-invalid", "phone", "ask Ada"],
    ["mail-invalid", "email", "ada.acornfoods.com"],
    ["mail-invalid", "email", "ada@@acornfoods.com"],
    ["mail-invalid", "email", "ada@acornfoods"],
    ["web-invalid", "website", "#HOME.HTM#"],
    ["reserved", "email", "ada@acorn.example"],
    ["placeholder", "email", "ada@shop.example.com"],
    ["reserved", "website", "https://www.acorn.test/home"],
    ["reserved", "website", "acorn.invalid"],
    ["tax-id-invalid", "vat id", "DE136695970"],
    ["country-unknown", "country", "Atlantis"],
    ["currency-unknown", "currency", "EURO"],
    ["date-invalid", "last activity", "2025-02-30"],
    ["date-invalid", "last activity", "2027-01-01"],
    ["orphan", "parent", "99"],
    ["cycle", "parent", "1"],
    ["stale", "last activity", "2019-01-01"],
    ["address-incomplete", "street", ""],
    ["address-incomplete", "city", ""],
    ["postcode-missing", "postcode", ""],
    ["postcode-invalid", "postcode", "1234"],
  ])("%s: %s is %j", (rule, field, value) => {
    const { found } = looked("accounts", withCells(accounts, good, { [field]: value }));
    expect(found.map((each) => [each.rule, each.field, each.id])).toEqual([[rule, field, "1"]]);
  });

  it.each([
    ["gtin-invalid", "gtin", "4006381333932"],
    ["unit-unknown", "unit", "smidgen"],
    ["number-invalid", "list price", "12,5,0"],
    ["price-missing", "list price", ""],
    ["price-missing", "list price", "0.00"],
    ["price-missing", "list price", "999999.99"],
    ["price-negative", "list price", "-1.00"],
    ["price-below-cost", "list price", "7.99"],
    ["missing", "sku", ""],
  ])("%s: %s is %j", (rule, field, value) => {
    const { found } = looked("products", withCells(products, spade, { [field]: value }));
    expect(found.map((each) => [each.rule, each.field])).toEqual([[rule, field]]);
  });

  it.each([
    ["date-order", "due date", "2025-11-30"],
    ["total-wrong", "total", "119.10"],
    ["missing", "account", ""],
  ])("%s: %s is %j", (rule, field, value) => {
    const { found } = looked("orders", withCells(orders, order, { [field]: value }));
    expect(found.map((each) => [each.rule, each.field])).toEqual([[rule, field]]);
  });

  it("9999 is a postal code and no filler", () => {
    const swiss = { postcode: "9999", country: "CH", phone: "", "vat id": "" };
    expect(looked("accounts", withCells(accounts, good, swiss)).found).toEqual([]);
  });

  it.each(["9.99", "99.90", "999.00", "9999.99"])("%s is a price, and no filler", (price) => {
    expect(looked("products", withCells(products, spade, { "list price": price })).found).toEqual([]);
  });

  it("what is not sold needs no price, and what is closed is not stale", () => {
    expect(
      looked("products", withCells(products, spade, { "list price": "", active: "false" })).found,
    ).toEqual([]);
    const closed = withCells(accounts, good, { status: "archived", "last activity": "2001-01-01" });
    expect(looked("accounts", closed).found).toEqual([]);
  });
});

describe("a list tells what no record tells alone", () => {
  it("an id and a number that two records have", () => {
    const twice = [products, spade, spade, spade.replace("1|SP-1", "2|sp 1").replace("4006381333931", "")];
    const { found } = looked("products", twice);
    expect(found.map(({ rule, row }) => [rule, row])).toEqual([
      ["id-twice", 2],
      ["key-twice", 3],
    ]);
  });

  it("a circle of parents is told once for each of its records, and ends", () => {
    const tree = ["id|name|parent", "1|A one|2", "2|B two|3", "3|C three|1", "4|D four|1", "5|E five|"];
    const { found } = looked("accounts", tree);
    expect(found.map(({ rule, id, says }) => [rule, id, says])).toEqual([
      ["cycle", "1", "1 > 2 > 3 > 1"],
      ["cycle", "2", "2 > 3 > 1 > 2"],
      ["cycle", "3", "3 > 1 > 2 > 3"],
    ]);
  });

  it("a child whose parent is in no list", () => {
    const { audit } = looked("accounts", [accounts, good]);
    const { found } = looked(
      "contacts",
      ["id|name|account|email", "1|Ada Lo|1|a@acorn.com", "2|Bo Li|7|b@acorn.com"],
      [audit],
    );
    expect(found.map(({ rule, id, value }) => [rule, id, value])).toEqual([["orphan", "2", "7"]]);
  });

  it.each(["99", "000", "1111"])("document %s is there, though its number looks like a filler", (number) => {
    const { audit } = looked("orders", [orders, order.replace("S1", number)]);
    const { found } = looked("shipments", ["id|order", `7|${number}`], [audit]);
    expect(found).toEqual([]);
  });

  it("the forms of a column that few values have, with the usual form where it is certain", () => {
    const rows = Array.from(
      { length: 20 },
      (_, at) => `${at + 1}|Firm number ${at}|DE|+49 30 12345${at + 10}|`,
    );
    const odd = ["21|Firm number 21|Germany|030 1234599|", "22|FIRM NUMBER 22|DE|+49 30 1234588|"];
    const { found } = looked("accounts", ["id|name|country|phone|note", ...rows, ...odd]);
    expect(found.map(({ rule, id, field, repair }) => [rule, id, field, repair])).toEqual([
      ["format-mix", "22", "name", null],
      ["format-mix", "21", "country", "DE"],
      ["format-mix", "21", "phone", "+49 30 1234599"],
    ]);
  });
});

describe("a repair is proposed only where the right value is certain", () => {
  it.each([
    ["city", "Leeds ", "Leeds"],
    ["currency", "gbp", "GBP"],
    ["email", "mailto:ada@acornfoods.com", "ada@acornfoods.com"],
    ["postcode", "1234", null],
    ["country", "Atlantis", null],
    ["vat id", "DE136695970", null],
  ])("%s %j becomes %j", (field, value, repair) => {
    const { found } = looked("accounts", withCells(accounts, good, { [field]: value }));
    expect(found.map((each) => each.repair)).toEqual([repair]);
  });
});

it("every rule has a name that findings are told by", () => {
  expect(new Set(auditRuleIds).size).toBe(auditRuleIds.length);
});

describe("a repair is told only where it is certain", () => {
  /** Five accounts of which the last has another value in one column. */
  function repairOf(name: string, usual: (at: number) => string, odd: string): string | null | undefined {
    const rows = [0, 1, 2, 3].map(
      (at) => withCells(accounts, good, { [name]: usual(at), id: String(at) })[1] ?? "",
    );
    const last = withCells(accounts, good, { [name]: odd, id: "9" })[1] ?? "";
    const { found } = looked("accounts", [accounts, ...rows, last]);
    return found.find(({ id, field }) => id === "9" && field === name)?.repair;
  }
  const phone = (at: number): string => `+44 20 7946 001${at}`;
  const mail = (at: number): string => `a${at}@acornfoods.com`;

  it.each([
    ["phone", phone, "020 7946 0019", "+44 20 7946 0019"],
    // An extension, or a second number, would be lost.
    ["phone", phone, "020 7946 0019 ext. 12", null],
    ["phone", phone, "020 7946 0019 / 020 7946 0020", null],
    ["email", mail, "Ada@AcornFoods.COM", "Ada@acornfoods.com"],
    ["email", mail, "ada @acornfoods.com.", "ada@acornfoods.com"],
    // The blank may stand for a dot, a hyphen or nothing.
    ["email", mail, "ada lovelace@acornfoods.com", null],
    ["name", (at: number) => `Acorn ${at}`, "Acorn\u200B Foods", "Acorn Foods"],
  ] as const)("%s written as %#", (name, usual, odd, repair) => {
    expect(repairOf(name, usual, odd)).toBe(repair);
  });

  it("a VAT id gets the prefix of its country where its check digit holds with it", () => {
    const line = (id: string, vat: string): string =>
      withCells(accounts, good, { id: id, "vat id": vat, country: "DE", phone: "", postcode: "10115" })[1] ??
      "";
    const { found } = looked("accounts", [
      ...[accounts, line("1", "DE136695976"), line("2", "DE115235681"), line("3", "DE811569869")],
      ...[line("4", "129273398"), line("5", "129273399"), line("6", "DE 119 429 301")],
    ]);
    const repairs = found.filter(({ rule, field }) => rule === "format-mix" && field === "vat id");
    expect(repairs.map(({ id, repair }) => [id, repair])).toEqual([
      ["4", "DE129273398"],
      ["6", "DE119429301"],
    ]);
  });

  it("a unit gets the usual word for it, and of two words of which neither is usual none is right", () => {
    const line = (id: string, unit: string): string =>
      withCells(products, spade, { "product id": id, sku: `S${id}`, gtin: "", unit })[1] ?? "";
    const mixed = (...units: readonly string[]): readonly (string | null)[] => {
      const rows = units.map((unit, at) => line(String(at), unit));
      const { found } = looked("products", [products, ...rows]);
      return found.filter(({ rule }) => rule === "format-mix").map(({ repair }) => repair);
    };
    expect(mixed("pcs", "pcs", "Stk")).toEqual(["pcs"]);
    expect(mixed("pcs", "Stk")).toEqual([null]);
  });

  it("the lines of a street are no blanks too many", () => {
    const lines = withCells(accounts, good, { street: "Acorn House\n3 High Street" });
    expect(looked("accounts", lines).found).toEqual([]);
  });
});

it("records whose cells are too long together are looked at and not kept", () => {
  const columns = recogniseColumns("accounts", ["id", "name"], [["1", "Acorn"]]);
  const audit = auditList({ side: "crm", entity: "accounts", columns }, { ...terms, keptSigns: 30 }, []);
  for (const id of ["1", "2", "3"]) audit.look([id, "Acorn Foods"]);
  expect(audit.rows()).toBeNull();
  expect(audit.look(["3", "Birch Steel"]).map(({ rule }) => rule)).toContain("id-twice");
  expect(audit.heldBytes()).toBeGreaterThan(0);
});
