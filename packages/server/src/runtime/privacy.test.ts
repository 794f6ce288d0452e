import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalBytes, connectionId, externalId } from "@crossfoot/kernel";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { MemoryStore } from "../store/memory/memory-store.ts";
import { recordName } from "../store/port.ts";
import type { Store } from "../store/port.ts";
import { anonymise, personScene, personValues as values, placesOf } from "./testing/person-scene.ts";
import type { PersonScene } from "./testing/person-scene.ts";
import type { MiniWorldOptions } from "./testing/world.ts";

interface Scene extends PersonScene {
  readonly memory: MemoryStore;
}

async function scene(options: Partial<MiniWorldOptions> = {}): Promise<Scene> {
  let memory: MemoryStore | undefined;
  const mini = await personScene({ database: (deps) => (memory = createMemoryStore(deps)), ...options });
  if (memory === undefined) throw new Error("no store was opened");
  return { ...mini, memory };
}

const found = (mini: Scene, texts: readonly string[]): readonly string[] =>
  placesOf(mini.memory.dump(), texts);
const erase = (mini: Scene) =>
  mini.engine.privacy.erasePerson(`crm:${mini.crmId}`, { by: "ada", why: "asked on 5 January" });

describe("the erasure of a person", () => {
  test("empties both systems by a plan, then every table; the chain still verifies", async () => {
    const mini = await scene();
    expect(found(mini, values).length).toBeGreaterThan(8);
    await anonymise(mini);
    for (const [system, id] of [
      [mini.crm, mini.crmId],
      [mini.erp, mini.erpId],
    ] as const)
      expect(system.get("contacts", id).fields).toMatchObject({
        given: "Erased",
        family: "Erased",
        email: null,
      });
    const before = await mini.engine.verify();
    const proof = await erase(mini);
    expect(found(mini, values)).toEqual([]);
    const after = await mini.engine.verify();
    expect(after.broken).toEqual([]);
    expect(after.entries).toBe(before.entries + 1);
    expect(proof.rows["journal"]).toBeGreaterThan(3);
    expect(proof.elsewhere).toEqual({});
    const { hash, ...plain } = proof;
    expect(createHash("sha256").update(canonicalBytes(plain)).digest("hex")).toBe(hash);
    expect(await mini.engine.privacy.erasures()).toEqual([proof]);
    expect(values.filter((value) => JSON.stringify(proof).includes(value))).toEqual([]);
  });

  test("leaves the other person, and whatever comes later, at work", async () => {
    const mini = await scene();
    await anonymise(mini);
    await erase(mini);
    expect(found(mini, ["other@person.example"]).length).toBeGreaterThan(2);
    const writes = [mini.crm.writes, mini.erp.writes];
    await mini.engine.run({ sweep: true });
    expect([mini.crm.writes, mini.erp.writes]).toEqual(writes);
    expect(found(mini, values)).toEqual([]);
    mini.crm.edit("contacts", mini.crmId, { email: "new@person.example" });
    await mini.engine.run();
    expect(mini.erp.get("contacts", mini.erpId).fields["email"]).toBe("new@person.example");
    expect((await mini.engine.verify()).broken).toEqual([]);
  });

  test("cannot be taken back, by an undo or by a plan of before", async () => {
    const mini = await scene();
    mini.crm.edit("contacts", mini.crmId, { email: "third@canary.example" });
    const old = await mini.engine.plan();
    await mini.engine.run();
    mini.pass(10);
    const { plan } = await mini.engine.privacy.planErasure(`crm:${mini.crmId}`, "ada");
    if (plan === null) throw new Error("nothing was to be written");
    await mini.engine.apply(plan);
    await mini.engine.run();
    mini.pass(10);
    await erase(mini);
    await expect(mini.engine.apply(old)).rejects.toThrow("restored");
    const undo = mini.engine.undo({ what: "plan", id: plan.id, by: "eve" });
    await expect(undo).rejects.toThrow("nothing to take back");
    expect(await mini.engine.lost({ record: mini.link, limit: 10 })).toEqual([]);
    expect(found(mini, [...values, "third@canary.example"])).toEqual([]);
  });

  test("is refused while a system still shows the person, and says which and where", async () => {
    const mini = await scene();
    await expect(erase(mini)).rejects.toThrow(/crm name.given.*erp email/s);
    expect(found(mini, values).length).toBeGreaterThan(8);
    expect(mini.list.marks).toEqual([]);
  });

  test("finds a changed entry all the same: what is emptied is vouched for, nothing else", async () => {
    const mini = await scene();
    await anonymise(mini);
    await erase(mini);
    const { journal, ...rest } = mini.memory.snapshot();
    const forged = journal.map((row) => (row.kind === "erased" ? { ...row, body: { was: "x" } } : row));
    mini.memory.restore({ ...rest, journal: forged });
    expect((await mini.engine.verify()).broken.length).toBeGreaterThan(0);
  });

  test("comes again after a backup of before was restored; the person stays gone", async () => {
    const mini = await scene();
    const backup = mini.memory.snapshot();
    await anonymise(mini);
    const proof = await erase(mini);
    mini.memory.restore(backup);
    expect(found(mini, values).length).toBeGreaterThan(8);
    const [again] = await mini.engine.privacy.eraseAgain();
    expect(again?.id).toBe(proof.id);
    expect(found(mini, values)).toEqual([]);
    expect((await mini.engine.verify()).broken).toEqual([]);
    mini.pass(10);
    await mini.engine.run({ sweep: true });
    await mini.engine.run();
    for (const [system, id] of [
      [mini.crm, mini.crmId],
      [mini.erp, mini.erpId],
    ] as const)
      expect(system.get("contacts", id).fields).toMatchObject({ given: "Erased", email: null });
    expect(found(mini, values)).toEqual([]);
    expect(await mini.engine.privacy.eraseAgain()).toEqual([]);
  });

  test("is whole or not at all, wherever the power goes", async () => {
    for (const moment of ["before", "after"] as const) {
      let isOff = false;
      const cut = (store: Store): Store => ({
        ...store,
        async erasePerson(order) {
          if (isOff && moment === "before") throw new Error("power");
          const proof = await store.erasePerson(order);
          if (isOff) throw new Error("power");
          return proof;
        },
      });
      const mini = await scene({ wrapStore: cut });
      await anonymise(mini);
      isOff = true;
      await expect(erase(mini)).rejects.toThrow("power");
      expect(found(mini, values).length > 0).toBe(moment === "before");
      isOff = false;
      // What a start does: the list knows of the person, the store does not.
      expect((await mini.engine.privacy.eraseAgain()).length).toBe(moment === "before" ? 1 : 0);
      expect(found(mini, values)).toEqual([]);
      expect((await mini.engine.privacy.erasures()).length).toBe(1);
    }
  });
});

