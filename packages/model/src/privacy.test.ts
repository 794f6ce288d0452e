import { describe, expect, test } from "vitest";
import { readContract } from "./contract-compile.ts";
import { defaultContract } from "./contract.ts";
import { entities, entityNames } from "./entity.ts";
import { isPersonal, keptByLaw, privacyInventory, whyOutOfRegion } from "./privacy.ts";

const lineOf = (file: object, entity: string, field: string) =>
  privacyInventory(readContract(file as never).contract).find(
    (line) => line.entity === entity && line.field === field,
  );

describe("the inventory of personal values", () => {
  test("names every field of every entity, and of a personal one why and how long it is kept", () => {
    const lines = privacyInventory(defaultContract);
    const fields = entityNames.flatMap((name) => Object.keys(entities[name].fields));
    expect(lines.map(({ field }) => field)).toEqual(fields);
    const personal = lines.filter((line) => isPersonal(line));
    expect(personal.length).toBeGreaterThan(20);
    for (const { purpose, legalBasis, retention } of personal) {
      expect(purpose).not.toBe("");
      expect(retention).not.toBe("");
      expect(legalBasis).not.toBeNull();
    }
  });

  test("says of a contact's own values what they are, and of a product nothing", () => {
    const of = (entity: string): readonly (string | null)[][] =>
      privacyInventory(defaultContract)
        .filter((line) => line.entity === entity && isPersonal(line))
        .map(({ field, category }) => [field, category]);
    expect(of("products")).toEqual([]);
    expect(of("contacts")).toEqual([
      ["name", "identity"],
      ["title", "identity"],
      ["phone", "contact"],
      ["mobile", "contact"],
      ["email", "contact"],
      ["account", "identity"],
      ["consent", "consent"],
    ]);
  });

  test("says that something is emptied of what an erasure empties alone, and until when it is kept", () => {
    const own = { contacts: { fields: { nick: { kind: "text" }, lead: { kind: "flag" } } } };
    const { contract } = readContract({ entities: own });
    const lines = privacyInventory(contract).filter((line) => isPersonal(line));
    const emptied = lines.filter(({ erasedAs }) => erasedAs !== null);
    expect(emptied.map(({ entity, field, erasedAs }) => [entity, field, erasedAs])).toEqual([
      ["contacts", "name", "Erased"],
      ...["title", "phone", "mobile", "email", "nick"].map((field) => ["contacts", field, ""]),
    ]);
    const promised = lines.filter(({ retention }) => retention.includes("is erased"));
    expect(promised.map(({ field }) => field)).toEqual(["name", "title", "phone", "mobile", "email"]);
  });

  test("takes what the contract says, and the rest as usual", () => {
    const file = { entities: { contacts: { fields: { email: { privacy: { retention: "two years" } } } } } };
    expect(lineOf(file, "contacts", "email")).toMatchObject({ category: "contact", retention: "two years" });
  });

  test("does not guess what a field of the company's own holds of a person", () => {
    const own = (privacy: object) => ({
      entities: { contacts: { fields: { birthday: { kind: "date", ...privacy } } } },
    });
    expect(lineOf(own({}), "contacts", "birthday")?.category).toBeNull();
    expect(lineOf(own({ privacy: { category: "identity" } }), "contacts", "birthday")).toMatchObject({
      ...{ category: "identity", legalBasis: "contract" },
    });
    const product = { entities: { products: { fields: { colour: { kind: "text" } } } } };
    expect(lineOf(product, "products", "colour")?.category).toBe("none");
  });
});

test("what the law wants kept is the contract's to say", () => {
  expect(keptByLaw(defaultContract).invoices?.years).toBe(10);
  const { contract } = readContract({
    privacy: { keep: { invoices: { years: 8, because: "our law" } } },
  });
  expect(keptByLaw(contract)).toMatchObject({ invoices: { years: 8 }, orders: { years: 6 } });
});

describe("a route between regions", () => {
  const route = (from: string | null, to: string | null) => ({
    ...{ from: { id: "crm", region: from }, to: { id: "erp", region: to } },
  });
  const { contract } = readContract({ privacy: { regions: { eu: ["ch"] } } });

  test("is open without a word of the contract, and within one region", () => {
    expect(whyOutOfRegion(defaultContract, route("eu", "us"))).toBeNull();
    expect(whyOutOfRegion(contract, route("eu", "eu"))).toBeNull();
    expect(whyOutOfRegion(contract, route("eu", "ch"))).toBeNull();
  });

  test("is refused when it is not named, one way and the other", () => {
    expect(whyOutOfRegion(contract, route("eu", "us"))).toContain("crm (eu) to erp (us)");
    expect(whyOutOfRegion(contract, route("ch", "eu"))).toContain("crm (ch) to erp (eu)");
  });

  test("is refused where nobody says in which region a system stands", () => {
    expect(whyOutOfRegion(contract, route("eu", null))).toContain("`region` of erp is not said");
  });
});
