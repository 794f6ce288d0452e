import type { JsonMap } from "@crossfoot/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inMemory } from "./testing/random-world.ts";
import { miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

/** Names that both sides changed are a conflict. */
const contract = { entities: { accounts: { fields: { name: { policy: "review" } } } } };

/** A company that is drawn: the place of its parent among those before it, and what is edited later. */
const companies = fc.array(
  fc.record({
    status: fc.constantFrom("customer", "lead"),
    parent: fc.option(fc.nat(5), { nil: null, freq: 4 }),
    later: fc.constantFrom("nothing", "status", "names", "erp name", "parent"),
    to: fc.nat(5),
  }),
  { minLength: 2, maxLength: 7 },
);

/** What the status counts by stored decisions, the statement finds by deciding; answers what is apart. */
async function compare({ engine }: MiniWorld): Promise<{ readonly whole: number; readonly part: number }> {
  const told = new Map((await engine.status()).proofs.map((each) => [each.entity, each]));
  let [whole, part] = [0, 0];
  for (const { entity, proof, differences } of (await engine.statement()).entities) {
    if (proof === null || proof.records === 0) continue;
    const { records, recordsProven, recordsApart, fields, fieldsProven, fieldsApart, oldest } = proof;
    const counts = { records, recordsProven, recordsApart, fields, fieldsProven, fieldsApart };
    expect([entity, told.get(entity)]).toMatchObject([
      entity,
      { ...counts, oldest: oldest === null ? null : { link: oldest.link } },
    ]);
    const open = new Set(
      differences.filter(({ reason }) => reason !== "parent_not_wanted").map(({ link }) => link),
    );
    // What is apart is not what is open, and with what is proven they are all there is.
    expect(recordsProven + recordsApart + open.size).toBe(records);
    expect(oldest === null).toBe(open.size === 0);
    whole += recordsApart;
    part += fieldsApart - recordsApart;
  }
  return { whole, part };
}

const native = (at: number): JsonMap => ({
  ...{ name: `Company ${at}`, email: `${at}@x.example`, taxId: `FR${at}`, currency: "EUR", limit: null },
});

test("status and statement tell the same of what is proven, apart by the contract, and open", async () => {
  const seen = { whole: 0, part: 0 };
  await fc.assert(
    fc.asyncProperty(companies, fc.boolean(), async (drawn, isKept) => {
      // An ERP that shows a blank parent, so that the field is compared.
      const transform = (_entity: string, fields: JsonMap): JsonMap => ({ parent: null, ...fields });
      const mini = await miniWorld({ database: inMemory, erp: { transform }, contract });
      const ids: string[] = [];
      for (const [at, { status, parent }] of drawn.entries()) {
        const named = parent === null ? undefined : ids[parent % Math.max(ids.length, 1)];
        const fields = { ...native(at), status, ...(named === undefined ? {} : { parent: named }) };
        ids.push(mini.crm.add("accounts", fields));
      }
      await mini.engine.run();
      const found = [await compare(mini)];
      mini.pass(10);
      for (const [at, { later, to }] of drawn.entries()) {
        const id = ids[at] ?? "";
        const other = ids[to % ids.length];
        const twin = mini.erp.rows("accounts").find(({ fields }) => fields["taxId"] === `FR${at}`);
        if (later === "status") mini.crm.edit("accounts", id, { status: "customer" });
        if (later === "names") mini.crm.edit("accounts", id, { name: `Crm ${at}` });
        if ((later === "names" || later === "erp name") && twin !== undefined)
          mini.erp.edit("accounts", twin.id, { name: `Erp ${at}` });
        if (later === "parent" && other !== undefined && other !== id)
          mini.crm.edit("accounts", id, { parent: other });
      }
      if (!isKept) await mini.engine.run();
      else await mini.engine.run({ sweep: true });
      found.push(await compare(mini));
      for (const { whole, part } of found) [seen.whole, seen.part] = [seen.whole + whole, seen.part + part];
    }),
    { numRuns: 60 },
  );
  expect([seen.whole > 20, seen.part > 2]).toEqual([true, true]);
});
