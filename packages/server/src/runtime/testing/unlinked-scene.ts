import { createMemoryStore } from "../../store/memory/memory-store.ts";
import { names } from "./consolidation-scene.ts";
import { miniWorld } from "./world.ts";
import type { MiniWorld, MiniWorldOptions } from "./world.ts";

/** A company of the CRM. */
export const account = (name: string): { readonly [field: string]: string | null } => ({
  ...{ name: `${name} GmbH`, taxId: null, status: "customer", currency: "EUR", limit: null },
  email: `office@${name.toLowerCase().replaceAll(" ", "-")}.example`,
});

/** Two small systems; one company is in the CRM twice, and the second record waits for a person's word. */
export interface Doubled extends MiniWorld {
  readonly cluster: string;
  readonly first: string;
  readonly twin: string;
}

/** Builds that; the ERP has each company once. */
export async function doubled(options: Partial<MiniWorldOptions> = {}): Promise<Doubled> {
  const mini = await miniWorld({
    database: (deps) => createMemoryStore(deps),
    crm: { entities: { accounts: { merge: true, unmerge: true }, contacts: {}, products: {}, quotes: {} } },
    ...options,
  });
  for (const name of names) mini.crm.add("accounts", account(name));
  await mini.engine.run();
  mini.pass(10);
  const twin = mini.crm.add("accounts", account("Cedar Optics"));
  await mini.engine.run();
  mini.pass(10);
  const [cluster] = (await mini.engine.duplicates({ only: ["accounts"] })).clusters;
  return { ...mini, cluster: cluster?.id ?? "", first: "crm-3", twin };
}
