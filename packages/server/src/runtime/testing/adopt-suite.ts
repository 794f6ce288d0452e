import { connectionId } from "@crossfoot/kernel";
import { beforeEach, describe, expect, test } from "vitest";

import type { AdoptOptions } from "../engine.ts";
import type { AdoptReport, AdoptRow, BadRow } from "../adopt-report.ts";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

const [crm, erp] = [connectionId("crm"), connectionId("erp")];
/** A record of one side that shares no key with its counterpart. */
const named = (side: "crm" | "erp", name: string, change: object = {}) => ({
  ...customer,
  ...{ name: `${name} ${side}`, email: `${name}@${side}.example`, taxId: `${side}-${name}` },
  ...change,
});

type Written = readonly [crmId: string, erpId: string];

async function* rowsOf(
  pairs: readonly (Written | BadRow)[],
  entity = "accounts",
): AsyncIterable<AdoptRow | BadRow> {
  for (const [at, pair] of pairs.entries()) {
    await Promise.resolve();
    if ("problem" in pair) yield pair;
    else {
      const ids = [
        { connection: crm, id: pair[0] },
        { connection: erp, id: pair[1] },
      ] as const;
      yield { line: at + 2, entity, ids };
    }
  }
}

const kindsOf = ({ findings }: AdoptReport): readonly string[] => findings.map(({ kind }) => kind);

