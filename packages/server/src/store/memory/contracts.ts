import { contractNote, signatureNote } from "../contracts.ts";
import type { ContractSignature, ContractStore, KeptContract } from "../port.ts";
import { inOrder, instant } from "./basics.ts";
import { writeNotes } from "./journal.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

/** Contracts and signatures (see the SQL store). */
export function contractPart(state: State): ContractStore {
  const { contractKept, contractSignature } = state.tables;
  const kept = () => inOrder(contractKept.all(), ({ seq }) => [seq]);
  return {
    async keepContract(contract) {
      return state.commit((now) => {
        const { hash, version, terms, inForce } = contract;
        const newest = kept().findLast(({ in_force }) => in_force);
        const isKnown = inForce
          ? newest?.hash === hash && newest.version === version
          : contractKept.all().some((row) => row.hash === hash);
        if (isKnown) return false;
        const seq = (kept().at(-1)?.seq ?? 0) + 1;
        contractKept.insert({ seq, hash, version, terms: jsonb(terms), in_force: inForce, kept_at: now });
        writeNotes(state, [contractNote(contract, seq)], null);
        return true;
      });
    },
    async listContracts() {
      return kept().map(({ kept_at, in_force, ...row }): KeptContract => {
        return { ...row, inForce: in_force, since: instant(kept_at) };
      });
    },
    async signContract(signing, by) {
      return state.commit((now) => {
        const { hash, name, role, department } = signing;
        if (contractSignature.get(hash, name, role, department ?? "") !== undefined) return false;
        const names = { department: department ?? "", signed_by: by, signed_at: now };
        contractSignature.insert({ hash, name, role, ...names });
        writeNotes(state, [signatureNote(signing, by)], null);
        return true;
      });
    },
    async listSignatures() {
      const rows = inOrder(contractSignature.all(), (row) => [
        ...[row.signed_at, row.hash, row.name, row.role, row.department],
      ]);
      return rows.map(({ hash, name, role, department, signed_by, signed_at }): ContractSignature => {
        return {
          ...{ hash, name, role, by: signed_by, at: instant(signed_at) },
          department: department === "" ? null : department,
        };
      });
    },
  };
}
