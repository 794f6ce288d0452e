import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { auditBytes } from "../port.ts";
import type { AnswerClaim, KeyDraft, Store } from "../port.ts";

const draft: KeyDraft = {
  id: "k1",
  name: "the shop",
  role: "sales",
  scopes: ["records:read"],
  secretHash: "h",
  by: "ada",
  expiresInMs: null,
};
const claim: AnswerClaim = {
  ...{ key: "k1", name: "n1", route: "undo", digest: "d1", holder: "one" },
  ...{ holdMs: 60_000, keepMs: 600_000 },
};
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What every store does with keys, answers to repeated requests and the audit log. */
export function accessSuite(name: string, open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
    await store.migrate();
  });

  describe(`keys (${name})`, () => {
    test("are live until they are revoked, once; the journal tells both, nothing of the secret", async () => {
      expect(await store.findKey("k1")).toBeNull();
      expect(await store.saveKey(draft)).toBe(true);
      expect(await store.saveKey({ ...draft, name: "another" })).toBe(false);
      expect(await store.findKey("k1")).toMatchObject({ name: "the shop", role: "sales", isLive: true });
      expect(await store.revokeKey("k1", "ben")).toBe(true);
      expect(await store.revokeKey("k1", "eve")).toBe(false);
      expect(await store.listKeys()).toMatchObject([{ revokedBy: "ben", isLive: false }]);
      expect((await store.verifyJournal()).entries).toBe(2);
    });

    test("expire by the store's clock", async () => {
      await store.saveKey({ ...draft, expiresInMs: 0 });
      await store.saveKey({ ...draft, id: "k2", expiresInMs: 60_000 });
      expect((await store.findKey("k1"))?.isLive).toBe(false);
      expect((await store.findKey("k2"))?.isLive).toBe(true);
    });

    test("are rotated in one commit: the old one goes on for a while, never longer than it had", async () => {
      await store.saveKey(draft);
      await store.saveKey({ ...draft, id: "k9", expiresInMs: 1_000 });
      expect(await store.rotateKey("none", { ...draft, id: "k2" }, 60_000)).toBe(false);
      expect(await store.rotateKey("k1", { ...draft, id: "k9" }, 60_000)).toBe(false);
      expect(await store.rotateKey("k1", { ...draft, id: "k2" }, 60_000)).toBe(true);
      expect(await store.findKey("k1")).toMatchObject({ isLive: true, replacedBy: "k2" });
      expect(await store.findKey("k2")).toMatchObject({ isLive: true, expiresAt: null });
      const before = (await store.findKey("k9"))?.expiresAt;
      await store.rotateKey("k9", { ...draft, id: "k3" }, 60_000_000);
      expect((await store.findKey("k9"))?.expiresAt).toBe(before);
      await store.rotateKey("k2", { ...draft, id: "k4" }, 0);
      expect((await store.findKey("k2"))?.isLive).toBe(false);
      expect(await store.rotateKey("k2", { ...draft, id: "k5" }, 0)).toBe(false);
    });

    test("note their use, but not every use", async () => {
      await store.saveKey(draft);
      await store.noteKeyUse("k1", 60_000);
      const first = (await store.findKey("k1"))?.usedAt;
      expect(first).not.toBeNull();
      await store.noteKeyUse("k1", 60_000);
      expect((await store.findKey("k1"))?.usedAt).toBe(first);
    });
  });

  describe(`answers to repeated requests (${name})`, () => {
    test("of several that ask at once one works on it; the answer is kept for all", async () => {
      const asked = [claim, { ...claim, holder: "two" }, { ...claim, holder: "three" }];
      const claims = await Promise.all(asked.map((each) => store.claimAnswer(each)));
      expect(claims.map(({ kind }) => kind).toSorted()).toEqual(["mine", "running", "running"]);
      const holder = asked[claims.findIndex(({ kind }) => kind === "mine")]?.holder ?? "";
      const { key, name: called, route } = claim;
      await store.endAnswer({ key, name: called, route, holder: "somebody else" }, { status: 500 });
      expect((await store.claimAnswer({ ...claim, holder: "four" })).kind).toBe("running");
      await store.endAnswer({ key, name: called, route, holder }, { status: 200 });
      expect(await store.claimAnswer({ ...claim, holder })).toEqual({
        kind: "answered",
        answer: { status: 200 },
      });
    });

    test("another digest under a name is refused; another key or route is another request", async () => {
      await store.claimAnswer(claim);
      const other = { ...claim, holder: "two", digest: "d2" };
      expect((await store.claimAnswer(other)).kind).toBe("other");
      expect((await store.claimAnswer({ ...other, key: "k2" })).kind).toBe("mine");
      expect((await store.claimAnswer({ ...other, route: "redrive" })).kind).toBe("mine");
    });

    test("who works on it may go on for longer; whoever died meanwhile has lost it", async () => {
      await store.claimAnswer({ ...claim, holdMs: 0 });
      expect((await store.claimAnswer(claim)).kind).toBe("mine");
      expect((await store.claimAnswer({ ...claim, holder: "two" })).kind).toBe("running");
      await store.claimAnswer({ ...claim, holdMs: 0 });
      expect((await store.claimAnswer({ ...claim, holder: "two" })).kind).toBe("mine");
    });

    test("one that came to nothing is free again, and what is over is forgotten", async () => {
      await store.claimAnswer(claim);
      await store.endAnswer(claim, null);
      expect((await store.claimAnswer({ ...claim, holder: "two", keepMs: 0 })).kind).toBe("mine");
      expect(await store.forgetAnswers()).toBe(1);
      expect(await store.forgetAnswers()).toBe(0);
    });
  });

  describe(`the audit log (${name})`, () => {
    test("chains its entries, also of several that append at once", async () => {
      const at = "2026-01-05T08:00:00.000Z";
      const events = ["a", "b", "c"].map((kind) => ({ at, kind, body: { count: 2 } }));
      await store.appendAudit(events.slice(0, 2));
      await Promise.all(events.map((event) => store.appendAudit([event])));
      await store.appendAudit([]);
      const rows = await store.listAudit(0, 10);
      expect(rows.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
      let before = "";
      for (const row of rows) {
        expect([row.beforeHash, row.hash]).toEqual([before, digest(auditBytes(before, row))]);
        before = row.hash;
      }
      expect((await store.listAudit(3, 1)).map(({ number }) => number)).toEqual([4]);
    });
  });
}
