import { createHash } from "node:crypto";
import { connectionId, linkId } from "@crossfoot/kernel";
import type { Fields } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { comparedFields } from "./company-totals.ts";
import { compilePolicy } from "./contract-compile.ts";
import { defaultContract } from "./contract.ts";
import { explainCompany } from "./explained-company.ts";
import { companySides } from "./footing.ts";
import type { FootedDocument } from "./footing.ts";
import { proveFields } from "./proof.ts";
import { sealFaults, sealStatement } from "./seal.ts";
import type { SealedStatement } from "./seal.ts";
import { comparePair, composeStatement } from "./statement.ts";
import type { Difference, Pair } from "./statement.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const policy = compilePolicy(defaultContract, "invoices", {
  crm: connectionId("c"),
  erp: connectionId("e"),
});
const money = (currency: string) => (amount: string) => ({ amount, currency });
const [euro, dollar] = [money("EUR"), money("USD")];

/** Three lines of 100.33 EUR without tax. */
const lines = ["1", "2", "3"].map((key) => ({
  key,
  fields: { product: { link: `p-${key}` }, quantity: { value: "1", unit: "pcs" }, unitPrice: euro("100.33") },
}));
/** An invoice of 300.99 EUR over those lines, and what it is in the company's dollars. */
const small = (company: Fields): Fields => ({
  ...{ account: { link: "a-1" }, date: "2026-03-02", status: "open", currency: "EUR", lines },
  ...{ net: euro("300.99"), tax: euro("0"), gross: euro("300.99") },
  ...company,
});
const [whole] = lines.map((line) => ({ ...line, fields: { ...line.fields, unitPrice: euro("100") } }));
/** An invoice of 100 EUR and 19 % tax, and what it is in the company's dollars. */
const big = (company: Fields): Fields => ({
  ...small({}),
  ...{ lines: whole === undefined ? [] : [whole], net: euro("100"), tax: euro("19"), gross: euro("119") },
  ...company,
});
const early: Fields = {
  ...{ companyNet: dollar("108"), companyTax: dollar("20.52"), companyGross: dollar("128.52") },
  ...{ companyRate: "1.08", companyRateDate: "2026-03-02" },
};
const late: Fields = {
  ...{ companyNet: dollar("110"), companyTax: dollar("20.9"), companyGross: dollar("130.9") },
  ...{ companyRate: "1.1", companyRateDate: "2026-03-31" },
};
const pairOf = (crm: Fields, erp: Fields, more: Partial<Pair> = {}): Pair => ({
  ...{ link: linkId("l-1"), label: "INV-1", crm, erp, agreed: [], reasons: {}, parks: [] },
  systems: { crm: "", erp: "tryton" },
  ...more,
});
const differencesOf = (pair: Pair): readonly Difference[] =>
  comparePair("invoices", Object.values(policy.fields), pair).differences;
const toldOf = (pair: Pair): readonly string[] =>
  differencesOf(pair).map(({ field, reason, command }) => `${field} ${reason} ${command}`);

describe("a difference in the company's currency", () => {
  test("that comes of the rate's date is told with both rates and dates", () => {
    const pair = pairOf(big(early), big(late));
    const told =
      "rate 1.08 of 2026-03-02 in the CRM, rate 1.1 of 2026-03-31 in the ERP: " +
      "company net 2, company tax 0.38 and company gross 2.38 in the ERP";
    expect(explainCompany(pair)).toEqual([told]);
    expect(toldOf(pair)).toEqual(
      ["companyNet", "companyTax", "companyGross"].map(
        (field) => `${field} explained_cent crossfoot why l-1`,
      ),
    );
    expect(differencesOf(pair).every(({ because }) => because.join() === told)).toBe(true);
  });
  test("that comes of where it is rounded is told, also where only one side tells its rate", () => {
    // 300.99 x 1.5 = 451.485, is 451.49; 100.33 x 1.5 = 150.495, is 150.50, three of them 451.50.
    const [total, summed] = [{ companyGross: dollar("451.49") }, { companyGross: dollar("451.5") }];
    const rate = { companyRate: "1.5", companyRateDate: "2026-03-02" };
    const systems = { crm: "", erp: "odoo" };
    for (const [crm, erp] of [
      [{ ...total, ...rate }, summed],
      [total, { ...summed, ...rate }],
      [
        { ...total, ...rate },
        { ...summed, ...rate },
      ],
    ] as const) {
      const told = explainCompany(pairOf(small(crm), small(erp), { systems }));
      expect(told?.join()).toBe(
        "totals converted and rounded in the CRM, lines converted and rounded, then summed in the ERP: " +
          "company net 0.01 and company gross 0.01 in the ERP",
      );
    }
  });
  test("that no rate accounts for is unknown, and the command is that which looks at one document", () => {
    const wrong = { ...late, companyGross: dollar("130.88") };
    expect(toldOf(pairOf(big(early), big(wrong)))).toEqual(
      ["companyNet", "companyTax", "companyGross"].map(
        (field) => `${field} unknown crossfoot explain crm.json erp.json`,
      ),
    );
    // Without any rate nothing is known either.
    const bare = (gross: string): Fields => big({ companyGross: dollar(gross) });
    expect(toldOf(pairOf(bare("128.52"), bare("130.9")))).toEqual([
      "companyGross unknown crossfoot explain crm.json erp.json",
    ]);
  });
  test("follows the document's own; a kept field or a write that is under way is no excuse", () => {
    const under = { gross: "parked" } as const;
    const other = pairOf({ ...big(early), gross: euro("120") }, big(late), {
      reasons: under,
      parks: ["p-1"],
    });
    expect(toldOf(other)).toContain("companyGross parked crossfoot redrive p-1");
    const reasons = { "*": "in_flight", companyGross: "kept_difference" } as const;
    const wrong = { ...early, companyGross: dollar("128.5") };
    expect(toldOf(pairOf(big(early), big(wrong), { reasons }))).toEqual([
      "companyGross unknown crossfoot explain crm.json erp.json",
    ]);
    const settled = pairOf(big(early), big(wrong), { reasons: { companyGross: "settled_since" } });
    expect(toldOf(settled)).toEqual(["companyGross settled_since crossfoot why l-1"]);
  });
});