/** Taking over the cross-reference table of another integration. */
export function adoptSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  const build = (options: Partial<MiniWorldOptions> = {}): Promise<MiniWorld> =>
    miniWorld({ database, ...options });

  /** Records on both sides that only a table joins. */
  async function twins(names: readonly string[], options: Partial<MiniWorldOptions> = {}) {
    const mini = await build(options);
    const pairs = names.map((name): Written => [
      mini.crm.add("accounts", named("crm", name)),
      mini.erp.add("accounts", named("erp", name)),
    ]);
    return { ...mini, pairs };
  }
  const adopt = (
    mini: MiniWorld,
    pairs: readonly (Written | BadRow)[],
    options: Partial<AdoptOptions> = {},
  ): Promise<AdoptReport> => mini.engine.adopt({ rows: rowsOf(pairs), ...options });
  const writes = (mini: MiniWorld): number => mini.crm.writes + mini.erp.writes;
  const linkOf = async (mini: MiniWorld, record: string): Promise<string | null> =>
    (await mini.engine.why({ entity: "accounts", id: record }))?.link ?? null;

  describe("a table of pairs", () => {
    test("becomes links, and the first load after it doubles nothing and overwrites nothing", async () => {
      const mini = await twins(["a", "b", "c"]);
      const report = await adopt(mini, mini.pairs);
      expect(report.counts["accounts"]).toMatchObject({ rows: 3, adopted: 3, held: 0, rejected: 0 });
      expect(report.found).toEqual({ keys_contradict: 3 });
      expect(report.differences).toEqual({ accounts: { email: 3, name: 3, taxId: 3 } });
      await mini.engine.run();
      await mini.engine.run({ sweep: true });
      expect([writes(mini), mini.crm.rows("accounts").length, mini.erp.rows("accounts").length]).toEqual([
        0, 3, 3,
      ]);
      expect(await linkOf(mini, `crm:${mini.pairs[0]?.[0] ?? ""}`)).toBe(
        await linkOf(mini, `erp:${mini.pairs[0]?.[1] ?? ""}`),
      );
    });

    test("gives bases: an edit after it travels, a difference before it waits for a person", async () => {
      const mini = await twins(["a"]);
      const [crmId = "", erpId = ""] = mini.pairs[0] ?? [];
      await adopt(mini, mini.pairs);
      mini.pass(10);
      mini.crm.edit("accounts", crmId, { status: "prospect" });
      await mini.engine.run();
      expect(writes(mini)).toBe(1);
      expect(mini.erp.get("accounts", erpId).fields).toMatchObject({ status: "prospect", name: "a erp" });
      const open = await mini.engine.conflicts();
      expect(open.map(({ field, reason }) => [field, reason])).toEqual(
        ["email", "name", "taxId"].map((field) => [field, "first_link_differs"]),
      );
      await mini.engine.decideConflict(open[1]?.link as never, "name", { take: erp, by: "a person" });
      await mini.engine.run();
      expect(mini.crm.get("accounts", crmId).fields["name"]).toBe("a erp");
      expect((await mini.engine.conflicts()).map(({ field }) => field)).toEqual(["email", "taxId"]);
    });

    test("keeps differences where a person says so, and lets later edits flow", async () => {
      const mini = await twins(["a"]);
      const [crmId = "", erpId = ""] = mini.pairs[0] ?? [];
      const report = await adopt(mini, mini.pairs, { onDifference: "keep" });
      expect(report.differences).toEqual({});
      await mini.engine.run({ sweep: true });
      expect(writes(mini)).toBe(0);
      mini.pass(10);
      mini.crm.edit("accounts", crmId, { name: "Edited" });
      await mini.engine.run();
      expect(mini.erp.get("accounts", erpId).fields).toMatchObject({ name: "Edited", taxId: "erp-a" });
    });

    test("lets the contract decide where a person says so, and then only with the next run", async () => {
      const mini = await twins(["a"]);
      const report = await adopt(mini, mini.pairs, { onDifference: "contract" });
      expect([writes(mini), report.planned]).toEqual([0, { erp: { update: 1 } }]);
      await mini.engine.run();
      expect(mini.erp.get("accounts", mini.pairs[0]?.[1] ?? "").fields["name"]).toBe("a crm");
      expect(mini.erp.creates).toEqual([]);
    });

    test("read a second time changes nothing, and with other terms decides what is open", async () => {
      const mini = await twins(["a", "b"]);
      await adopt(mini, mini.pairs);
      const places = await mini.store.journalPlaces();
      const again = await adopt(mini, mini.pairs);
      expect(again.counts["accounts"]).toMatchObject({ adopted: 0, known: 2 });
      const { entries } = await mini.store.followJournal({ places, kinds: [], limit: 100 });
      expect(entries.map(({ kind }) => kind)).toEqual(["run_started", "run_ended"]);
      await adopt(mini, mini.pairs, { onDifference: "keep" });
      expect(await mini.engine.conflicts()).toEqual([]);
      expect(writes(mini)).toBe(0);
    });

    test("that is only looked at leaves no link, and finds the same", async () => {
      const mini = await twins(["a", "b"]);
      const [first, second] = mini.pairs;
      const table: readonly Written[] = [
        first as Written,
        second as Written,
        [first?.[0] ?? "", second?.[1] ?? ""],
      ];
      const looked = await adopt(mini, table, { isCheck: true });
      expect(await linkOf(mini, `crm:${first?.[0] ?? ""}`)).toBe(null);
      const done = await adopt(mini, table);
      expect([looked.counts, looked.findings]).toEqual([done.counts, done.findings]);
    });

    test("takes over after everything was linked one by one, as an observing run leaves it", async () => {
      const mini = await twins(["a", "b"]);
      await mini.engine.run({ observe: true });
      const report = await adopt(mini, mini.pairs);
      expect(report.counts["accounts"]?.adopted).toBe(2);
      await mini.engine.run();
      expect([writes(mini), mini.erp.creates]).toEqual([0, []]);
    });
  });

  describe("what a table got wrong", () => {
    test("ids that do not exist are told, and nothing is made for their counterparts", async () => {
      const mini = await twins(["a"]);
      const lost = mini.crm.add("accounts", named("crm", "lost"));
      const report = await adopt(mini, [...mini.pairs, [lost, "erp-999"], ["crm-998", "erp-997"]]);
      expect(report.counts["accounts"]).toMatchObject({ adopted: 1, held: 1, rejected: 1 });
      expect(
        report.findings
          .filter(({ kind }) => kind === "unknown_id")
          .map(({ line, records }) => [line, records]),
      ).toEqual([
        [3, ["erp:erp-999", `crm:${lost}`]],
        [4, ["crm:crm-998", "erp:erp-997"]],
        [4, ["erp:erp-997", "crm:crm-998"]],
      ]);
      mini.pass(10);
      mini.crm.edit("accounts", lost, { name: "Edited since" });
      await mini.engine.run();
      expect([writes(mini), mini.erp.creates]).toEqual([0, []]);
    });

    test("two records of one side for one of the other make one link and an alias, listed", async () => {
      for (const isObservedFirst of [false, true]) {
        database = await home.open();
        const mini = await twins(["a"]);
        const twice = mini.crm.add("accounts", named("crm", "twice"));
        if (isObservedFirst) await mini.engine.run({ observe: true });
        const erpId = mini.pairs[0]?.[1] ?? "";
        const report = await adopt(mini, [...mini.pairs, [twice, erpId]]);
        expect(report.counts["accounts"]).toMatchObject({ adopted: 1, aliases: 1 });
        expect(report.found["shared"]).toBe(1);
        expect((await mini.engine.candidates()).map(({ id }) => id)).toEqual([twice]);
        await mini.engine.run();
        expect([writes(mini), mini.erp.creates]).toEqual([0, []]);
        expect(await linkOf(mini, `crm:${twice}`)).toBe(await linkOf(mini, `erp:${erpId}`));
        const again = await adopt(mini, [...mini.pairs, [twice, erpId]]);
        expect(again.counts["accounts"]).toMatchObject({ adopted: 0, known: 2 });
      }
    });

    test("deleted, archived and merged records are told; of the merged the survivor is taken", async () => {
      const mini = await twins(["gone", "merged", "archived", "survivor"]);
      await mini.engine.run({ observe: true });
      const none: Written = ["", ""];
      const [gone = none, merged = none, archived = none, survivor = none] = mini.pairs;
      mini.crm.remove("accounts", survivor[0]);
      mini.pass(10);
      mini.erp.remove("accounts", gone[1]);
      mini.erp.merge("accounts", merged[1], survivor[1]);
      mini.erp.archive("accounts", archived[1], true);
      const report = await adopt(mini, [gone, merged, archived], { sweep: true });
      expect(
        kindsOf(report)
          .filter((kind) => kind !== "keys_contradict")
          .toSorted(),
      ).toEqual(["archived", "gone", "merged"]);
      await mini.engine.run();
      expect(mini.erp.creates).toEqual([]);
      expect(await linkOf(mini, `crm:${merged[0]}`)).toBe(await linkOf(mini, `erp:${survivor[1]}`));
      expect(mini.crm.get("accounts", archived[0]).isArchived).toBe(false);
    });

    test("a pair that contradicts a link with others is left alone", async () => {
      const mini = await twins(["a", "b"]);
      await adopt(mini, mini.pairs);
      const crossed: Written = [mini.pairs[0]?.[0] ?? "", mini.pairs[1]?.[1] ?? ""];
      const report = await adopt(mini, [crossed]);
      expect([report.counts["accounts"]?.rejected, kindsOf(report)]).toEqual([1, ["linked_elsewhere"]]);
    });

    test("records it missed and duplicates it caused are found by the declared keys", async () => {
      const mini = await twins(["a"]);
      const missed = { ...customer, name: "Missed", email: "m@x.example", taxId: "M1" };
      const [crmId, erpId] = [mini.crm.add("accounts", missed), mini.erp.add("accounts", missed)];
      const double = mini.erp.add("accounts", named("erp", "double", { taxId: "erp-a" }));
      const report = await adopt(mini, mini.pairs);
      const about = (kind: string): readonly string[] =>
        report.findings.filter((one) => one.kind === kind).flatMap(({ records }) => records);
      expect(about("missed").toSorted()).toEqual([`crm:${crmId}`, `erp:${erpId}`].toSorted());
      expect(about("duplicate")).toEqual([`erp:${double}`]);
      expect(report.alone).toEqual({ accounts: { erp: 1 } });
    });

    test("lines that cannot be read and blank ids are told with their lines, the others go on", async () => {
      const mini = await twins(["a"]);
      const report = await adopt(mini, [
        { line: 2, problem: "3 columns, expected 2" },
        ["", "x"],
        ...mini.pairs,
      ]);
      expect(report.findings.slice(0, 2).map(({ kind, line }) => [kind, line])).toEqual([
        ["malformed", 2],
        ["blank", 3],
      ]);
      expect(report.counts["accounts"]).toMatchObject({ rows: 2, adopted: 1, rejected: 1 });
    });
  });

  describe("a table that is not read to its end", () => {
    test("leaves what was linked; read again it goes on, and nothing is doubled in between", async () => {
      const names = Array.from({ length: 620 }, (_, at) => `n${at}`);
      const mini = await twins(names);
      async function* cut(): AsyncIterable<AdoptRow | BadRow> {
        let read = 0;
        for await (const row of rowsOf(mini.pairs)) {
          read += 1;
          if (read > 600) throw new Error("the disk is gone");
          yield row;
        }
      }
      await expect(mini.engine.adopt({ rows: cut() })).rejects.toThrow("the disk is gone");
      const again = await adopt(mini, mini.pairs);
      expect(again.counts["accounts"]).toMatchObject({ known: 500, adopted: 120 });
      await mini.engine.run();
      expect([writes(mini), mini.erp.creates]).toEqual([0, []]);
    });
  });

  describe("a field that holds the other side's id", () => {
    test("is a table too, whether it is mapped or not", async () => {
      const mini = await build();
      const erpId = mini.erp.add("accounts", named("erp", "a"));
      const crmId = mini.crm.add("accounts", named("crm", "a", { old: { erpKey: erpId } }));
      mini.crm.add("accounts", named("crm", "alone", { status: "lead" }));
      const field = { entity: "accounts", on: crm, field: "old.erpKey" };
      const report = await mini.engine.adopt({ field });
      expect(report.counts["accounts"]).toMatchObject({ rows: 1, adopted: 1 });
      expect(await linkOf(mini, `crm:${crmId}`)).toBe(await linkOf(mini, `erp:${erpId}`));
      await mini.engine.run();
      expect(writes(mini)).toBe(0);
    });
  });
}
