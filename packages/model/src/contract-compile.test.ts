import { connectionId } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { isCompanyFact } from "./company-totals.ts";
import { compilePolicy, readContract } from "./contract-compile.ts";
import { contractWords } from "./contract-words.ts";
import { defaultContract } from "./contract.ts";
import { entities, entityNames, statusCodes } from "./entity.ts";
import { fieldKindsOf } from "./own-field.ts";

const roles = { crm: connectionId("c"), erp: connectionId("e") };
const problemsOf = (file: Parameters<typeof readContract>[0]): readonly string[] =>
  readContract(file).problems.map(({ path, problem }) => `${path.join(".")}: ${problem}`);

describe("contract", () => {
  test("an empty contract is the default one", () => {
    expect(readContract(null)).toEqual({ contract: defaultContract, problems: [] });
    expect(readContract({}).contract).toEqual(defaultContract);
  });
  test("a misspelt entity, key, field or status is named with the nearest known one", () => {
    expect(problemsOf({ entities: { acounts: {} } })).toEqual([
      "entities.acounts: unknown entity `acounts`; did you mean `accounts`?",
    ]);
    expect(problemsOf({ entities: { accounts: { mastre: "crm" } } })[0]).toContain("did you mean `master`?");
    expect(problemsOf({ entities: { accounts: { fields: { naem: {} } } } })[0]).toContain(
      "did you mean `name`?",
    );
    const ownership = [{ at: "erp", statuses: ["convertd"], fields: "*", writer: "nobody" }];
    expect(problemsOf({ entities: { quotes: { ownership } } })[0]).toContain("did you mean `converted`?");
  });
  test("a contract that lets both sides master one field is refused", () => {
    const both = problemsOf({ entities: { accounts: { fields: { name: { master: ["crm", "erp"] } } } } });
    expect(both[0]).toContain("a field has one master");
    expect(problemsOf({ entities: { accounts: { master: "both" } } })[0]).toContain("a field has one master");
  });
  test("a value that a key cannot have is named", () => {
    expect(problemsOf({ entities: { accounts: { direction: "sideways" } } })[0]).toContain("is one of both");
    expect(problemsOf({ entities: { accounts: { newestTolerance: -1 } } })[0]).toContain("0 or more");
    expect(problemsOf([])).toEqual([": a contract is a map"]);
  });
  test("a file overrides field by field and leaves the rest", () => {
    const { contract } = readContract({
      entities: { accounts: { fields: { phone: { policy: "review" } } } },
    });
    const policy = compilePolicy(contract, "accounts", roles);
    expect([policy.fields["phone"]?.policy, policy.fields["name"]?.policy]).toEqual(["review", "master"]);
    expect(policy.fields["creditLimit"]).toMatchObject({ master: "e", writers: ["e"], targets: ["c"] });
  });
  test("a field of the company's own says its kind, and is a field like any other from then on", () => {
    const fields = { loyalty: { kind: "code", master: "crm", direction: "both", means: "Tier." } };
    const survivorship = { loyalty: "longest" };
    const { contract, problems } = readContract({
      entities: { accounts: { fields, matchKeys: [["loyalty"]], consolidation: { survivorship } } },
    });
    expect(problems).toEqual([]);
    const policy = compilePolicy(contract, "accounts", roles).fields["loyalty"];
    expect(policy).toMatchObject({ kind: { kind: "code" }, master: "c", writers: ["c", "e"] });
    expect(fieldKindsOf("accounts", contract.entities.accounts)["loyalty"]).toEqual({ kind: "code" });
    expect(fieldKindsOf("contacts", contract.entities.contacts)).toBe(entities.contacts.fields);
    const words = contractWords(contract).entities.find(({ entity }) => entity === "accounts");
    expect(words?.fields.find(({ field }) => field === "loyalty")).toMatchObject({
      ...{ title: "Loyalty", definition: "Tier.", master: "crm" },
    });
  });
  test("a kind that is none, a name that is none and a kind for a field of every company are named", () => {
    const told = (field: string, terms: object): string =>
      problemsOf({ entities: { accounts: { fields: { [field]: terms } } } as never }).join();
    expect(told("loyalty", { kind: "colour" })).toContain("says its `kind`: text, code, decimal");
    expect(told("loyalty", {})).toContain("unknown field `loyalty`");
    expect(told("x_loyalty", { kind: "text" })).toContain("is no name for a field of your own");
    expect(told("name", { kind: "code" })).toContain("has its kind already");
  });
  test("closed books stand for the ERP and its invoices, a wrong day or entity is named", () => {
    const { contract, problems } = readContract({ periods: { closedThrough: "2026-10-31" } });
    expect(problems).toEqual([]);
    const closed = { at: roles.erp, field: "date", through: "2026-10-31" };
    expect(compilePolicy(contract, "invoices", roles).closed).toEqual(closed);
    expect(compilePolicy(contract, "orders", roles).closed).toBeUndefined();
    expect(compilePolicy(defaultContract, "invoices", roles).closed).toBeUndefined();
    expect(problemsOf({ periods: { closedThrough: "31.10.2026" } })[0]).toContain("such as 2026-10-31");
    expect(problemsOf({ periods: { closedThrough: "2026-02-30" } })[0]).toContain("such as 2026-10-31");
    expect(problemsOf({ periods: { closedThrough: "2026-10-31", entities: ["products"] } })[0]).toContain(
      "a list of quotes, orders, invoices",
    );
    expect(problemsOf({ periods: { closedTrough: "2026-10-31" } })[0]).toContain("`closedThrough`?");
  });
  test("a rule for creates on one side leaves the other side's as it is", () => {
    const { contract } = readContract({ entities: { accounts: { create: { erp: { when: "always" } } } } });
    expect(contract.entities.accounts.create.crm).toEqual(defaultContract.entities.accounts.create.crm);
    expect(contract.entities.accounts.create.erp).toEqual({ when: "always" });
  });
  test("every entity compiles: each field has one master, and one-way fields one writer", () => {
    for (const name of entityNames) {
      const policy = compilePolicy(defaultContract, name, roles);
      expect(Object.keys(policy.fields)).toEqual(Object.keys(entities[name].fields));
      for (const field of Object.values(policy.fields)) {
        expect([roles.crm, roles.erp]).toContain(field.master);
        for (const target of field.targets)
          expect(field.writers.some((writer) => writer !== target)).toBe(true);
      }
      for (const key of policy.matchKeys.flat()) expect(Object.keys(policy.fields)).toContain(key);
      for (const rule of policy.ownership)
        for (const status of rule.statuses) expect(statusCodes[name]).toContain(status);
    }
  });
  test("financial facts go one way: what the ERP books is never written to it", () => {
    for (const name of ["orders", "invoices", "inventory", "shipments", "products", "pricebooks"] as const) {
      const { fields } = compilePolicy(defaultContract, name, roles);
      // What we pay for a product is read for the audit and goes nowhere.
      const isKept = (field: string): boolean => field === "cost" || isCompanyFact(field);
      for (const { field, targets } of Object.values(fields))
        expect([field, targets]).toEqual([field, isKept(field) ? [] : ["c"]]);
    }
  });
  test("facts in the company's currency are compared alone: no contract gives them a master or a way", () => {
    const given = (terms: { readonly [key: string]: string }): readonly string[] =>
      problemsOf({ entities: { invoices: { fields: { companyGross: terms } } } });
    const refused =
      "entities.invoices.fields.companyGross: `companyGross` is what each system reckons by itself: " +
      "it is compared, and has no master";
    expect(given({ direction: "erp-to-crm" })).toEqual([refused]);
    expect(given({ master: "erp" })).toEqual([refused]);
    expect(given({ means: "As in our books.", direction: "compare" })).toEqual([]);
  });
});
