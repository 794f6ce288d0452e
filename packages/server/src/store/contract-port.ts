import type { Json } from "@crossfoot/kernel";

/** A contract that was in force, or was signed. */
export interface KeptContract {
  /** Place among all that were kept, from 1. A contract that came back has two. */
  readonly seq: number;
  /** SHA-256 of its terms, in hex. */
  readonly hash: string;
  /** What its file calls it; null without a name. */
  readonly version: string | null;
  /** The contract as JSON, definitions and signers included. */
  readonly terms: Json;
  /** False for one that was signed before it took effect: it is kept once more when it does. */
  readonly inForce: boolean;
  /** Since when, an instant of the store's clock. */
  readonly since: string;
}

/** Who signs a contract, as they say it themselves. */
export interface ContractSigning {
  readonly hash: string;
  readonly name: string;
  readonly role: string;
  /** Null where none was said. */
  readonly department: string | null;
}

/** That a signature does not count any more. */
interface ContractRevocation {
  /** User of the machine on which it was taken back. */
  readonly by: string;
  /** Why, in one line. */
  readonly why: string;
  /** Instant of the store's clock. */
  readonly at: string;
}

/** A signature. Nobody changes or removes one; one that was taken back stays, and does not count. */
export interface ContractSignature extends ContractSigning {
  /** The n-th of this person in this role under this hash: one that was taken back comes before it. */
  readonly turn: number;
  /** User of the machine on which it was given. */
  readonly by: string;
  /** Instant of the store's clock. */
  readonly at: string;
  readonly revoked: ContractRevocation | null;
}

/** Contracts that were in force, their signatures, and which of these were taken back. All only grow. */
export interface ContractStore {
  /**
   * Keeps a contract that takes effect, unless it is the one in force already, under this very version; one
   * that comes back is kept again. One that is only signed is kept unless it was ever. False when it was not
   * kept. The journal tells it.
   */
  keepContract(contract: Omit<KeptContract, "seq" | "since">): Promise<boolean>;
  /** All that were kept, the first one first. */
  listContracts(): Promise<readonly KeptContract[]>;
  /**
   * False when the same person has signed the same hash in the same role already, and it stands. The journal
   * tells it.
   */
  signContract(signing: ContractSigning, by: string): Promise<boolean>;
  /** Takes back the signature that stands; false when none does. The journal tells it. */
  revokeSignature(
    signing: ContractSigning,
    said: { readonly by: string; readonly why: string },
  ): Promise<boolean>;
  /** All signatures, of all contracts, the first one first; those too that were taken back. */
  listSignatures(): Promise<readonly ContractSignature[]>;
}
