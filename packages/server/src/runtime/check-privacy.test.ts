import { expect, test } from "vitest";
import { compileMapping } from "@crossfoot/connector-sdk";
import { entities, entityNames, fieldKindsOf, readContract } from "@crossfoot/model";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { SealingState } from "../store/port.ts";
import { checkAtRest, checkPrivacy } from "./check-privacy.ts";
import { miniWorld } from "./testing/world.ts";

/** Findings about a birthday on contacts that the ERP maps. */
async function found(privacy: object, isMapped: boolean): Promise<readonly string[]> {
  const fields = { birthday: { kind: "date", ...privacy } };
  const { contract } = readContract({ entities: { contacts: { fields } } });
  const { world } = await miniWorld({ database: (deps) => createMemoryStore(deps) });
  const kinds = Object.fromEntries(
    entityNames.map((name) => [
      name,
      name === "contacts" ? fieldKindsOf(name, contract.entities.contacts) : entities[name].fields,
    ]),
  );
  const file = {
    entities: { contacts: { fields: { email: "email", ...(isMapped ? { birthday: "born" } : {}) } } },
  };
  const { mapping } = compileMapping(file, kinds);
  if (mapping === undefined) throw new Error("the mapping is wrong");
  const sides = world.sides.map((side) => (side.role === "erp" ? { ...side, mapping } : side));
  return checkPrivacy({ contract, sides }).map(({ severity, about, message }) =>
    [severity, about, message].join(" "),
  );
}

test("a mapped field of a person that nobody has named is told, with where to name it", async () => {
  expect(await found({}, true)).toEqual([
    expect.stringMatching(
      /^warning contacts\.birthday is a field of a person, mapped by erp.*contract\.yaml$/,
    ),
  ]);
  expect(await found({ privacy: { category: "identity" } }, true)).toEqual([]);
  expect(await found({ privacy: { category: "none" } }, true)).toEqual([]);
  expect(await found({}, false)).toEqual([]);
});

const inMemory = {
  entropy: { digest: (text: string): string => text, uuid: (): string => "u" },
  clock: { now: (): number => 0, monotonic: (): number => 0 },
};

test("it is said whether values are encrypted at rest, and which keys are still to be wrapped", async () => {
  const of = (sealing: SealingState | null) =>
    checkAtRest({ store: { ...createMemoryStore(inMemory), sealingState: () => Promise.resolve(sealing) } });
  expect(await of(null)).toMatchObject({
    severity: "ok",
    message: expect.stringContaining("as they are") as string,
  });
  const state = { state: "sealed", master: "k-2", keys: 9, others: 0 } as const;
  expect(await of(state)).toMatchObject({
    severity: "ok",
    message: "values are encrypted under k-2 (9 keys)",
  });
  expect(await of({ ...state, others: 4 })).toMatchObject({
    severity: "warning",
    message: expect.stringContaining("4 of them are still wrapped under another") as string,
  });
});
