import fc from "fast-check";
import { plain } from "./random-call.ts";
import type { Call } from "./random-call.ts";

const personId = fc.constantFrom("p1", "p2", "é3");
const names = fc.constantFrom("ada", "ben");
const subjects = fc.constantFrom("i 1", "i 2");
const roles = fc.constantFrom("viewer", "administrator");
const hashes = fc.constantFrom("h1", "h2", "h3");
const spanMs = fc.constantFrom(0, 5, 900);
const draft = fc.record({ id: personId, name: names, role: roles, by: fc.constant("somebody") });
const change = fc.record({ role: roles, isDisabled: fc.boolean() }, { requiredKeys: [] });
const link = fc.record({
  ...{ hash: hashes, person: fc.option(personId), by: fc.constant("somebody") },
  expiresInMs: fc.constantFrom(0, 900, 900),
});
const use = fc.record({ hash: hashes, passwordHash: fc.constant("x"), first: fc.option(draft) });
const session = fc.record({ hash: hashes, person: personId, idleMs: spanMs, lifeMs: spanMs });
const what = fc.constantFrom("name:a", "address:b");
const counts = fc.uniqueArray(fc.record({ what, free: fc.constantFrom(1, 2) }), {
  selector: (each) => each.what,
});
const rule = fc.record({ lockMsMin: fc.constantFrom(0, 2), lockMsMax: spanMs, forgetMs: spanMs });

/** Calls about people that change something. */
export const personChanges: { readonly [method: string]: fc.Arbitrary<Call> } = {
  savePerson: plain("savePerson", draft),
  enterPerson: plain(
    "enterPerson",
    fc.tuple(draft, subjects).map(([person, subject]) => ({ ...person, subject })),
  ),
  changePerson: plain("changePerson", personId, change, fc.constant("another")),
  saveLink: plain("saveLink", link),
  useLink: plain("useLink", use),
  startSession: plain("startSession", session),
  noteSessionUse: plain("noteSessionUse", hashes, fc.record({ idleMs: spanMs, everyMs: spanMs })),
  endSession: plain("endSession", hashes),
  endSessions: plain("endSessions", personId),
  trySignIn: plain("trySignIn", counts, rule),
  settleTry: plain("settleTry", fc.record({ clear: what, release: fc.option(what) })),
  forgetPeople: plain("forgetPeople", spanMs),
};

/** Those that only look. */
export const personLooks: { readonly [method: string]: fc.Arbitrary<Call> } = {
  findPerson: plain("findPerson", names),
  listPeople: plain("listPeople"),
  findLink: plain("findLink", hashes),
  findSession: plain("findSession", hashes),
};
