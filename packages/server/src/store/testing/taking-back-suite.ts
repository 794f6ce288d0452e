import { createHash } from "node:crypto";
import { externalId, linkId } from "@crossfoot/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import type { CandidateDecision, Lease, Rights, Store } from "../port.ts";
import type { StoreHome } from "./homes.ts";
import { crm, decision, erp, intent, seen } from "./records.ts";
import { matchAccounts, takeAll } from "./rights.ts";

const entity = "accounts";
const [own, other] = [linkId("l-own"), linkId("l-other")];
const record = { connection: crm, entity, id: externalId("r1") };
const rival = { connection: crm, entity, id: externalId("r2") };

/** What every home of the store makes of a person's decision about a record that is taken back. */
export function takingBackSuite(home: StoreHome): void {
  let store: Store;
  let rights: Rights;
  let lease: Lease;

  beforeEach(async () => {
    const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
    const clock = { now: () => 1_767_600_000_000, monotonic: () => 0 };
    store = (await home.open({ entropy: { digest, uuid: () => "u" }, clock })).store;
    await store.migrate();
    rights = await takeAll(store, "one");
    lease = await matchAccounts(store, "one");
    const observations = [seen("r1", {}), seen("r2", {})];
    await store.checkpoint({ observations, unreadable: [], cursor: null, runId: null });
    const found = { kind: "found", link: other, generation: 1, keys: ["k"] } as const;
    const asked = { kind: "candidate", links: [other], keys: ["k"] } as const;
    await store.commitResolutions(
      [
        { record: rival, resolution: found },
        { record, resolution: asked },
      ],
      null,
      lease,
    );
  });

  const found = { kind: "found", link: own, generation: 1, keys: ["k"] } as const;
  const base = { record, by: "ben", resolution: null, alias: null, release: null, revive: null } as const;
  const apart: CandidateDecision = { ...base, state: "apart", resolution: found };
  const linkOf = async () => (await store.linksOf([record])).get(`crm/${entity}/r1`);
  const isAsked = async () => (await store.listCandidates()).map(({ id }) => String(id));
  const create = () => intent(own, { kind: "create", target: erp, key: "c1" });

  describe("a decision that is taken back", () => {
    test("leaves its record asked about and without a link, keys or work, once and twice", async () => {
      await store.settleCandidate(apart);
      expect([await linkOf(), await isAsked()]).toEqual([own, []]);
      for (const by of ["ada", "ben"]) expect(await store.reopenCandidate(record, by)).toBe("done");
      expect([await linkOf(), await isAsked()]).toEqual([undefined, ["r1"]]);
      expect((await store.holdersOf(entity, ["k"])).map(({ link }) => link)).toEqual([other]);
      expect(await store.candidateStateOf(record)).toBe("open");
      const told = (await store.journalOf(own, 10)).filter(({ kind }) => kind === "candidate_reopened");
      expect(told.map(({ body }) => body)).toEqual([
        { connection: "crm", id: "r1", superseded: "apart", by: "ada" },
      ]);
      await store.settleCandidate({ ...apart, resolution: { ...found, link: linkId("l-next") } });
      expect(await linkOf()).toBe("l-next");
    });

    test("lets go of the link whose alias its record is, and of nothing else", async () => {
      await store.settleCandidate({ ...base, state: "linked", alias: other });
      expect(await linkOf()).toBe(other);
      expect(await store.reopenCandidate(record, "ada")).toBe("done");
      expect([await linkOf(), await isAsked()]).toEqual([undefined, ["r1"]]);
      expect((await store.linksOf([rival])).get(`crm/${entity}/r2`)).toBe(other);
    });

    test.each(["linked", "apart"] as const)(
      "of %s about what its own system has twice leaves it the alias that it was",
      async (state) => {
        const twice = { record, links: [other], keys: ["consolidate"] } as const;
        await store.commitResolutions(
          [{ ...twice, record, resolution: { kind: "candidate", ...twice } }],
          null,
          lease,
        );
        const said = state === "apart" ? apart : ({ ...base, state, alias: other } as const);
        await store.settleCandidate(said);
        expect(await store.reopenCandidate(record, "ada")).toBe("done");
        expect([await linkOf(), await isAsked()]).toEqual([other, ["r1"]]);
        const [link] = await store.loadLinks([other]);
        expect(link?.members).toEqual([{ connection: crm, id: "r2", aliases: ["r1"] }]);
      },
    );

    test("takes back a create that was stored, so that it is never sent", async () => {
      await store.settleCandidate(apart);
      await store.commitDecisions([decision(own, { intents: [create()] })], null, rights);
      expect(await store.intentsOf([own])).toHaveLength(1);
      expect(await store.reopenCandidate(record, "ada")).toBe("done");
      expect(await store.intentsOf([own])).toEqual([]);
      expect((await store.journalOf(own, 20)).map(({ kind }) => kind)).toContain("intent_withdrawn");
    });

    test("is refused while a create is on its way, and changes nothing", async () => {
      await store.settleCandidate(apart);
      await store.commitDecisions([decision(own, { intents: [create()] })], null, rights);
      await store.claimIntents({ rights, target: erp, entity, limit: 10, keys: null, sendWithinMs: 5 });
      expect((await store.intentsOf([own])).map(({ state }) => state)).toEqual(["sending"]);
      expect(await store.reopenCandidate(record, "ada")).toBe("busy");
      expect([await linkOf(), await isAsked()]).toEqual([own, []]);
    });

    test("is refused where the link has others, and unknown where nobody decided", async () => {
      await store.settleCandidate(apart);
      const mate = { connection: erp, entity, id: externalId("y1") };
      const observations = [seen("y1", { connection: erp })];
      await store.checkpoint({ observations, unreadable: [], cursor: null, runId: null });
      const join = { kind: "join", link: own, keys: [] } as const;
      await store.commitResolutions([{ record: mate, resolution: join }], null, lease);
      expect(await store.reopenCandidate(record, "ada")).toBe("taken");
      expect(await store.reopenCandidate(rival, "ada")).toBe("unknown");
      expect(await store.candidateStateOf(rival)).toBe(null);
      expect(await linkOf()).toBe(own);
    });
  });
}
