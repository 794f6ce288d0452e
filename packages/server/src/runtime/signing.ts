import { missingSigners } from "@crossfoot/model";
import type { Json } from "@crossfoot/kernel";
import type { ContractSigning } from "../store/port.ts";
import type { Engine } from "./engine.ts";
import { observesOf } from "./observing.ts";
import { ContractUnsigned } from "./signing-report.ts";
import type { ContractState } from "./signing-report.ts";
import type { World } from "./world.ts";

/** Who has yet to sign, and whether the contract is signed: what was taken back does not count. */
async function standingOf(world: World): Promise<Omit<ContractState, "kept">> {
  const { store, contractHash: hash, contract, signing } = world;
  const signatures = await store.listSignatures();
  const own = signatures.filter((each) => each.hash === hash && each.revoked === null);
  const missing = missingSigners(contract.signers, own);
  const requires = signing?.requires ?? "off";
  const isAny = missing.length < contract.signers.length;
  const isSigned = requires === "on" ? isAny : missing.length === 0;
  return { hash, version: signing?.version ?? null, requires, missing, isSigned, signatures };
}

/** How the contract in force stands, from the store. */
async function contractState(world: World): Promise<ContractState> {
  return { ...(await standingOf(world)), kept: await world.store.listContracts() };
}

/** Worlds whose contract was kept as the one that took effect: a world has one contract. */
const entered = new WeakSet<World>();

/**
 * Called before anything is done that may write to a system: refuses a contract that has to be signed first,
 * each time anew, since a signature can be taken back; and keeps the one that takes effect. Nothing takes
 * effect where all is only observed. Rejects with ContractUnsigned.
 */
export async function enterContract(
  world: World,
  options: Parameters<typeof observesOf>[1] = {},
): Promise<void> {
  if (world.signing === undefined) return;
  const observes = observesOf(world, options);
  if (world.sides.every(({ id }) => observes.has(id))) return;
  if (world.signing.requires !== "off") {
    const state = await standingOf(world);
    if (!state.isSigned) throw new ContractUnsigned(state);
  }
  if (entered.has(world)) return;
  await keep(world, true);
  entered.add(world);
}

const keep = ({ store, contract, contractHash, signing }: World, inForce: boolean): Promise<boolean> =>
  store.keepContract({
    hash: contractHash,
    version: signing?.version ?? null,
    terms: contract as unknown as Json,
    inForce,
  });

/** Somebody signs the contract of the project. False when they had signed it already. */
async function signContract(
  world: World,
  signing: Omit<ContractSigning, "hash">,
  by: string,
): Promise<boolean> {
  // What was signed can be read later, whatever becomes of the file.
  await keep(world, false);
  return world.store.signContract({ ...signing, hash: world.contractHash }, by);
}

/** Somebody takes a signature back, under this hash or another one. False when none stands. */
async function revokeSignature(
  world: World,
  signing: Omit<ContractSigning, "hash"> & { readonly hash?: string },
  said: { readonly by: string; readonly why: string },
): Promise<boolean> {
  return world.store.revokeSignature({ ...signing, hash: signing.hash ?? world.contractHash }, said);
}

/** What commands may ask and say about the contract of a world. */
export function signingOf(
  world: World,
): Pick<Engine, "contract" | "enterContract" | "signContract" | "revokeSignature"> {
  return {
    contract: () => contractState(world),
    enterContract: () => enterContract(world),
    signContract: (signing, by) => signContract(world, signing, by),
    revokeSignature: (signing, said) => revokeSignature(world, signing, said),
  };
}
