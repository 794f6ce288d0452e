import { personNotes } from "../persons.ts";
import type { PersonDraft, PersonRow, PersonStore } from "../port.ts";
import { lockOf } from "../sessions.ts";
import { inOrder, instant, instantOrNull } from "./basics.ts";
import type { PersonSessionTable, PersonTable } from "./columns-persons.ts";
import { writeNotes } from "./journal.ts";
import type { State } from "./state.ts";

const personOf = (row: PersonTable): PersonRow => ({
  id: row.id,
  name: row.name,
  role: row.role,
  by: row.created_by,
  passwordHash: row.password_hash,
  subject: row.subject,
  createdAt: instant(row.created_at),
  signedInAt: instantOrNull(row.signed_in_at),
  disabledAt: instantOrNull(row.disabled_at),
});

type Wanted = PersonDraft & { readonly subject: string | null; readonly passwordHash: string | null };

/** Inserts a person unless something of them is taken. */
function insert(state: State, wanted: Wanted, now: number): PersonTable | null {
  const { person } = state.tables;
  const { id, name, role, by: created_by, subject, passwordHash: password_hash } = wanted;
  const isTaken = person
    .all()
    .some((row) => row.id === id || row.name === name || (subject !== null && row.subject === subject));
  if (isTaken) return null;
  return person.insert({
    ...{ id, name, role, created_by, subject, password_hash, created_at: now },
    ...{ signed_in_at: null, disabled_at: null },
  });
}

type PersonPart = Pick<
  PersonStore,
  "savePerson" | "enterPerson" | "findPerson" | "listPeople" | "changePerson"
>;

/** People (see the SQL store). */
export function personPart(state: State): PersonPart {
  const { person, personSession, personLink } = state.tables;
  const by = (where: (row: PersonTable) => boolean): PersonTable | undefined => person.all().find(where);
  return {
    async savePerson(draft) {
      return state.commit((now) => {
        if (insert(state, { ...draft, subject: null, passwordHash: null }, now) === null) return false;
        writeNotes(state, [personNotes.made(draft)], null);
        return true;
      });
    },
    async enterPerson(draft) {
      return state.commit((now) => {
        const { role } = draft;
        const made = insert(state, { ...draft, passwordHash: null }, now);
        if (made !== null) {
          writeNotes(state, [personNotes.made(draft)], null);
          return personOf(made);
        }
        const known = by((row) => row.subject === draft.subject);
        if (known === undefined) return null;
        if (known.role === role) return personOf(known);
        writeNotes(state, [personNotes.changed(known.id, { role }, draft.by)], null);
        return personOf(person.change(known, { role }));
      });
    },
    async findPerson(name) {
      const row = by((each) => each.name === name);
      return row === undefined ? null : personOf(row);
    },
    async listPeople() {
      return inOrder(person.all(), ({ name }) => [name]).map((row) => personOf(row));
    },
    async changePerson(id, change, author) {
      return state.commit((now) => {
        const row = person.get(id);
        if (row === undefined) return false;
        const { role = row.role, isDisabled = row.disabled_at !== null } = change;
        person.change(row, { role, disabled_at: isDisabled ? (row.disabled_at ?? now) : null });
        if (change.isDisabled === true) {
          for (const session of personSession.by("person", id)) personSession.remove(session);
          for (const link of personLink.all()) if (link.person_id === id) personLink.remove(link);
        }
        writeNotes(state, [personNotes.changed(id, change, author)], null);
        return true;
      });
    },
  };
}

/** One-time links (see the SQL store). */
export function linkUsePart(state: State): Pick<PersonStore, "saveLink" | "findLink" | "useLink"> {
  const { person, personLink, personSession } = state.tables;
  return {
    async saveLink(draft) {
      state.commit((now) => {
        const { hash, person: person_id, expiresInMs } = draft;
        for (const link of personLink.all())
          if (link.person_id === person_id || link.hash === hash) personLink.remove(link);
        personLink.insert({ hash, person_id, expires_at: now + expiresInMs });
        writeNotes(state, [personNotes.invited(draft)], null);
      });
    },
    async findLink(hash) {
      const link = personLink.get(hash);
      if (link === undefined || link.expires_at <= state.now()) return null;
      const row = link.person_id === null ? undefined : person.get(link.person_id);
      if (row !== undefined && row.disabled_at !== null) return null;
      return { person: row === undefined ? null : personOf(row) };
    },
    async useLink({ hash, passwordHash, first }) {
      return state.commit((now) => {
        const link = personLink.get(hash);
        if (link === undefined || link.expires_at <= now) return null;
        personLink.remove(link);
        if (link.person_id === null) {
          if (first === null || person.all().length > 0) return null;
          const made = insert(state, { ...first, subject: null, passwordHash }, now);
          if (made === null) return null;
          writeNotes(state, [personNotes.made(first)], null);
          return personOf(made);
        }
        const row = person.get(link.person_id);
        if (row === undefined || row.disabled_at !== null) return null;
        for (const session of personSession.by("person", row.id)) personSession.remove(session);
        writeNotes(state, [personNotes.entered(row.id)], null);
        return personOf(person.change(row, { password_hash: passwordHash }));
      });
    },
  };
}

