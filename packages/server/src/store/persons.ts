import type { Database, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import type { KeyRole, LinkDraft, PersonChange, PersonDraft, PersonRow, PersonStore } from "./port.ts";
import { inMs } from "./rows.ts";

/** What the journal tells of people. Never a password, a link or a session. */
export const personNotes = {
  made: ({ id, name, role, by }: PersonDraft): Note => note("person_made", { id, name, role, by }),
  changed: (id: string, change: PersonChange, by: string): Note =>
    note("person_changed", { id, ...change, by }),
  invited: ({ person, by }: LinkDraft): Note => note("person_invited", { id: person, by }),
  entered: (id: string): Note => note("person_entered", { id }),
};

const note = (kind: string, body: Note["body"]): Note => ({ kind, entity: null, link: null, body });

interface Row {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly password_hash: string | null;
  readonly subject: string | null;
  readonly created_by: string;
  readonly created_at: string;
  readonly signed_in_at: string | null;
  readonly disabled_at: string | null;
  readonly [column: string]: unknown;
}

const columns =
  "p.id, p.name, p.role, p.password_hash, p.subject, p.created_by, p.created_at, p.signed_in_at, " +
  "p.disabled_at";

/** A row of `person` with these columns. */
export const personColumns: string = columns;

/** A person out of their row. */
export const personOf = (row: Row): PersonRow => ({
  id: row.id,
  name: row.name,
  role: row.role,
  by: row.created_by,
  passwordHash: row.password_hash,
  subject: row.subject,
  createdAt: row.created_at,
  signedInAt: row.signed_in_at,
  disabledAt: row.disabled_at,
});

async function insert(
  tx: Queryable,
  draft: PersonDraft & { readonly subject: string | null; readonly passwordHash: string | null },
): Promise<boolean> {
  const { id, name, role, by, subject, passwordHash } = draft;
  const rows = await tx.query(
    "insert into person (id, name, role, created_by, subject, password_hash) values ($1, $2, $3, $4, $5, " +
      "$6) on conflict do nothing returning id",
    [id, name, role, by, subject, passwordHash],
  );
  return rows.length > 0;
}

async function find(
  from: Queryable,
  where: "id" | "name" | "subject",
  value: string,
): Promise<PersonRow | null> {
  const [row] = await from.query<Row>(`select ${columns} from person p where p.${where} = $1`, [value]);
  return row === undefined ? null : personOf(row);
}

interface Deps {
  readonly database: Database;
  readonly journal: JournalWriter;
}

type PersonPart = Pick<
  PersonStore,
  "savePerson" | "enterPerson" | "findPerson" | "listPeople" | "changePerson"
>;

/** People in SQL. */
export function personStore(deps: Deps): PersonPart & Pick<PersonStore, "saveLink" | "findLink" | "useLink"> {
  const { database, journal } = deps;
  return {
    async savePerson(draft) {
      return database.transaction(async (tx) => {
        const isMade = await insert(tx, { ...draft, subject: null, passwordHash: null });
        if (isMade) await journal.write(tx, [personNotes.made(draft)], null);
        return isMade;
      });
    },
    async enterPerson(draft) {
      return database.transaction(async (tx) => {
        const { subject, role, by } = draft;
        if (await insert(tx, { ...draft, passwordHash: null })) {
          await journal.write(tx, [personNotes.made(draft)], null);
          return find(tx, "subject", subject);
        }
        const known = await find(tx, "subject", subject);
        if (known === null || known.role === role) return known;
        await tx.query("update person set role = $2 where id = $1", [known.id, role]);
        await journal.write(tx, [personNotes.changed(known.id, { role }, by)], null);
        return { ...known, role };
      });
    },
    findPerson: (name) => find(database, "name", name),
    async listPeople() {
      const rows = await database.query<Row>(`select ${columns} from person p order by p.name collate "C"`);
      return rows.map((row) => personOf(row));
    },
    async changePerson(id, change, by) {
      return database.transaction(async (tx) => {
        const { role = null, isDisabled = null } = change;
        const rows = await tx.query(
          "update person set role = coalesce($2, role), disabled_at = case when $3::boolean is null then " +
            "disabled_at when $3::boolean then coalesce(disabled_at, now()) else null end where id = $1 " +
            "returning id",
          [id, role, isDisabled],
        );
        if (rows.length === 0) return false;
        if (isDisabled === true) {
          await tx.query("delete from person_session where person_id = $1", [id]);
          await tx.query("delete from person_link where person_id = $1", [id]);
        }
        await journal.write(tx, [personNotes.changed(id, change, by)], null);
        return true;
      });
    },
    ...links(deps),
  };
}

/** One-time links. Two that use one at once: its row is deleted by the first alone. */
function links({ database, journal }: Deps): Pick<PersonStore, "saveLink" | "findLink" | "useLink"> {
  return {
    async saveLink(draft) {
      await database.transaction(async (tx) => {
        const { hash, person, expiresInMs } = draft;
        await tx.query("delete from person_link where person_id is not distinct from $1 or hash = $2", [
          person,
          hash,
        ]);
        await tx.query(
          `insert into person_link (hash, person_id, expires_at) values ($1, $2, ${inMs("$3")})`,
          [hash, person, expiresInMs],
        );
        await journal.write(tx, [personNotes.invited(draft)], null);
      });
    },
    async findLink(hash) {
      const [row] = await database.query<Row & { person_id: string | null }>(
        `select l.person_id, ${columns} from person_link l left join person p on p.id = l.person_id where ` +
          "l.hash = $1 and l.expires_at > now() and p.disabled_at is null",
        [hash],
      );
      return row === undefined ? null : { person: row.id === null ? null : personOf(row) };
    },
    async useLink({ hash, passwordHash, first }) {
      return database.transaction(async (tx) => {
        const [used] = await tx.query<{ person_id: string | null }>(
          "delete from person_link where hash = $1 and expires_at > now() returning person_id",
          [hash],
        );
        if (used === undefined) return null;
        if (used.person_id === null) {
          const taken = await tx.query("select id from person limit 1");
          if (first === null || taken.length > 0) return null;
          if (!(await insert(tx, { ...first, subject: null, passwordHash }))) return null;
          await journal.write(tx, [personNotes.made(first)], null);
          return find(tx, "id", first.id);
        }
        const rows = await tx.query(
          "update person set password_hash = $2 where id = $1 and disabled_at is null returning id",
          [used.person_id, passwordHash],
        );
        if (rows.length === 0) return null;
        await tx.query("delete from person_session where person_id = $1", [used.person_id]);
        await journal.write(tx, [personNotes.entered(used.person_id)], null);
        return find(tx, "id", used.person_id);
      });
    },
  };
}
