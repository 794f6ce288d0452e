import { beforeEach, describe, expect, test } from "vitest";
import { externalId, linkId } from "@crossfoot/kernel";
import { shardOf } from "../port.ts";
import type { FollowRequest, Store } from "../port.ts";
import { crm, seen } from "./records.ts";
import { matchAccounts } from "./rights.ts";

/** What every store does for those who follow its journal. */
export function eventSuite(name: string, open: () => Promise<Store>): void {
  describe(`following the journal (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });

    /** Reads on until nothing comes, so many entries at a time; answers what came and where it ended. */
    const readAll = async (request: FollowRequest) => {
      const places = (await store.journalPlaces()).map((_end, shard) => request.places[shard] ?? 0);
      const told: string[] = [];
      for (;;) {
        const { entries } = await store.followJournal({ ...request, places });
        for (const { shard, seq, kind } of entries) {
          expect(seq).toBe((places[shard] ?? 0) + 1);
          places[shard] = seq;
          told.push(kind);
        }
        if (entries.length < request.limit) return { told, places };
      }
    };

    test("runs, plans and pauses are told as they begin and end, and only once", async () => {
      const start = await store.journalPlaces();
      expect(start).toEqual(Array.from({ length: 16 }, () => 0));
      await store.beat({ holder: "one", isAlone: false, ttlMs: 60_000 });
      await store.startRun("r-1", "run", "one");
      await store.endRun("r-1", "done", { a: 1 });
      await store.endRun("r-1", "failed", {});
      await store.savePlan("p-1", {});
      await store.savePlan("p-1", { other: 1 });
      await store.setPlanState("p-1", "applying");
      await store.setPlanState("p-none", "applied");
      await store.pause({ kind: "connection", name: "erp" }, "ada");
      const { entries, from } = await store.followJournal({
        places: start,
        kinds: ["run_ended"],
        limit: 100,
      });
      expect(from).toEqual(start);
      expect(entries.map(({ kind, body }) => [kind, body])).toEqual([
        ["run_started", null],
        ["run_ended", { run: "r-1", command: "run", state: "done" }],
        ["plan_made", null],
        ["plan_applying", null],
        ["paused", null],
      ]);
      expect((await store.verifyJournal()).broken).toEqual([]);
    });

    test("a run whose worker is gone is told as abandoned when the next one starts", async () => {
      await store.startRun("r-2", "run", "gone");
      await store.startRun("r-1", "order crm:1", "gone");
      await store.beat({ holder: "one", isAlone: false, ttlMs: 60_000 });
      await store.startRun("r-3", "run", "one");
      const request = { places: [], kinds: ["run_ended"], limit: 100 };
      const ended = (await store.followJournal(request)).entries.filter(({ kind }) => kind === "run_ended");
      expect(ended.map(({ body }) => body)).toEqual([
        { run: "r-2", command: "run", state: "abandoned" },
        { run: "r-1", command: "order crm:1", state: "abandoned" },
      ]);
    });

    test("reading in parts misses nothing and repeats nothing, over all chains", async () => {
      const links = Array.from({ length: 40 }, (_none, at) => linkId(`l-${at}`));
      expect(new Set(links.map((link) => shardOf(link))).size).toBeGreaterThan(8);
      const matching = await matchAccounts(store, "one");
      await store.checkpoint({
        ...{ observations: links.map((link) => seen(link)), unreadable: [], cursor: null, runId: null },
      });
      const found = links.map((link) => {
        const record = { connection: crm, entity: "accounts", id: externalId(link) } as const;
        const resolution = { kind: "found", link, generation: 1, keys: [`taxId=${link}`] } as const;
        return { record, resolution };
      });
      await store.commitResolutions(found.slice(0, 20), null, matching);
      await store.commitResolutions(found.slice(20), null, matching);
      const whole = await readAll({ places: [], kinds: [], limit: 1_000 });
      const parts = await readAll({ places: [], kinds: [], limit: 3 });
      expect(whole.told.length).toBe(40);
      expect(parts).toEqual(whole);
      expect(whole.places).toEqual(await store.journalPlaces());
    });

    test("a place beyond the end of a chain, as after a restore, is put back to it", async () => {
      await store.pause({ kind: "entity", name: "quotes" }, "ada");
      const { entries, from } = await store.followJournal({ places: [900, 7], kinds: [], limit: 10 });
      expect([entries, from]).toEqual([[], await store.journalPlaces()]);
      await store.resume({ kind: "entity", name: "quotes" }, "ada");
      const next = await store.followJournal({ places: from, kinds: ["resumed"], limit: 10 });
      expect(next.entries.map(({ kind, seq }) => [kind, seq])).toEqual([["resumed", 2]]);
    });
  });
}
