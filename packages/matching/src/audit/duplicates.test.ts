import { describe, expect, it } from "vitest";
import { recogniseColumns } from "./columns.ts";
import type { AuditEntity } from "./columns.ts";
import { duplicatesIn } from "./duplicates.ts";
import { auditList } from "./list.ts";

const words = "Acorn,Birch,Cedar,Delta,Ember,Falcon,Granite,Harbor,Iris,Juniper,Kestrel,Lotus".split(",");

/** The duplicates of a list: rule, record and the one that it repeats. */
function doubled(entity: AuditEntity, names: readonly string[], rows: readonly string[]): readonly string[] {
  const cells = rows.map((row) => row.split("|"));
  const columns = recogniseColumns(entity, names, cells);
  const terms = { today: "2026-01-31", staleDays: 1095 };
  const audit = auditList({ side: "crm", entity, columns }, terms, []);
  for (const row of cells) audit.look(row);
  return [...duplicatesIn(audit)].map(({ rule, id, other }) => `${rule} ${id} ${other?.id ?? ""}`);
}

const firms = words.map(
  (word, at) => `${at}|${word} Trading Ltd|${at + 3} High Street|Leeds|desk@${word.toLowerCase()}.com`,
);
const firmNames = ["id", "name", "street", "city", "email"];
const articles = words.map((word, at) => `${at}|${word} Chair|CH-${at}|${at + 20}.00`);
const articleNames = ["id", "name", "sku", "list price"];

describe("duplicates within one list", () => {
  it("neighbours are none: companies of one town, sizes of one article", () => {
    expect(doubled("accounts", firmNames, firms)).toEqual([]);
    const sizes = Array.from({ length: 12 }, (_, at) => `${at + 50}|Hex Nut ${at + 1}|HN-${at}|0.10`);
    expect(doubled("products", articleNames, [...articles, ...sizes])).toEqual([]);
  });

  it("a company under another legal form with a slip is one, told with the first of them", () => {
    const again = "90|CEDAR TRADNG LIMITED|5 High Street|Leeds|desk@cedar.com";
    expect(doubled("accounts", firmNames, [...firms, again])).toEqual(["duplicate 90 2"]);
  });

  it("the same name elsewhere is a question", () => {
    const elsewhere = "91|Cedar Trading Ltd|99 Low Lane|York|info@another.org";
    expect(doubled("accounts", firmNames, [...firms, elsewhere])).toEqual(["duplicate-unsure 91 2"]);
  });

  it("an article of the same words is found, and one of nearly the same is a question at most", () => {
    const rows = [...articles, "92|Chair Cedar|CH-92|22.00", "93|Ceder Chair|CH-93|22.00"];
    const found = doubled("products", articleNames, rows);
    expect(found.filter((each) => each.endsWith(" 92 2"))).toHaveLength(1);
    expect(found.filter((each) => each.startsWith("duplicate 93"))).toEqual([]);
  });
});
