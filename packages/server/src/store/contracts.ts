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

interface KeptRow extends Omit<KeptContract, "seq"> {
  readonly seq: string | number;
}

/** Contracts and signatures in SQL. */
export function contractStore(deps: {
  readonly database: Database;
  readonly journal: JournalWriter;
}): ContractStore {
  const { database, journal } = deps;
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
    async signContract(signing, by) {
      const { hash, name, role, department } = signing;
      return database.transaction(async (tx) => {
        const rows = await tx.query(
          "insert into contract_signature (hash, name, role, department, signed_by) values ($1, $2, $3, " +
            "$4, $5) on conflict do nothing returning hash",
          [hash, name, role, department ?? "", by],
        );
        if (rows.length > 0) await journal.write(tx, [signatureNote(signing, by)], null);
        return rows.length > 0;
      });
    },
    async listSignatures() {
      return database.query<ContractSignature & { [column: string]: unknown }>(
        "select hash, name, role, nullif(department, '') as department, signed_by as \"by\", signed_at as " +
          '"at" from contract_signature order by signed_at, hash, name, role, department',
      );
    },
  };
}
