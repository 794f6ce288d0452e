import { connectionId } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const crm = connectionId("crm");
const names = [
  ...["Alder Papers", "Birch Foundry", "Cedar Optics", "Dogwood Dairy", "Elm Instruments", "Fir Haulage"],
  ...["Ginkgo Pharma", "Hazel Tooling", "Ivy Textiles", "Juniper Brewing", "Larch Marine", "Maple Robotics"],
];
const account = (name: string, more: { readonly [field: string]: string } = {}) => ({
  ...{ name: `${name} GmbH`, taxId: null, status: "prospect", currency: "EUR", limit: null },
  email: `office@${name.toLowerCase().replaceAll(" ", "-")}.example`,
  ...more,
});

async function build(): Promise<MiniWorld> {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
  for (const name of names) mini.crm.add("accounts", account(name));
  return mini;
}

describe("a look for duplicates", () => {
  test("finds what one system has twice, with evidence in words and a day; tells it once", async () => {
    const mini = await build();
    const twice = mini.crm.add("accounts", account("Cedar Optics", { name: "Cedar Optics" }));
    const report = await mini.engine.duplicates({ only: ["accounts"], connection: crm });
    expect(report.looked).toEqual([{ entity: "accounts", connection: "crm", records: names.length + 1 }]);
    const [cluster, ...others] = report.clusters;
    expect(others).toEqual([]);
    expect(cluster?.records.map(({ id }) => String(id))).toEqual(["crm-3", twice].toSorted());
    expect(cluster?.evidence[0]?.says.join()).toContain("name is equal");
    expect(report.fresh).toEqual([cluster?.id]);
    expect([report.trend.at(-1)?.found, report.trend.at(-1)?.open]).toEqual([1, 1]);
    const again = await mini.engine.duplicates({ only: ["accounts"], connection: crm });
    expect([again.fresh, again.clusters.map(({ id }) => id)]).toEqual([[], [cluster?.id]]);
    mini.pass(15 * 86_400_000);
    expect((await mini.engine.duplicates({ only: ["accounts"] })).overdue).toBe(1);
  });

  test("asks about people of one mailbox and phone whose given names are two, and joins none", async () => {
    const mini = await miniWorld({
      database: (deps) => createMemoryStore(deps),
      contract: {
        entities: { accounts: {}, contacts: { consolidation: { automaticFrom: 0.51 } } },
      },
    });
    const firms = names.map((name) => mini.crm.add("accounts", account(name)));
    const [firm = ""] = firms;
    const contact = (given: string, family: string, at: number) => ({
      ...{ given, family, email: `${given.charAt(0)}.${family}@firm${at}.example`.toLowerCase() },
      account: firms[at] ?? firm,
    });
    const givens = ["Ada", "Boris", "Clara", "Dennis", "Edith", "Fritz", "Greta", "Hubert", "Ingrid", "Karl"];
    for (const [at, given] of givens.entries()) {
      mini.crm.add("contacts", contact(given, `Family${at}`, at));
      if (at < 3) mini.crm.add("contacts", contact(given, `Family${at}`, at));
    }
    const [jane, john] = ["Jane", "John"].map((given) =>
      mini.crm.add("contacts", contact(given, "Johnson", 11)),
    );
    const { clusters } = await mini.engine.duplicates({ only: ["contacts"], connection: crm });
    const found = clusters.filter(({ records }) => records.some(({ id }) => id === jane || id === john));
    expect(found.map(({ band, isAutomatic }) => [band, isAutomatic])).toEqual([["review", false]]);
    expect(found[0]?.evidence[0]?.says[0]).toBe("a given name is another");
    expect(clusters.filter(({ isAutomatic }) => isAutomatic)).toHaveLength(3);
  });

  test("across both systems tells products of one name by their units, by whatever words", async () => {
    const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
    const units = [
      ["kg", "KGM"],
      ["m2", "qm"],
    ] as const;
    const named = names.flatMap((name, at) => units.map((unit, nth) => ({ name, at, unit, nth })));
    const wanted = new Map<string, string>();
    for (const { name, at, unit, nth } of named) {
      const mine = mini.crm.add("products", { sku: `A${at}${nth}`, name, unit: unit[0] });
      wanted.set(mine, mini.erp.add("products", { sku: `${7 * at + 3}-${nth}Z`, name, unit: unit[1] }));
    }
    const [report] = await mini.engine.matches({ only: ["products"] });
    const pairs = (report?.pairs ?? []).filter(({ band }) => band === "link");
    expect(pairs.length).toBeGreaterThan(0);
    for (const { records, says } of pairs) {
      expect(wanted.get(String(records[0].id))).toBe(String(records[1].id));
      expect(says.join()).toContain("unit");
    }
  });

  test("never asks again about what a person said is apart, until one of them changes", async () => {
    const mini = await build();
    const twice = mini.crm.add("accounts", account("Cedar Optics"));
    const [cluster] = (await mini.engine.duplicates({ only: ["accounts"] })).clusters;
    const said = await mini.engine.answerDuplicate(cluster?.id ?? "", { word: "apart", by: "ada" });
    expect([said?.state, said?.closedBy]).toEqual(["apart", "ada"]);
    expect((await mini.engine.duplicates({ only: ["accounts"] })).clusters).toEqual([]);
    mini.pass(10);
    mini.crm.edit("accounts", twice, { name: "Cedar Optics Germany GmbH" });
    const report = await mini.engine.duplicates({ only: ["accounts"] });
    expect([report.clusters.map(({ id }) => id), report.fresh]).toEqual([[cluster?.id], [cluster?.id]]);
    expect((await mini.store.verifyJournal()).broken).toEqual([]);
  });

  test("a cluster that is no more found is closed; one is given to somebody until a day", async () => {
    const mini = await build();
    const twice = mini.crm.add("accounts", account("Cedar Optics"));
    const [cluster] = (await mini.engine.duplicates({ only: ["accounts"] })).clusters;
    const day = "2026-02-01T00:00:00.000Z";
    const word = { word: "assign", owner: "ben", dueAt: day, by: "ada" } as const;
    await mini.engine.answerDuplicate(cluster?.id ?? "", word);
    const [given] = (await mini.engine.duplicates({ only: ["accounts"] })).clusters;
    expect([given?.owner, given?.dueAt]).toEqual(["ben", day]);
    mini.pass(10);
    mini.crm.edit("accounts", twice, account("Zelkova Shipping"));
    const report = await mini.engine.duplicates({ only: ["accounts"] });
    expect([report.clusters, report.trend.at(-1)?.closed]).toEqual([[], 1]);
    expect(await mini.engine.answerDuplicate("d-none", { word: "apart", by: "ada" })).toBe(null);
  });

  test("pairs across are those of records without a counterpart; nothing is written", async () => {
    const mini = await build();
    for (const name of names) mini.erp.add("accounts", account(name, { name, email: "" }));
    const [report] = await mini.engine.matches({ only: ["accounts"] });
    expect(report?.compared).toEqual({ crm: names.length, erp: names.length });
    const pairs = report?.pairs.map(({ records: [one, other] }) => [one.label, other.label]);
    expect(pairs?.toSorted()).toEqual(names.map((name) => [`${name} GmbH`, name]));
    expect([mini.crm.writes, mini.erp.writes]).toEqual([0, 0]);
  });
});
