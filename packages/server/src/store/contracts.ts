import type { Database } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import type { ContractSignature, ContractSigning, ContractStore, KeptContract } from "./port.ts";

/** What the journal tells of a contract that is kept. */
export function contractNote(
  { hash, version, inForce }: Omit<KeptContract, "seq" | "since">,
  seq: number,
): Note {
  return { kind: "contract_kept", entity: null, link: null, body: { hash, version, seq, inForce } };
}

/** What the journal tells of a signature. */
export function signatureNote({ hash, name, role, department }: ContractSigning, by: string): Note {
  return { kind: "contract_signed", entity: null, link: null, body: { hash, name, role, department, by } };
}

/** What the journal tells of a signature that is taken back. */
export function revocationNote(
  { hash, name, role, department }: ContractSigning,
  { turn, by, why }: { readonly turn: number; readonly by: string; readonly why: string },
): Note {
  const body = { hash, name, role, department, turn, by, why };
  return { kind: "contract_revoked", entity: null, link: null, body };
}

interface KeptRow extends Omit<KeptContract, "seq"> {
  readonly seq: string | number;
}

interface SignatureRow extends Omit<ContractSignature, "revoked"> {
  readonly revoked_by: string | null;
  readonly revoked_at: string | null;
  readonly why: string | null;
}

interface Deps {
  readonly database: Database;
  readonly journal: JournalWriter;
}

/** Contracts and signatures in SQL. */
export function contractStore(deps: Deps): ContractStore {
  return { ...keptStore(deps), ...signatureStore(deps) };
}

function keptStore({ database, journal }: Deps): Pick<ContractStore, "keepContract" | "listContracts"> {
  return {
    async keepContract(contract) {
      const { hash, version, terms, inForce } = contract;
      return database.transaction(async (tx) => {
        // Two programs that start under different contracts: without the lock both see the same newest one
        // and take the same place.
        await tx.query("lock table contract_kept in exclusive mode");
        const rows = await tx.query<{ seq: string | number }>(
          "insert into contract_kept (seq, hash, version, terms, in_force) select n.next, $1, $2, " +
            "$3::jsonb, $4::boolean from (select coalesce(max(seq), 0) + 1 as next, max(seq) filter (where " +
            "in_force) as ruling from contract_kept) n where not exists (select from contract_kept k where " +
            "k.hash = $1 and (not $4::boolean or (k.seq = n.ruling and k.version is not distinct from " +
            "$2))) returning seq",
          [hash, version, JSON.stringify(terms), inForce],
        );
        const [kept] = rows;
        if (kept !== undefined) await journal.write(tx, [contractNote(contract, Number(kept.seq))], null);
        return kept !== undefined;
      });
    },
    async listContracts() {
      const rows = await database.query<KeptRow & { [column: string]: unknown }>(
        'select seq, hash, version, terms, in_force as "inForce", kept_at as since from contract_kept ' +
          "order by seq",
      );
      return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
    },
  };
}

/** The signature of a person in a role under a hash: $1 to $4. */
const named = "s.hash = $1 and s.name = $2 and s.role = $3 and s.department = $4";
const sameSignature =
  "r.hash = s.hash and r.name = s.name and r.role = s.role and " +
  "r.department = s.department and r.turn = s.turn";

function signatureStore({
  database,
  journal,
}: Deps): Pick<ContractStore, "signContract" | "revokeSignature" | "listSignatures"> {
  return {
    async signContract(signing, by) {
      const { hash, name, role, department } = signing;
      return database.transaction(async (tx) => {
        // Two who sign in one name at once take the same number, and one of both is kept.
        const rows = await tx.query(
          "insert into contract_signature (hash, name, role, department, turn, signed_by) select $1, $2, " +
            `$3, $4, (select coalesce(max(s.turn), 0) + 1 from contract_signature s where ${named}), $5 ` +
            `where not exists (select from contract_signature s where ${named} and not exists (select from ` +
            `contract_revocation r where ${sameSignature})) on conflict do nothing returning hash`,
          [hash, name, role, department ?? "", by],
        );
        if (rows.length > 0) await journal.write(tx, [signatureNote(signing, by)], null);
        return rows.length > 0;
      });
    },
    async revokeSignature(signing, { by, why }) {
      const { hash, name, role, department } = signing;
      return database.transaction(async (tx) => {
        const rows = await tx.query<{ turn: number }>(
          "insert into contract_revocation (hash, name, role, department, turn, why, revoked_by) select " +
            `s.hash, s.name, s.role, s.department, s.turn, $5, $6 from contract_signature s where ${named} ` +
            "order by s.turn desc limit 1 on conflict do nothing returning turn",
          [hash, name, role, department ?? "", why, by],
        );
        const [taken] = rows;
        if (taken === undefined) return false;
        await journal.write(tx, [revocationNote(signing, { turn: taken.turn, by, why })], null);
        return true;
      });
    },
    async listSignatures() {
      const rows = await database.query<SignatureRow & { [column: string]: unknown }>(
        "select s.hash, s.name, s.role, nullif(s.department, '') as department, s.turn, s.signed_by as " +
          '"by", s.signed_at as "at", r.revoked_by, r.revoked_at, r.why from contract_signature s left ' +
          `join contract_revocation r on ${sameSignature} order by s.signed_at, s.hash, s.name, s.role, ` +
          "s.department, s.turn",
      );
      return rows.map(({ revoked_by, revoked_at, why, ...signed }): ContractSignature => {
        const isTaken = revoked_by !== null && revoked_at !== null && why !== null;
        const revoked = isTaken ? { by: revoked_by, why, at: revoked_at } : null;
        return { ...signed, revoked };
      });
    },
  };
}
