import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { MiniWorld } from "./testing/world.ts";
import { customer, miniWorld } from "./testing/world.ts";

/** Longer than any reading may be on its way, ms. */
const longMs = 60_000;
const other = { ...customer, name: "Other", email: "o@other.example", taxId: "FR2" };

interface Linked extends MiniWorld {
  readonly crmId: string;
}

/** A customer of the CRM that we made in the ERP. */
async function linked(crm: { readonly tellsCreation: boolean }): Promise<Linked> {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps), crm });
  const crmId = mini.crm.add("accounts", customer);
  await mini.engine.run();
  mini.pass(longMs);
  return { ...mini, crmId };
}

/** The customer is deleted, and its id goes to another one, edited so often. */
function giveAway({ crm, pass }: MiniWorld, id: string, edits: number): void {
  crm.remove("accounts", id);
  crm.addAs("accounts", id, other);
  for (let count = 0; count < edits; count += 1)
    crm.edit("accounts", id, { email: `${count}@other.example` });
  pass(longMs);
}

const inErp = ({ erp }: MiniWorld): readonly string[] =>
  erp
    .rows("accounts")
    .map(({ fields, isArchived }) => `${JSON.stringify(fields["name"])} ${isArchived ? "archived" : "there"}`)
    .toSorted();

describe("an id that its system gave to another record", () => {
  test.each([
    ["with a stamp of creation, however often the newcomer was edited", true, 3],
    ["with a stamp of creation, at once", true, 0],
    ["without one, by its lower version and other match keys", false, 0],
  ])(
    "is told apart %s: the old one is deleted, the newcomer is one of its own",
    async (_, tellsCreation, edits) => {
      const mini = await linked({ tellsCreation });
      // The view has a higher version than the newcomer begins with.
      if (!tellsCreation) mini.crm.edit("accounts", mini.crmId, { email: "b@acme.example" });
      await mini.engine.run();
      mini.pass(longMs);
      giveAway(mini, mini.crmId, edits);
      for (let run = 0; run < 3; run += 1) {
        await mini.engine.run({ sweep: run === 1 });
        mini.pass(longMs);
      }
      expect(inErp(mini)).toEqual(['"Acme" archived', '"Other" there']);
      const why = await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` });
      expect(why?.members.map(({ connection }) => connection)).toEqual(["crm", "erp"]);
      expect((await mini.store.verifyJournal()).broken).toEqual([]);
      const before = mini.erp.writes + mini.crm.writes;
      await mini.engine.run();
      expect(mini.erp.writes + mini.crm.writes).toBe(before);
    },
  );

  test("is not suspected where a record comes back under its own keys", async () => {
    const mini = await linked({ tellsCreation: false });
    mini.crm.remove("accounts", mini.crmId);
    await mini.engine.run({ sweep: true });
    mini.pass(longMs);
    mini.crm.bringBack("accounts", mini.crmId);
    await mini.engine.run({ sweep: true });
    const parks = await mini.engine.deadLetters();
    expect(parks.map(({ reason }) => reason)).toEqual(["returned"]);
  });
});