describe("what is not told", () => {
  const names = Object.keys(policy.fields);
  const told = (crm: Fields, erp: Fields): readonly string[] =>
    comparedFields(names, { crm: big(crm), erp: big(erp) }).filter((field) => field.startsWith("company"));
  test("is never different: nothing, a blank, another company's currency; rate and date only explain", () => {
    const francs = { companyGross: money("CHF")("128.52") };
    for (const erp of [{}, { companyGross: null }, francs]) {
      expect(told(early, erp)).toEqual([]);
      expect(differencesOf(pairOf(big(early), big(erp)))).toEqual([]);
      const proof = proveFields({ fields: names, crm: big(early), erp: big(erp), digest });
      expect([proof.crm === proof.erp, proof.equal]).toEqual([true, proof.compared]);
      expect(companySides("invoices", big(early), big(erp))).toEqual({ crm: null, erp: null });
    }
    expect(told(early, { ...early, companyRate: "1.2", companyRateDate: "2026-01-01" })).toEqual([
      "companyNet",
      "companyTax",
      "companyGross",
    ]);
    expect(told(early, { companyGross: dollar("1") })).toEqual(["companyGross"]);
  });
});

describe("the statement in the company's currency", () => {
  const documentOf = (crm: Fields, erp: Fields): FootedDocument => ({
    ...{ entity: "invoices", link: linkId("l-1"), label: "INV-1", ...companySides("invoices", crm, erp) },
    ...{ reason: "explained_cent", command: "crossfoot why l-1" },
  });
  const statement = composeStatement({
    ...{ madeAt: "2026-04-01T00:00:00.000Z", contract: "c", entities: [], accounts: { "a-1": "Ada" } },
    companyDocuments: [documentOf(big(early), big(late)), documentOf(small(early), small(early))],
  });
  test("is crossfooted by account and month, in that currency alone", () => {
    const { companyFooting } = statement;
    expect(companyFooting?.rows).toEqual([
      {
        ...{ account: "a-1", period: "2026-03", currency: "USD" },
        ...{ crm: { invoiced: "257.04" }, erp: { invoiced: "259.42" }, difference: { invoiced: "-2.38" } },
      },
    ]);
    expect(companyFooting?.byReason).toEqual([
      { currency: "USD", reason: "explained_cent", difference: { invoiced: "-2.38" } },
    ]);
    expect([companyFooting?.isTied, statement.isExplained]).toEqual([true, true]);
  });
  test("is not explained where one of its documents is not", () => {
    const [first] = statement.companyFooting?.documents ?? [];
    const companyDocuments = first === undefined ? [] : [{ ...first, reason: "unknown" as const }];
    const unknown = composeStatement({ madeAt: "", contract: "c", entities: [], companyDocuments });
    expect(unknown.isExplained).toBe(false);
  });
  test("is missing where nobody tells it, as in statements of before", () => {
    expect(composeStatement({ madeAt: "", contract: "c", entities: [] })).not.toHaveProperty(
      "companyFooting",
    );
  });
  test("is sealed: a sum or document that was changed is found out", () => {
    const sealed = sealStatement(statement, { store: "s", number: 1, before: "", digest });
    expect(sealFaults(sealed, digest)).toEqual([]);
    const text = JSON.stringify(sealed);
    expect(text).toContain('"259.42"');
    const changed = JSON.parse(text.replaceAll('"259.42"', '"257.04"')) as SealedStatement;
    expect(sealFaults(changed, digest)).toEqual([
      "company totals: its content is not what was sealed",
      "company totals: they are not the sums of the documents",
    ]);
    const { companyFooting: _, ...without } = statement;
    const taken = { ...sealed, statement: without } as SealedStatement;
    expect(sealFaults(taken, digest)).toEqual(["company totals: its content is not what was sealed"]);
  });
});
