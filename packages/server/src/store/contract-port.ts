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

/** A signature. Nobody changes or removes one. */
export interface ContractSignature extends ContractSigning {
  /** User of the machine on which it was given. */
  readonly by: string;
  /** Instant of the store's clock. */
  readonly at: string;
}

/** Contracts that were in force, and their signatures. Both only grow. */
export interface ContractStore {
  /**
   * Keeps a contract that takes effect, unless it is the one in force already, under this very version; one
   * that comes back is kept again. One that is only signed is kept unless it was ever. False when it was not
   * kept. The journal tells it.
   */
  keepContract(contract: Omit<KeptContract, "seq" | "since">): Promise<boolean>;
  /** All that were kept, the first one first. */
  listContracts(): Promise<readonly KeptContract[]>;
  /** False when the same person signed the same hash in the same role already. The journal tells it. */
  signContract(signing: ContractSigning, by: string): Promise<boolean>;
  /** All signatures, of all contracts, the first one first. */
  listSignatures(): Promise<readonly ContractSignature[]>;
}
