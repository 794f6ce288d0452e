import type { Json } from "@crossfoot/kernel";
import { expect } from "vitest";
import type { Store } from "../../store/port.ts";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import { powerOf } from "./random-world.ts";
import { miniWorld } from "./world.ts";
import type { MiniWorld, MiniWorldOptions } from "./world.ts";

/** Companies of the CRM; the third is there twice. */
export const names: readonly string[] = [
  ...["Alder Papers", "Birch Foundry", "Cedar Optics", "Dogwood Dairy", "Elm Instruments", "Fir Haulage"],
  ...["Ginkgo Pharma", "Hazel Tooling", "Ivy Textiles", "Juniper Brewing", "Larch Marine", "Maple Robotics"],
];
const account = (name: string, more: { readonly [field: string]: string | null } = {}) => ({
  ...{ name: `${name} GmbH`, taxId: null, status: "customer", currency: "EUR", limit: null },
  email: `office@${name.toLowerCase().replaceAll(" ", "-")}.example`,
  ...more,
});
/** Asks for the third company's records as one. */
export const request = { survivor: "crm:crm-3", take: {}, by: "ada" } as const;

/** Two small systems with a cluster, the records that survive it and those that do not. */
export interface Scene extends MiniWorld {
  readonly cluster: string;
  readonly keep: { readonly crm: string; readonly erp: string };
  readonly lose: { readonly crm: string; readonly erp: string; readonly contact: string };
}

const erpOf = (mini: MiniWorld, name: string): string =>
  mini.erp.rows("accounts").find(({ fields }) => fields["name"] === name)?.id ?? "";

/** A company that both systems have twice, linked pair by pair; the CRM merges, the ERP only archives. */
export async function build(
  options: Partial<MiniWorldOptions> = {},
  twin: object = {},
  first: { readonly [field: string]: string } = {},
): Promise<Scene> {
  const able = { merge: true, unmerge: true };
  const mini = await miniWorld({
    database: (deps) => createMemoryStore(deps),
    crm: { entities: { accounts: able, contacts: {}, products: {}, quotes: {} } },
    ...options,
  });
  for (const name of names) mini.crm.add("accounts", account(name, name === "Cedar Optics" ? first : {}));
  const more = { name: "Cedar Optics", taxId: "DE811234567", email: "office@cedar-optics.example", ...twin };
  // The same mailbox would join them at once: the second one gets it after both are linked.
  const twice = mini.crm.add("accounts", account("Cedar Optics", { ...more, email: null }));
  const contact = { given: "Ada", family: "Lovelace", email: "ada@cedar-optics.example", account: twice };
  mini.crm.add("contacts", contact);
  await mini.engine.run();
  mini.pass(10);
  mini.crm.edit("accounts", twice, { email: more.email });
  await mini.engine.run();
  mini.pass(10);
  const [cluster] = (await mini.engine.duplicates({ only: ["accounts"] })).clusters;
  return {
    ...mini,
    cluster: cluster?.id ?? "",
    keep: { crm: "crm-3", erp: erpOf(mini, "Cedar Optics GmbH") },
    lose: {
      crm: twice,
      erp: erpOf(mini, "Cedar Optics"),
      contact: mini.erp.rows("contacts")[0]?.id ?? "",
    },
  };
}

/** The link of an account, by connection and id. */
export const linkOf = async (scene: MiniWorld, id: string): Promise<string | null> =>
  (await scene.engine.why({ entity: "accounts", id }))?.link ?? null;

/** All that the statement says of differing and missing records. */
export async function differences(scene: MiniWorld): Promise<readonly Json[]> {
  const statement = await scene.engine.statement();
  return statement.entities.flatMap(({ differences: own, missing }) => [...own, ...missing]) as never;
}

/** Links of the survivors and losers, first of the CRM. */
export const linksNow = (scene: Scene): Promise<readonly (string | null)[]> =>
  Promise.all(
    [`crm:${scene.keep.crm}`, `crm:${scene.lose.crm}`, `erp:${scene.keep.erp}`, `erp:${scene.lose.erp}`].map(
      (id) => linkOf(scene, id),
    ),
  );

/** One course of work that is cut somewhere. */
export interface Cut {
  /** The step of the store at which it is cut, from 1. */
  readonly call: number;
  readonly wrapStore: (store: Store) => Store;
  /** Does the work that is cut; the power is on again afterwards. */
  readonly during: (work: () => Promise<unknown>) => Promise<void>;
}

/** Tries a course with a cut at every so-manyth step of the store, until its work got through uncut. */
export async function cutEvery(steps: number, course: (cut: Cut) => Promise<void>): Promise<void> {
  let cuts = 0;
  for (let call = 1, isWhole = false; !isWhole; call += steps) {
    const power = powerOf();
    const during: Cut["during"] = async (work) => {
      power.on({ call, isAfter: call % 2 === 0 });
      await work().catch((error: unknown) => {
        if (!power.isOff()) throw error;
      });
      isWhole = !power.isOff();
      power.on(null);
    };
    await course({ call, wrapStore: power.wrap, during });
    cuts += isWhole ? 0 : 1;
  }
  // Cuts that met nothing would prove nothing.
  expect(cuts).toBeGreaterThan(5);
}
