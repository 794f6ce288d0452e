import type { JsonMap } from "@crossfoot/kernel";
import type { Statement } from "@crossfoot/model";
import { describe, expect, test } from "vitest";
import { readCutOff } from "./engine.ts";
import { inMemory } from "./testing/random-world.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const day = "2026-01-31";
const cutOff = { day, at: Date.UTC(2026, 1, 1) - 1 };
const hour = 3_600_000;

interface Books extends MiniWorld {
  /** Moves the clock to an instant. */
  readonly goTo: (at: number) => void;
  /** How far the clock of the ERP is ahead, ms. */
  skew: number;
  /** An invoice of the ERP. */
  readonly invoice: (number: string, more?: JsonMap) => string;
  readonly asOf: () => Promise<Statement>;
}

/** Two systems with an account, read and linked on the 5th of January. */
async function books(hasAccount = true): Promise<Books> {
  let skew = 0;
  let now = (): number => Date.UTC(2026, 0, 5, 8);
  const mini = await miniWorld({
    database: inMemory,
    hasDocuments: true,
    erp: { now: () => now() + skew, tellsCreation: true },
  });
  now = () => mini.world.clock.now();
  if (hasAccount) mini.crm.add("accounts", customer);
  if (hasAccount) await mini.engine.run();
  const account = mini.erp.rows("accounts")[0]?.id ?? null;
  return {
    ...mini,
    get skew() {
      return skew;
    },
    set skew(ahead: number) {
      skew = ahead;
    },
    goTo: (at) => mini.pass(at - mini.world.clock.now()),
    invoice: (number, more = {}) =>
      mini.erp.add("invoices", {
        ...{ number, date: "2026-01-20", account, status: "open", currency: "EUR", lines: [] },
        ...{ net: "100.00", tax: "20.00", gross: "120.00", open: "120.00" },
        ...more,
      }),
    asOf: () => mini.engine.statement({ asOf: cutOff }),
  };
}

const grandOf = ({ footing }: Statement): unknown =>
  footing.grand.map(({ crm, erp }) => [
    crm.invoiced ?? "0",
    crm.open ?? "0",
    erp.invoiced ?? "0",
    erp.open ?? "0",
  ]);

/** The total of both sides: invoiced and open in the CRM, then in the ERP. */
const expectTied = (statement: Statement, invoiced: string, open: string): void => {
  expect(grandOf(statement)).toEqual([[invoiced, open, invoiced, open]]);
  expect([statement.footing.isTied, statement.isExplained, statement.isEqual]).toEqual([true, true, true]);
};

