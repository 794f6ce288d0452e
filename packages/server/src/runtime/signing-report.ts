import { signerWords } from "@crossfoot/model";
import type { Signer } from "@crossfoot/model";
import type { ContractSignature, KeptContract } from "../store/port.ts";

/** Whether somebody has to have signed: nobody, one of the signers, or each of them. */
export type SigningNeed = "off" | "on" | "roles";

/** How the contract of a project stands. */
export interface ContractState {
  readonly hash: string;
  readonly version: string | null;
  readonly requires: SigningNeed;
  /** Who has yet to sign this hash, whether it is required or not. */
  readonly missing: readonly Signer[];
  /** Whether all have signed; where one is enough (`on`), whether anybody has. No run waits at `off`. */
  readonly isSigned: boolean;
  /** Signatures of all contracts, the first one first, those included that were taken back. */
  readonly signatures: readonly ContractSignature[];
  /** Contracts that were in force or were signed, the first one first. */
  readonly kept: readonly KeptContract[];
}

/** A contract that nobody has signed yet was to take effect. The message says who has to. */
export class ContractUnsigned extends Error {
  readonly missing: readonly Signer[];

  constructor({ hash, version, requires, missing }: Omit<ContractState, "kept">) {
    const named = version === null ? "the contract" : `version ${version} of the contract`;
    const who = missing.map((signer) => signerWords(signer)).join("; ");
    const wanted = requires === "roles" ? "missing" : "one of these has to sign";
    super(`${named} (${hash.slice(0, 12)}) is not signed, so nothing is written; ${wanted}: ${who}`);
    this.name = "ContractUnsigned";
    this.missing = missing;
  }
}