const merging = { crm: { entities: { accounts: {}, contacts: { merge: true, unmerge: true } } } };

describe("of whose records an erasure is", () => {
  test("a record that was merged by mistake and taken back is another person's", async () => {
    const mini = await scene(merging);
    const other = mini.crm.rows("contacts").find(({ fields }) => fields["given"] === "Other")?.id ?? "";
    mini.crm.merge("contacts", other, mini.crmId);
    await mini.engine.run();
    mini.pass(10);
    mini.crm.unmerge("contacts", other);
    await mini.engine.run();
    mini.pass(10);
    const { plan } = await mini.engine.privacy.planErasure(`crm:${mini.crmId}`, "ada");
    expect(plan?.writes.filter(({ id }) => id === other)).toEqual([]);
    await anonymise(mini);
    await erase(mini);
    expect(mini.crm.get("contacts", other).fields).toMatchObject({
      ...{ given: "Other", family: "Person", email: "other@person.example" },
    });
    expect(found(mini, ["other@person.example"]).length).toBeGreaterThan(2);
    expect(found(mini, values)).toEqual([]);
  });

  test("one whom a backup knows as two, from before their merge, is erased as two", async () => {
    const mini = await scene();
    const second = "w.second@canary.example";
    const twice = { given: "Mina", family: "Quarter", email: second };
    const double = mini.crm.add("contacts", { ...twice, account: mini.crm.rows("accounts")[0]?.id ?? "" });
    await mini.engine.run();
    mini.pass(10);
    const records: string[] = [];
    for (const id of [mini.crmId, double].map((each) => externalId(each)))
      records.push(
        await mini.list.nameOf(recordName({ connection: connectionId("crm"), entity: "contacts", id })),
      );
    await mini.list.add({ id: "e-of-both", at: "2026-01-05T08:00:00.000Z", by: "ada", records });
    const [proof] = await mini.engine.privacy.eraseAgain();
    expect([proof?.id, proof?.links.length]).toEqual(["e-of-both", 2]);
    expect(found(mini, [...values, second])).toEqual([]);
    expect(found(mini, ["other@person.example"]).length).toBeGreaterThan(2);
    expect((await mini.engine.verify()).broken).toEqual([]);
  });

  test("a refusal leaves nobody on the list: no later start erases them unasked", async () => {
    const mini = await scene({ wrapStore: (store) => ({ ...store, erasePerson: async () => null }) });
    await anonymise(mini);
    await expect(erase(mini)).rejects.toThrow("run or decide first");
    expect(mini.list.marks).toEqual([]);
    expect(await mini.engine.privacy.eraseAgain()).toEqual([]);
  });
});