describe("a statement as of a day", () => {
  test("what was edited, paid, cancelled, deleted or archived since is as it was, and named", async () => {
    const mini = await books();
    const ids = Object.fromEntries(
      ["edited", "paid", "gone", "archived", "same", "cancelled"].map((name) => [name, mini.invoice(name)]),
    );
    const id = (name: string): string => ids[name] ?? "";
    await mini.engine.run();
    mini.goTo(cutOff.at - hour);
    await mini.engine.run({ sweep: true });
    mini.goTo(cutOff.at + 2 * hour);
    // The readings of the 1st of February find everything as it was: what follows is later.
    await mini.engine.run({ sweep: true });
    const before = await mini.asOf();
    expectTied(before, "720", "720");
    mini.pass(hour);
    mini.erp.edit("invoices", id("edited"), { net: "50.00", tax: "10.00", gross: "60.00", open: "60.00" });
    mini.erp.editUnstamped("invoices", id("paid"), { open: "0.00", status: "paid" });
    mini.erp.edit("invoices", id("cancelled"), { status: "cancelled" });
    mini.erp.remove("invoices", id("gone"));
    mini.erp.archive("invoices", id("archived"), true);
    await mini.engine.run({ sweep: true });
    mini.pass(24 * hour);
    await mini.engine.run({ sweep: true });
    const after = await mini.asOf();
    expectTied(after, "720", "720");
    expect(after.asOf?.unknown).toEqual([]);
    for (const name of ["edited", "paid", "cancelled", "gone", "archived"])
      expect([name, after.asOf?.since.some((line) => line.startsWith(`invoices ${name}:`))]).toEqual([
        name,
        true,
      ]);
    expect(after.asOf?.since.join("\n")).not.toContain("same");
    expect(after.footing.byPeriod).toEqual(before.footing.byPeriod);
  });

  test("a back-dated document that was posted after the cut is not in it", async () => {
    const mini = await books();
    mini.invoice("early");
    await mini.engine.run();
    mini.goTo(cutOff.at + hour);
    await mini.engine.run({ sweep: true });
    mini.pass(hour);
    mini.invoice("late");
    await mini.engine.run();
    expectTied(await mini.asOf(), "120", "120");
    const now = await mini.engine.statement();
    expect(grandOf(now)).toEqual([["240", "240", "240", "240"]]);
  });

  test("an edit that nobody read on either side of the cut leaves its document out, by name", async () => {
    const mini = await books();
    const id = mini.invoice("gap");
    mini.invoice("other");
    await mini.engine.run();
    mini.goTo(cutOff.at + hour);
    mini.erp.edit("invoices", id, { gross: "60.00", net: "50.00", tax: "10.00", open: "60.00" });
    await mini.engine.run();
    const statement = await mini.asOf();
    expectTied(statement, "120", "120");
    expect(statement.asOf?.unknown.join()).toContain("invoices gap: erp: it was changed between 2026-01-05");
  });

  test("a reading before the cut goes before a stamp after it: the system's clock is ahead", async () => {
    const mini = await books();
    const id = mini.invoice("ahead");
    await mini.engine.run();
    mini.goTo(cutOff.at - 5 * 60_000);
    mini.skew = 10 * 60_000;
    mini.erp.edit("invoices", id, { gross: "60.00", net: "50.00", tax: "10.00", open: "60.00" });
    await mini.engine.run();
    mini.goTo(cutOff.at + hour);
    await mini.engine.run({ sweep: true });
    expectTied(await mini.asOf(), "60", "60");
  });

  test("a reading after the cut goes before a stamp before it: it was committed late", async () => {
    const mini = await books();
    const id = mini.invoice("late commit");
    await mini.engine.run();
    mini.goTo(cutOff.at + 2_000);
    await mini.engine.run({ sweep: true });
    mini.pass(3_000);
    mini.skew = -10_000;
    mini.erp.edit("invoices", id, { gross: "60.00", net: "50.00", tax: "10.00", open: "60.00" });
    mini.skew = 0;
    mini.pass(hour);
    await mini.engine.run({ sweep: true });
    expectTied(await mini.asOf(), "120", "120");
  });

  test("what was not watched yet counts by its stamp, and is named where that is later", async () => {
    const mini = await books(false);
    mini.crm.add("accounts", customer);
    const account = mini.erp.add("accounts", customer);
    const still = mini.invoice("still", { account });
    const moved = mini.invoice("moved", { account });
    for (const [id, number] of [
      [still, "still"],
      [moved, "moved"],
    ] as const)
      mini.crm.add("invoices", {
        ...mini.erp.get("invoices", id).fields,
        account: mini.crm.rows("accounts")[0]?.id ?? null,
        number,
      });
    mini.goTo(cutOff.at + hour);
    mini.erp.edit("invoices", moved, { status: "paid", open: "0.00" });
    await mini.engine.run();
    const statement = await mini.asOf();
    expectTied(statement, "120", "120");
    expect(statement.asOf?.byStamp).toBe(1);
    expect(statement.asOf?.unknown.join()).toContain("invoices moved: erp: changed on 2026-02-01 00:59");
  });

  test("what differed at the cut and was carried since says so, and the totals tie by that", async () => {
    const mini = await books();
    const id = mini.invoice("flight");
    await mini.engine.run();
    mini.goTo(cutOff.at - hour);
    mini.erp.edit("invoices", id, { gross: "60.00", net: "50.00", tax: "10.00", open: "60.00" });
    await mini.engine.run({ observe: true });
    mini.goTo(cutOff.at + hour);
    await mini.engine.run({ observe: true, sweep: true });
    await mini.engine.run();
    const statement = await mini.asOf();
    expect(grandOf(statement)).toEqual([["120", "120", "60", "60"]]);
    expect([statement.footing.isTied, statement.isExplained, statement.isEqual]).toEqual([true, true, false]);
    expect(statement.footing.byReason.map(({ reason }) => reason)).toEqual(["settled_since"]);
    expect((await mini.engine.statement()).isEqual).toBe(true);
  });

  test("a document whose date was moved over the cut since counts in the month it was in", async () => {
    const mini = await books();
    const id = mini.invoice("moved");
    const other = mini.invoice("other", { date: "2026-02-03" });
    await mini.engine.run();
    mini.goTo(cutOff.at + hour);
    await mini.engine.run({ sweep: true });
    mini.pass(hour);
    mini.erp.edit("invoices", id, { date: "2026-02-02" });
    mini.erp.edit("invoices", other, { date: "2026-01-30" });
    await mini.engine.run();
    expectTied(await mini.asOf(), "120", "120");
  });

  test("a document that no link holds yet counts on its side, as it was", async () => {
    const mini = await books();
    mini.invoice("twice");
    mini.invoice("twice");
    await mini.engine.run();
    mini.goTo(cutOff.at + hour);
    await mini.engine.run({ sweep: true });
    const statement = await mini.asOf();
    expect(statement.asOf?.unknown).toEqual([]);
    expect(statement.footing.isTied).toBe(true);
    expect(grandOf(statement)).toEqual([["120", "120", "240", "240"]]);
    expect(statement.footing.byReason.map(({ reason }) => reason)).toEqual(["candidate"]);
  });

  test("readings that ended before the cut are named: nobody knows what came between", async () => {
    const mini = await books();
    mini.invoice("early");
    await mini.engine.run();
    mini.goTo(cutOff.at - hour);
    await mini.engine.run();
    mini.goTo(cutOff.at + hour);
    const { asOf } = await mini.asOf();
    expect(asOf?.unknown.filter((line) => line.startsWith("invoices of erp: last read"))).toHaveLength(1);
    await mini.engine.run();
    expect((await mini.asOf()).asOf?.unknown.join()).not.toContain("last read");
  });
});

describe("a cut-off", () => {
  test("is a day that ends by UTC, or an instant whose day is that of its offset", () => {
    expect(readCutOff("2026-01-31")).toEqual(cutOff);
    expect(readCutOff("2026-01-31T23:59:59+01:00")).toEqual({
      day,
      at: Date.parse("2026-01-31T22:59:59Z"),
    });
    expect(readCutOff("2026-01-31T18:00Z")?.day).toBe(day);
  });

  test.each(["2026-02-30", "2026-01-31T10:00", "yesterday", "2026-1-31", "2026-01-31T25:00Z", ""])(
    "%j is none",
    (text) => {
      expect(readCutOff(text)).toBeUndefined();
    },
  );
});
