import { sealStatement } from "@crossfoot/model";
import type { SealedStatement, Statement } from "@crossfoot/model";
import type { World } from "./world.ts";

/** Others may add theirs first this often. */
const triesMax = 20;

/**
 * Seals a statement and adds it to the chain of those that were handed out. Rejects with a StoreError, and
 * with an Error when others are always faster.
 */
export async function issueStatement(world: World, statement: Statement): Promise<SealedStatement> {
  const { store, entropy } = world;
  const name = await store.storeId(entropy.uuid());
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const last = await store.lastStatement();
    const sealed = sealStatement(statement, {
      store: name,
      number: (last?.number ?? 0) + 1,
      before: last?.hash ?? "",
      digest: entropy.digest,
    });
    const { number, before, hash, parts } = sealed;
    if (await store.appendStatement({ number, madeAt: statement.madeAt, hash, before, parts })) return sealed;
  }
  throw new Error("other statements are always added first; try again");
}

/** What a store says of a sealed statement: nothing when it is the one that it handed out. */
export async function chainFaults({ store }: World, sealed: SealedStatement): Promise<readonly string[]> {
  const name = await store.storeId("");
  if (sealed.store !== name) return ["chain: another store has handed it out"];
  const known = await store.loadStatement(sealed.number);
  if (known === null) return [`chain: this store has handed out no statement ${sealed.number}`];
  const faults: string[] = [];
  for (const part of new Set([...Object.keys(known.parts), ...Object.keys(sealed.parts)]))
    if (known.parts[part] !== sealed.parts[part])
      faults.push(`${part}: it is not what this store handed out as statement ${sealed.number}`);
  if (known.hash !== sealed.hash) faults.push("seal: this store knows the statement by another hash");
  const earlier = sealed.number === 1 ? null : await store.loadStatement(sealed.number - 1);
  if ((earlier?.hash ?? "") !== sealed.before)
    faults.push("chain: it does not follow from the statement before");
  return faults;
}
