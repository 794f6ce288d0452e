import { expect, it } from "vitest";
import type { EventStore } from "../../store/port.ts";
import { createTail } from "../api/event-tail.ts";
import { fuzzWorld } from "../testing/fuzz-world.ts";
import { settle, tellerWorld } from "../testing/teller-world.ts";
import { subscribedSight } from "./sight.ts";
import { createTeller } from "./teller.ts";

it("what is told names what the role sees of the wanted entities, and no value of any field", async () => {
  const world = await fuzzWorld();
  const events: EventStore = world.engine.events();
  const visibility = { viewer: { accounts: ["taxId"], quotes: ["*"] } };
  const told = async (entities: readonly string[] | null): Promise<string> => {
    const at = tellerWorld();
    const { deps, subscription, got, store } = at;
    // Told from the first entry on; the journal is the other world's.
    const journal = { journalPlaces: async () => [0], followJournal: events.followJournal };
    const tail = createTail({ ...events, ...journal }, () => 0);
    const sight = subscribedSight("viewer", { visibility, entities });
    const more = { store: { ...store, ...journal }, tail };
    await settle(createTeller(subscription({ sight }), deps("one", more)));
    return got.map(({ body }) => body).join("\n");
  };
  const everything = await told(null);
  expect(everything.split("\n").length).toBeGreaterThan(10);
  expect(everything).toContain('"accounts"');
  expect(everything).toContain("record.changed");
  expect(everything).not.toContain('"taxId"');
  expect(everything).not.toContain('"quotes"');
  for (const value of ["one@acme.example", "two@acme.example", "Ölwerk", "FR2", "Bolt"])
    expect(everything).not.toContain(value);
  const products = await told(["products"]);
  expect(products).toContain('"products"');
  expect(products).not.toContain('"accounts"');
  expect(products).toContain("run.ended");
  await world.api.close();
});
