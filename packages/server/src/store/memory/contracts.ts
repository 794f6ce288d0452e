import { contractNote, revocationNote, signatureNote } from "../contracts.ts";
import type { ContractSignature, ContractSigning, ContractStore, KeptContract } from "../port.ts";
import { inOrder, instant } from "./basics.ts";
import { writeNotes } from "./journal.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

/** Contracts and signatures (see the SQL store). */
export function contractPart(state: State): ContractStore {
  return { ...keptPart(state), ...signaturePart(state) };
}

function keptPart(state: State): Pick<ContractStore, "keepContract" | "listContracts"> {
  const { contractKept } = state.tables;
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
  };
}

function signaturePart(
  state: State,
): Pick<ContractStore, "signContract" | "revokeSignature" | "listSignatures"> {
  const { contractSignature, contractRevocation } = state.tables;
  /** The number of the last signature of a person in a role; 0 without one. */
  const lastOf = ({ hash, name, role, department }: ContractSigning): number =>
    contractSignature
      .all()
      .filter(
        (row) =>
          row.hash === hash &&
          row.name === name &&
          row.role === role &&
          row.department === (department ?? ""),
      )
      .reduce((most, { turn }) => Math.max(most, turn), 0);
  return {
    async signContract(signing, by) {
      return state.commit((now) => {
        const { hash, name, role } = signing;
        const department = signing.department ?? "";
        const last = lastOf(signing);
        if (last > 0 && contractRevocation.get(hash, name, role, department, String(last)) === undefined)
          return false;
        const names = { hash, name, role, department };
        contractSignature.insert({ ...names, turn: last + 1, signed_by: by, signed_at: now });
        writeNotes(state, [signatureNote(signing, by)], null);
        return true;
      });
    },
    async revokeSignature(signing, { by, why }) {
      return state.commit((now) => {
        const { hash, name, role } = signing;
        const department = signing.department ?? "";
        const turn = lastOf(signing);
        if (turn === 0 || contractRevocation.get(hash, name, role, department, String(turn)) !== undefined)
          return false;
        const names = { hash, name, role, department };
        contractRevocation.insert({ ...names, turn, why, revoked_by: by, revoked_at: now });
        writeNotes(state, [revocationNote(signing, { turn, by, why })], null);
        return true;
      });
    },
    async listSignatures() {
      const rows = inOrder(contractSignature.all(), (row) => [
        ...[row.signed_at, row.hash, row.name, row.role, row.department, row.turn],
      ]);
      return rows.map(({ hash, name, role, department, turn, signed_by, signed_at }): ContractSignature => {
        const taken = contractRevocation.get(hash, name, role, department, String(turn));
        return {
          ...{ hash, name, role, turn, by: signed_by, at: instant(signed_at) },
          department: department === "" ? null : department,
          revoked:
            taken === undefined
              ? null
              : { by: taken.revoked_by, why: taken.why, at: instant(taken.revoked_at) },
        };
      });
    },
  };
}
