import { beforeEach, describe, expect, test } from "vitest";
import type { LinkDraft, PersonDraft, SessionDraft, Store, TryRule } from "../port.ts";

const ada: PersonDraft = { id: "p1", name: "ada", role: "sales", by: "root" };
const link: LinkDraft = { hash: "l1", person: "p1", by: "root", expiresInMs: 60_000 };
const session: SessionDraft = { hash: "s1", person: "p1", idleMs: 60_000, lifeMs: 600_000 };
const rule: TryRule = { lockMsMin: 1_000, lockMsMax: 3_000, forgetMs: 86_400_000 };
const subject = "https://id.example.com 77";

/** What every store does with people, their links and sessions, and tries to sign in. */
export function personSuite(name: string, open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
    await store.migrate();
  });

  describe(`people (${name})`, () => {
    test("have a name of their own; the journal tells who made and changed them", async () => {
      expect(await store.savePerson(ada)).toBe(true);
      expect(await store.savePerson({ ...ada, id: "p2" })).toBe(false);
      expect(await store.savePerson({ ...ada, name: "ben" })).toBe(false);
      expect(await store.changePerson("p1", { role: "operator" }, "eve")).toBe(true);
      expect(await store.changePerson("none", { role: "operator" }, "eve")).toBe(false);
      const found = { name: "ada", role: "operator", passwordHash: null, disabledAt: null };
      expect(await store.findPerson("ada")).toMatchObject(found);
      expect(await store.findPerson("Ada")).toBeNull();
      expect(await store.listPeople()).toMatchObject([found]);
      expect((await store.verifyJournal()).entries).toBe(2);
    });

    test("of a provider are known by their subject; nobody's name is taken over", async () => {
      await store.savePerson(ada);
      const draft = { ...ada, id: "p2", name: "ben", subject };
      expect(await store.enterPerson({ ...draft, name: "ada" })).toBeNull();
      expect(await store.enterPerson(draft)).toMatchObject({ id: "p2", subject });
      // Another name and id of the same subject: the same person.
      const again = { ...draft, id: "p3", name: "benjamin", role: "viewer" as const };
      expect(await store.enterPerson(again)).toMatchObject({ id: "p2", name: "ben", role: "viewer" });
      expect((await store.listPeople()).map(({ role }) => role)).toEqual(["sales", "viewer"]);
    });
  });

  describe(`one-time links (${name})`, () => {
    test("set a password once, and end the sessions that there were", async () => {
      await store.savePerson(ada);
      await store.saveLink(link);
      await store.startSession(session);
      expect(await store.findLink("l1")).toMatchObject({ person: { name: "ada" } });
      const use = { hash: "l1", passwordHash: "h", first: null };
      const used = await Promise.all([store.useLink(use), store.useLink({ ...use, passwordHash: "h2" })]);
      expect(used.filter((each) => each !== null)).toHaveLength(1);
      expect(await store.findLink("l1")).toBeNull();
      expect(await store.findSession("s1")).toBeNull();
      expect((await store.findPerson("ada"))?.passwordHash).toMatch(/^h2?$/);
    });

    test("end by another link, by the clock, and with the person", async () => {
      await store.savePerson(ada);
      await store.saveLink(link);
      await store.saveLink({ ...link, hash: "l2" });
      expect(await store.findLink("l1")).toBeNull();
      await store.saveLink({ ...link, hash: "l3", expiresInMs: 0 });
      expect(await store.useLink({ hash: "l3", passwordHash: "h", first: null })).toBeNull();
      await store.saveLink({ ...link, hash: "l4" });
      await store.changePerson("p1", { isDisabled: true }, "eve");
      expect(await store.findLink("l4")).toBeNull();
      await store.saveLink({ ...link, hash: "l5" });
      expect(await store.useLink({ hash: "l5", passwordHash: "h", first: null })).toBeNull();
    });

    test("make the first administrator, and nobody once there is somebody", async () => {
      const first: PersonDraft = { ...ada, role: "administrator" };
      await store.saveLink({ ...link, person: null });
      expect(await store.findLink("l1")).toEqual({ person: null });
      expect(await store.useLink({ hash: "l1", passwordHash: "h", first })).toMatchObject({ id: "p1" });
      await store.saveLink({ ...link, person: null });
      const other = { ...first, id: "p2", name: "ben" };
      expect(await store.useLink({ hash: "l1", passwordHash: "h", first: other })).toBeNull();
      expect(await store.listPeople()).toHaveLength(1);
    });
  });

  describe(`sessions (${name})`, () => {
    test("are good until they end, are not used, or their time is over", async () => {
      await store.savePerson(ada);
      expect(await store.startSession({ ...session, person: "none" })).toBe(false);
      expect(await store.startSession(session)).toBe(true);
      expect(await store.findSession("s1")).toMatchObject({ person: { id: "p1", role: "sales" } });
      await store.startSession({ ...session, hash: "s2", idleMs: 0 });
      await store.startSession({ ...session, hash: "s3", lifeMs: 0 });
      // One that was not used in time does not come back.
      await store.noteSessionUse("s2", { idleMs: 60_000, everyMs: 0 });
      expect([await store.findSession("s2"), await store.findSession("s3")]).toEqual([null, null]);
      expect(await store.endSession("s1")).toBe(true);
      expect(await store.endSession("s1")).toBe(false);
      expect(await store.findSession("s1")).toBeNull();
      expect(await store.forgetPeople(60_000)).toBe(2);
    });

    test("of a person end together, and at once when they are disabled", async () => {
      await store.savePerson(ada);
      for (const hash of ["s1", "s2"]) await store.startSession({ ...session, hash });
      expect(await store.endSessions("p1")).toBe(2);
      await store.startSession({ ...session, hash: "s3" });
      await store.changePerson("p1", { isDisabled: true }, "eve");
      expect(await store.startSession({ ...session, hash: "s4" })).toBe(false);
      await store.changePerson("p1", { isDisabled: false }, "eve");
      expect(await store.findSession("s3")).toBeNull();
      expect(await store.startSession({ ...session, hash: "s5" })).toBe(true);
    });
  });

  describe(`tries to sign in (${name})`, () => {
    const counts = [
      { what: "name:ada", free: 2 },
      { what: "address:::1", free: 4 },
    ];

    test("wait longer each time, and those that are made at once do not pass together", async () => {
      const answers = await Promise.all([1, 2, 3, 4].map(() => store.trySignIn(counts, rule)));
      const passed = answers.filter(({ lockedMs }) => lockedMs === 0).map(({ nextMs }) => nextMs);
      // A server begins them in any order.
      expect(passed.toSorted((a, b) => a - b)).toEqual([0, 1_000]);
      const waits = answers.map(({ lockedMs }) => lockedMs).filter((ms) => ms > 0);
      expect(waits).toHaveLength(2);
      expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
    });

    test("that were right begin anew; the address keeps what others did", async () => {
      const own = { ...rule, lockMsMin: 0, lockMsMax: 0 };
      for (const _ of [1, 2, 3]) await store.trySignIn(counts, own);
      await store.settleTry({ clear: "name:ada", release: "address:::1" });
      expect((await store.trySignIn([{ what: "name:ada", free: 2 }], rule)).nextMs).toBe(0);
      // Two of the three are left; the third of now is no lock, the fourth is.
      const address = [{ what: "address:::1", free: 4 }];
      expect((await store.trySignIn(address, rule)).nextMs).toBe(0);
      expect((await store.trySignIn(address, rule)).nextMs).toBe(1_000);
    });

    test("are forgotten after a while", async () => {
      await store.trySignIn(counts, rule);
      await store.trySignIn(counts, { ...rule, lockMsMin: 0, forgetMs: 0 });
      expect((await store.trySignIn([{ what: "name:ada", free: 3 }], rule)).nextMs).toBe(0);
      expect(await store.forgetPeople(0)).toBe(2);
    });
  });
}
