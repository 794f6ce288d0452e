import { sealedCalls } from "./calls.ts";
import type { Sealer } from "./calls.ts";
import type { Store } from "../port.ts";
import type { Pen, Vault } from "./vault.ts";

type Method = (...args: readonly unknown[]) => Promise<unknown>;
type Sealing = (sealer: Sealer, args: readonly unknown[]) => readonly unknown[];

/** Arguments with their values sealed; a first pass finds whose keys that takes. */
async function sealedArgs(
  vault: Vault,
  seal: Sealing,
  args: readonly unknown[],
): Promise<readonly unknown[]> {
  const subjects = new Set<string>();
  const finding: Pen = (subject) => {
    subjects.add(subject);
    return "";
  };
  seal({ pen: finding, vault }, args);
  return subjects.size === 0 ? args : seal({ pen: await vault.pen(subjects), vault }, args);
}

/**
 * A store whose values are sealed on their way in and opened on their way out: what is under it sees and
 * keeps tokens. Whoever asks is told the same as by a store without it; only hashes of the journal and of
 * the nodes of the proof are others, since they are made of what is stored.
 */
export function sealedStore<S extends Store>(store: S, vault: Vault): S {
  const methods = Object.entries(store).map(([name, method]): [string, unknown] => {
    if (typeof method !== "function" || name === "migrate" || name === "close") return [name, method];
    const ask = method as Method;
    const seal = sealedCalls[name as keyof Store] as Sealing | undefined;
    return [
      name,
      async (...args: readonly unknown[]) =>
        vault.open(await ask(...(seal === undefined ? args : await sealedArgs(vault, seal, args)))),
    ];
  });
  return Object.fromEntries(methods) as unknown as S;
}
