import { expect, test } from "vitest";
import { compileMapping } from "@crossfoot/connector-sdk";
import { entities, entityNames, fieldKindsOf, readContract } from "@crossfoot/model";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { checkPrivacy } from "./check-privacy.ts";
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
