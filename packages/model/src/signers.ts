import type { Signer } from "./contract.ts";

/** A signature as far as it matters for who has signed. */
export interface SignedBy {
  readonly name: string;
  readonly role: string;
  /** Null where the person did not say it. */
  readonly department: string | null;
}

const same = (a: string, b: string): boolean =>
  a.trim().normalize().toLowerCase() === b.trim().normalize().toLowerCase();

/** Whether a signature is one that this signer has to give. Case and blanks around do not count. */
export function fitsSigner(signer: Signer, signed: SignedBy): boolean {
  const { department, role, name } = signer;
  return (
    signed.department !== null &&
    same(department, signed.department) &&
    (role === undefined || same(role, signed.role)) &&
    (name === undefined || same(name, signed.name))
  );
}

/**
 * Who has yet to sign. Each signature counts for one signer, and they are given out so that as many signers
 * as possible have one (augmenting paths, the textbook way of a bipartite matching). Never throws.
 */
export function missingSigners(
  signers: readonly Signer[],
  signatures: readonly SignedBy[],
): readonly Signer[] {
  const ownerOf = new Map<number, number>();
  const find = (signer: number, tried: Set<number>): boolean => {
    for (const [at, signed] of signatures.entries()) {
      const wanted = signers[signer];
      if (wanted === undefined || tried.has(at) || !fitsSigner(wanted, signed)) continue;
      tried.add(at);
      const owner = ownerOf.get(at);
      if (owner !== undefined && !find(owner, tried)) continue;
      ownerOf.set(at, signer);
      return true;
    }
    return false;
  };
  return signers.filter((_, index) => !find(index, new Set()));
}
