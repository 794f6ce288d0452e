import { expect } from "vitest";
import { address } from "./consolidating.ts";
import type { Consolidating } from "./consolidating.ts";

const keep = { name: "Tamarack Cooperage SA", email: "desk@tamarack-cooperage.example" };
const twice = { name: "Tamarack Cooperage", email: "orders@tamarack-cooperage.example" };
/** A word of the name that only these two have. */
const own = /tamarack/i;

/** What the scenario needs beside the systems: somebody who deletes a customer of the ERP for good. */
export interface Deleting extends Consolidating {
  readonly deleteCustomer: (id: string) => Promise<void>;
  /** Whether the contacts of a customer that is merged go to the survivor; else they go with the customer. */
  readonly keepsContacts: boolean;
  /** Runs until nothing is left to do; answers how many runs had something. */
  readonly settleAll: () => Promise<number>;
}

/**
 * A loser that the ERP's people delete for good after it was consolidated: it stays merged, the other side
 * notices nothing, and when the consolidation is taken back it is made again, with another id, over its own
 * link.
 */
export async function consolidateDeleteAndBack(pair: Deleting): Promise<void> {
  const { engine, crm, settleAll } = pair;
  const { people } = crm;
  const [one, other] = [keep, twice].map(({ name, email }) =>
    String(people.createAccount({ name, email, ...address, status: "customer", currency: "EUR" }).id),
  );
  const contact = pair.keepsContacts
    ? people.createContact({
        ...{ accountId: other ?? "", givenName: "Ada", familyName: "Tamarack" },
        email: "ada@tamarack-cooperage.example",
      })
    : null;
  const customerOfContact = (): unknown =>
    crm.state.records["contacts"]?.[String(contact?.id)]?.["accountId"] ?? null;
  await settleAll();
  const members = async (record: string): Promise<readonly string[]> => {
    const why = await engine.why({ entity: "accounts", id: record });
    return [why?.link ?? "", ...(why?.members ?? []).map(({ connection, id }) => `${connection}:${id}`)];
  };
  const [keptLink] = await members(`crm:${one}`);
  const [lostLink, ...lost] = await members(`crm:${other}`);
  const gone = lost.find((id) => id.startsWith("erp:")) ?? "";
  expect(gone).not.toBe("");
  const { clusters } = await engine.duplicates({ only: ["accounts"] });
  const cluster = clusters.find(({ records }) => records.some(({ id }) => id === one))?.id ?? "";
  const request = { cluster, survivor: `crm:${one}`, take: {}, by: "test" };
  expect((await engine.apply(await engine.consolidate(request))).unmade).toEqual([]);
  await settleAll();
  await pair.deleteCustomer(gone.slice("erp:".length));
  expect((await engine.run({ sweep: true })).guardStops).toEqual([]);
  await settleAll();
  for (const record of [`crm:${one}`, `crm:${other}`, gone])
    expect((await members(record))[0]).toBe(keptLink);
  expect(crm.state.records["accounts"]?.[one ?? ""]?.["archived"] ?? false).toBe(false);
  expect(customerOfContact()).toBe(contact === null ? null : one);
  expect(await said(pair)).toEqual([]);

  const back = await engine.undo({ what: "consolidation", id: cluster, by: "test" });
  const made = back.writes.filter(({ kind }) => kind === "create");
  expect(made.map(({ target, link }) => [target, link])).toEqual([["erp", lostLink]]);
  expect(back.consolidation?.left.map(({ reason }) => reason).join("\n")).toContain(
    "made again under another id",
  );
  expect((await engine.apply(back)).unmade).toEqual([]);
  await settleAll();
  const [link, ...again] = await members(`crm:${other}`);
  expect([link, again.length]).toEqual([lostLink, 2]);
  expect(again).not.toContain(gone);
  expect((await members(`crm:${one}`))[0]).toBe(keptLink);
  expect(customerOfContact()).toBe(contact === null ? null : other);
  expect(crm.state.records["accounts"]?.[other ?? ""]?.["name"]).toBe(twice.name);
  expect(await said(pair)).toEqual([]);
  // Nothing is left to do, whatever is looked at.
  await engine.run({ sweep: true });
  expect(await settleAll()).toBe(0);
}

/** What the statement says of the two and of who belongs to them. */
async function said({ engine }: Deleting): Promise<readonly unknown[]> {
  const statement = await engine.statement({ only: ["accounts", "contacts"] });
  return statement.entities
    .flatMap(({ differences, missing }) => [...differences, ...missing])
    .filter(({ label }) => own.test(label));
}
