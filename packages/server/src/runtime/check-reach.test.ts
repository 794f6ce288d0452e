import { expect, it } from "vitest";
import { connectionId } from "@crossfoot/kernel";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { reachOf, scopesOf } from "./check-reach.ts";
import { checkWorld } from "./check.ts";
import { openTerms } from "./gate.ts";
import { miniWorld } from "./testing/world.ts";
import type { World } from "./world.ts";

/** What `check` says a connection may use, one part an entity. */
async function scopes(of: string, change: (world: World) => Partial<World> = () => ({})): Promise<string> {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
  const world = { ...mini.world, ...change(mini.world) };
  const side = world.sides.find(({ id }) => id === of);
  if (side === undefined) throw new Error("no side");
  return scopesOf(world, side, (await side.open(openTerms("interactive"))).manifest).message;
}

it("a connection tells each entity with what may be done under this contract, and no other", async () => {
  const erp = await scopes("erp");
  expect(erp).toMatch(/uses at most: accounts \([^)]+\): read, create, update/);
  const [first] = erp.replace("uses at most: ", "").split("; ");
  const narrow = await scopes("erp", ({ policies }) => ({
    policies: policies.filter(({ entity }) => entity === "accounts"),
  }));
  expect(narrow).toBe(`uses at most: ${first}`);
});

it("one that is only observed is only read, and so is an entity that no field travels to", async () => {
  const isReadOnly = /^uses at most: [^;:]+: read(; [^;:]+: read)*$/;
  expect(await scopes("erp", () => ({ observed: [connectionId("erp")] }))).toMatch(isReadOnly);
  const nowhere = ({ policies }: World): Partial<World> => ({
    policies: policies.map((policy) => ({
      ...policy,
      fields: Object.fromEntries(
        Object.entries(policy.fields).map(([name, field]) => [name, { ...field, targets: [] }]),
      ),
    })),
  });
  expect(await scopes("erp", nowhere)).toMatch(isReadOnly);
  expect(await scopes("erp", () => ({ policies: [] }))).toBe("uses nothing");
});

it("check tells hosts before anything is asked of them, and scopes that were reached", async () => {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
  const [crm, erp] = mini.world.sides;
  if (crm === undefined || erp === undefined) throw new Error("no sides");
  const away = { ...crm, hosts: ["https://crm.example.com"], open: () => Promise.reject(new Error("away")) };
  const findings = await checkWorld({ ...mini.world, sides: [away, erp] });
  const about = findings.filter((one) => one.about === "crm").map(({ message }) => message);
  expect(about[0]).toBe("may connect to https://crm.example.com and to no other host");
  expect(about.join()).not.toContain("uses at most");
  expect(findings.some((one) => one.about === "erp" && one.message.startsWith("uses at most"))).toBe(true);
  expect(reachOf(erp)).toEqual([]);
});