test("a person who is seen again is a person nobody knows", async () => {
  const mini = await scene();
  await anonymise(mini);
  await erase(mini);
  const [given = "", family = "", email = ""] = values;
  const account = mini.crm.rows("accounts")[0]?.id ?? "";
  const again = mini.crm.add("contacts", { given, family, email, account });
  await mini.engine.run();
  const key = { connection: connectionId("crm"), entity: "contacts", id: externalId(again) };
  const [link] = (await mini.store.linksOf([key])).values();
  expect(link).not.toBe(mini.link);
  expect(mini.crm.get("contacts", mini.crmId).fields).toMatchObject({ given: "Erased", email: null });
});

describe("what is held of a person", () => {
  test("is all of it, with what both systems show now, sealed", async () => {
    const mini = await scene();
    // One plan about two persons: the other one is nobody's business.
    const [, other] = mini.crm.rows("contacts");
    mini.crm.edit("contacts", other?.id ?? "", { given: "Somebody", email: "else@person.example" });
    mini.crm.edit("contacts", mini.crmId, { given: "Wilma" });
    await mini.engine.plan();
    const { hash, ...plain } = await mini.engine.privacy.exportPerson(values[2] ?? "", "ada");
    expect(plain.link).toBe(mini.link);
    expect(plain.shown.map(({ connection, fields }) => [connection, fields?.["email"]])).toEqual([
      ["crm", values[2]],
      ["erp", values[2]],
    ]);
    const inStore = found(mini, [values[3] ?? ""]).map((place) => place.split(":")[0] ?? "");
    const held = [...plain.held, ...plain.mentioned].filter((each) =>
      canonicalBytes(each).includes(values[3] ?? ""),
    );
    expect(new Set(held.map(({ table }) => table))).toEqual(new Set(inStore));
    expect(plain.mentioned.some(({ table, parts }) => table === "plan" && parts.length > 0)).toBe(true);
    expect(canonicalBytes(plain)).not.toMatch(/other@person|else@person|Somebody/);
    expect(createHash("sha256").update(canonicalBytes(plain)).digest("hex")).toBe(hash);
  });

  test("is nobody's where nobody is named so", async () => {
    const mini = await scene();
    for (const name of ["crm:none", "nobody@nowhere.example", "l-none"])
      await expect(mini.engine.privacy.exportPerson(name, "ada")).rejects.toThrow("no");
    await expect(mini.engine.privacy.exportPerson("crm:crm-1", "ada")).rejects.toThrow("nothing is known");
  });
});