type SessionPart = Pick<
  PersonStore,
  "startSession" | "findSession" | "noteSessionUse" | "endSession" | "endSessions"
>;

/** Sessions of people (see the SQL store). */
export function sessionPart(state: State): SessionPart {
  const { person, personSession } = state.tables;
  const isGood = (row: PersonSessionTable, now: number): boolean => row.idle_at > now && row.over_at > now;
  return {
    async startSession({ hash, person: person_id, idleMs, lifeMs }) {
      return state.commit((now) => {
        const row = person.get(person_id);
        if (row === undefined || row.disabled_at !== null) return false;
        person.change(row, { signed_in_at: now });
        personSession.insert({ hash, person_id, idle_at: now + idleMs, over_at: now + lifeMs });
        return true;
      });
    },
    async findSession(hash) {
      const row = personSession.get(hash);
      if (row === undefined || !isGood(row, state.now())) return null;
      const known = person.get(row.person_id);
      if (known === undefined || known.disabled_at !== null) return null;
      return { person: personOf(known), overAt: instant(row.over_at) };
    },
    async noteSessionUse(hash, { idleMs, everyMs }) {
      state.commit((now) => {
        const row = personSession.get(hash);
        if (row === undefined || row.idle_at > now + idleMs - everyMs || row.idle_at <= now) return;
        personSession.change(row, { idle_at: now + idleMs });
      });
    },
    async endSession(hash) {
      return state.commit(() => {
        const row = personSession.get(hash);
        if (row !== undefined) personSession.remove(row);
        return row !== undefined;
      });
    },
    async endSessions(id) {
      return state.commit(() => {
        const rows = [...personSession.by("person", id)];
        for (const row of rows) personSession.remove(row);
        return rows.length;
      });
    },
  };
}

/** Tries to sign in (see the SQL store). */
export function tryPart(state: State): Pick<PersonStore, "trySignIn" | "settleTry" | "forgetPeople"> {
  const { signInTry, personLink, personSession } = state.tables;
  return {
    async trySignIn(counts, { lockMsMin, lockMsMax, forgetMs }) {
      return state.commit((now) => {
        const untils = counts.map(({ what }) => signInTry.get(what)?.locked_until ?? now);
        const lockedMs = Math.max(0, ...untils.map((until) => until - now));
        if (lockedMs > 0) return { lockedMs, nextMs: lockedMs };
        let nextMs = 0;
        for (const { what, free } of counts) {
          const row = signInTry.get(what);
          const tries = row === undefined || row.last_at <= now - forgetMs ? 1 : row.tries + 1;
          const lockMs = lockOf(tries, { free, lockMsMin, lockMsMax });
          nextMs = Math.max(nextMs, lockMs);
          const counted = { tries, last_at: now, locked_until: now + lockMs };
          if (row === undefined) signInTry.insert({ what, ...counted });
          else signInTry.change(row, counted);
        }
        return { lockedMs: 0, nextMs };
      });
    },
    async settleTry({ clear, release }) {
      state.commit((now) => {
        const cleared = signInTry.get(clear);
        if (cleared !== undefined) signInTry.remove(cleared);
        const row = release === null ? undefined : signInTry.get(release);
        if (row !== undefined)
          signInTry.change(row, { tries: Math.max(0, row.tries - 1), locked_until: now });
      });
    },
    async forgetPeople(forgetMs) {
      return state.commit((now) => {
        const sessions = personSession.all().filter((row) => row.idle_at <= now || row.over_at <= now);
        for (const row of sessions) personSession.remove(row);
        const links = personLink.all().filter((row) => row.expires_at <= now);
        for (const row of links) personLink.remove(row);
        const tries = signInTry
          .all()
          .filter((row) => row.last_at <= now - forgetMs && row.locked_until <= now);
        for (const row of tries) signInTry.remove(row);
        return sessions.length + links.length + tries.length;
      });
    },
  };
}
