import type { SealingState } from "../store/port.ts";
import type { World } from "./world.ts";

/** Another master key for the store's values, with an entry in the audit log of who asked for it. */
export async function rekey(
  { store, clock }: Pick<World, "store" | "clock">,
  master: string,
  by: string,
): Promise<{ readonly wrapped: number; readonly state: SealingState }> {
  const wrapped = await store.rewrapKeys(master);
  const at = new Date(clock.now()).toISOString();
  await store.appendAudit([{ at, kind: "master_key_changed", body: { master, wrapped, by } }]);
  const state = await store.sealingState();
  if (state === null) throw new Error("keys were wrapped in a store that has none");
  return { wrapped, state };
}
