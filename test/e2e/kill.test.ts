import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres } from "crossfoot/testing";
import type { TestPostgres } from "crossfoot/testing";
import { audit } from "./kill-audit.ts";
import type { Logs } from "./kill-audit.ts";
import { faultsOf, trialText } from "./kill-judge.ts";
import type { Faults } from "./kill-judge.ts";
import { killAgainAndAgain } from "./kill-trial.ts";
import type { Trial } from "./kill-trial.ts";

const seed = 20_260_105;
const size = { seed, accounts: 120, products: 60, history: 24, quotes: 24 };
const kills = 20;

let server: TestPostgres | null = null;
afterAll(async () => {
  await server?.stop();
});

async function trialOn(home: "embedded" | "server"): Promise<Trial> {
  const told: string[] = [];
  const say = (text: string): void => void told.push(text);
  if (home === "server") server = await startPostgres();
  const store =
    server === null
      ? ({ home: "embedded" } as const)
      : ({ home: "server", url: await server.createDatabase() } as const);
  try {
    const trial = await killAgainAndAgain({ size, store, kills, say });
    console.log(`${home}, seed ${seed}: ${trialText(trial)}`);
    return trial;
  } catch (error) {
    console.log([`${home}, seed ${seed}:`, ...told].join("\n"));
    throw error;
  }
}

describe.each(["embedded", "server"] as const)("a first load killed 20 times, store %s", (home) => {
  let trial: Trial;
  let faults: Faults;
  beforeAll(async () => {
    trial = await trialOn(home);
    faults = faultsOf(trial);
  });

  it("was killed while it loaded, with writes of which nobody knew whether they landed", () => {
    expect(trial.kills.length).toBe(kills);
    expect(trial.kills.filter(({ isLate }) => !isLate).length).toBeGreaterThanOrEqual(15);
    expect(new Set(trial.kills.map(({ commits }) => commits)).size).toBeGreaterThan(5);
    expect(trial.kept.doubted).toBeGreaterThan(0);
    expect(trial.faults).toBeGreaterThan(0);
  });

  it("brings everything that the contract wants to the other side", () => {
    expect(faults.missing).toEqual([]);
    expect(trial.audit.wanted).toBeGreaterThan(500);
    expect(trial.audit.compared).toBeGreaterThan(800);
  });

  it("makes nothing twice, by the logs of both systems", () => {
    expect(faults.doubled).toEqual([]);
    expect(trial.audit.created).toBeGreaterThan(300);
  });

  it("finds after each restart what was acknowledged before, in an unbroken journal", () => {
    expect(faults.forgotten).toEqual([]);
    expect(trial.kept.final.entries).toBeGreaterThan(2_000);
  });

  it("comes to rest: a further run writes nothing", () => {
    expect(faults.restless).toEqual([]);
  });

  it("leaves no difference and no dead letter beside the planted ones", () => {
    expect(faults.unexplained).toEqual([]);
  });

  it("waits for the end of what a killed worker held before it wants all, where several may come", () => {
    expect(trial.waits).toBe(home === "server" ? 1 : 0);
  });

  describe("judged by logs that were tampered with", () => {
    const judged = (change: Partial<Logs>) => audit({ ...trial.logs, ...change });
    const madeByUs = () =>
      trial.logs.crm.commits.find(
        ({ object, kind, actor }) => object === "orders" && kind === "create" && actor === "integration",
      );

    it("a record made once more counts as doubled", () => {
      const made = madeByUs();
      if (made === undefined) throw new Error("the load made no order");
      const again = { ...made, id: "another" };
      const found = judged({ crm: { commits: [...trial.logs.crm.commits, again] } });
      expect(found.doubled.length).toBeGreaterThan(0);
    });

    it("a record that is gone counts as missing, one with another value as wrong", () => {
      const made = madeByUs();
      if (made === undefined) throw new Error("the load made no order");
      const gone = { ...made, kind: "delete" as const, before: made.after, after: null };
      expect(judged({ crm: { commits: [...trial.logs.crm.commits, gone] } }).lost.length).toBe(1);
      const totals = { gross: { amount: "0.01", currency: "EUR" } };
      const other = { ...made, kind: "write" as const, after: { ...made.after, id: made.id, totals } };
      expect(judged({ crm: { commits: [...trial.logs.crm.commits, other] } }).wrong.length).toBe(1);
    });
  });
});
