import { createHash } from "node:crypto";
import type { JsonMap } from "@crossfoot/kernel";
import { sealFaults } from "@crossfoot/model";
import type { Statement } from "@crossfoot/model";
import { describe, expect, test } from "vitest";
import { inMemory } from "./testing/random-world.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** An ERP that keeps its books in dollars, and a CRM that shows what it makes of the same invoices. */
interface Books {
  readonly mini: MiniWorld;
  /** Posts an invoice of 119.00 EUR, carries it, and lets the CRM show its own total in dollars beside it. */
  readonly invoice: (number: string, erp: JsonMap, crm: JsonMap) => Promise<void>;
  /** Differences as `label field reason`. */
  readonly told: () => Promise<readonly string[]>;
}

const rateOf = (rate: string, day: string, gross: string): JsonMap => ({
  ...{ homeGross: gross, homeCurrency: "USD", homeRate: rate, homeRateDate: day },
});
const early = rateOf("1.08", "2026-01-20", "128.52");
const late = rateOf("1.1", "2026-01-31", "130.9");

async function books(): Promise<Books> {
  const mini = await miniWorld({ database: inMemory, hasDocuments: true });
  mini.crm.add("accounts", customer);
  await mini.engine.run();
  const account = mini.erp.rows("accounts")[0]?.id ?? null;
  const product = mini.erp.add("products", { sku: "A-1", name: "Anchor", unit: "pcs" });
  return {
    mini,
    invoice: async (number, erp, crm) => {
      const line = { id: "1", product, qty: "1", unit: "pcs", price: "100" };
      mini.erp.add("invoices", {
        ...{ number, date: "2026-01-20", account, status: "open", currency: "EUR", lines: [line] },
        ...{ net: "100", tax: "19", gross: "119", open: "119", ...erp },
      });
      await mini.engine.run();
      const made = mini.crm.rows("invoices").find(({ fields }) => fields["number"] === number);
      mini.crm.edit("invoices", made?.id ?? "", crm);
      mini.pass(10);
      await mini.engine.run();
    },
    told: async () =>
      (await mini.engine.statement()).entities.flatMap(({ differences }) =>
        differences.map(({ label, field, reason }) => `${label} ${field} ${reason}`),
      ),
  };
}

const sumsOf = ({ companyFooting }: Statement): unknown =>
  companyFooting?.grand.map(({ currency, crm, erp, difference }) => [
    ...[currency, crm.invoiced, erp.invoiced, difference.invoiced],
  ]);

describe("totals in the company's currency", () => {
  test("are crossfooted too; another day's rate is told, a real error is not excused", async () => {
    const { mini, invoice, told } = await books();
    await invoice("I-1", early, early);
    const equal = await mini.engine.statement();
    expect([equal.isEqual, sumsOf(equal)]).toEqual([true, [["USD", "128.52", "128.52", undefined]]]);
    await invoice("I-2", late, early);
    const dated = await mini.engine.statement();
    expect(await told()).toEqual(["I-2 companyGross explained_cent"]);
    expect(dated.entities.flatMap(({ differences }) => differences)[0]?.because).toEqual([
      "rate 1.08 of 2026-01-20 in the CRM, rate 1.1 of 2026-01-31 in the ERP: " +
        "company net 2, company tax 0.38 and company gross 2.38 in the ERP",
    ]);
    expect([dated.isExplained, dated.isEqual, dated.footing.grand[0]?.difference]).toEqual([true, false, {}]);
    expect(sumsOf(dated)).toEqual([["USD", "257.04", "259.42", "-2.38"]]);
    await invoice("I-3", early, { ...early, homeGross: "128.25" });
    expect(await told()).toContain("I-3 companyGross unknown");
    const sealed = await mini.engine.issueStatement();
    const { companyFooting, isExplained } = sealed.statement;
    expect([isExplained, companyFooting?.isTied]).toEqual([false, false]);
    const documents = companyFooting?.documents.toSorted((a, b) => (a.label < b.label ? -1 : 1));
    expect(documents?.map(({ label, reason, command }) => [label, reason, command])).toEqual([
      ["I-1", null, null],
      ["I-2", "explained_cent", expect.stringMatching(/^crossfoot why /)],
      ["I-3", "unknown", "crossfoot explain crm.json erp.json"],
    ]);
    expect(sealFaults(sealed, digest)).toEqual([]);
  });

  test("are never written, whatever one side says of them", async () => {
    const { mini, invoice } = await books();
    await invoice("I-1", late, early);
    mini.pass(10);
    await mini.engine.run();
    const [crm, erp] = [mini.crm.rows("invoices")[0], mini.erp.rows("invoices")[0]];
    expect([crm?.fields["homeGross"], erp?.fields["homeGross"]]).toEqual(["128.52", "130.9"]);
    const fields = (await mini.engine.plan()).writes.flatMap((write) => Object.keys(write.fields));
    expect(fields).toEqual([]);
  });

  test("that one side does not tell are not compared, and no totals are shown", async () => {
    const { mini, invoice } = await books();
    await invoice("I-1", early, {});
    const statement = await mini.engine.statement();
    expect([statement.isEqual, statement.companyFooting]).toEqual([true, undefined]);
  });
});
