import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeLoad } from "./load-audit.ts";
import type { LoadAudit, Told } from "./load-audit.ts";
import type { LiveSystem } from "./live-erp.ts";
import { openLiveStage } from "./live-stage.ts";
import type { LiveStage, LoadSize } from "./live-stage.ts";
import { faultsOfLoad, loadAgainAndAgain, loadText } from "./load-trial.ts";
import type { LoadTrial } from "./load-trial.ts";

const only = ["accounts", "contacts", "products"];

/** A first load under kills, on lines that lose calls, and what the judge would say of a bad one. */
export function loadScenario(
  system: LiveSystem,
  { size, kills }: { readonly size: LoadSize; readonly kills: number },
): void {
  const { reason, title } = system;
  describe.skipIf(reason !== null)(`a first load into ${title} under kills (${reason ?? "live"})`, () => {
    let stage: LiveStage | undefined;
    let trial: LoadTrial;
    beforeAll(async () => {
      const told: string[] = [];
      const say = (text: string): void => void told.push(text);
      stage = await openLiveStage(system, size);
      trial = await loadAgainAndAgain(stage, { size, kills, only, say });
      console.log([...told, loadText(trial)].join("\n"));
    }, 1_200_000);
    afterAll(async () => {
      await stage?.close();
    }, 120_000);

    it("brings everything over, once, with its values, and a further run writes nothing", () => {
      expect(faultsOfLoad(trial)).toEqual([]);
      expect(trial.audit.wanted).toBeGreaterThanOrEqual(size.accounts + size.products);
      expect(trial.audit.compared).toBeGreaterThan(7 * size.accounts);
      expect(trial.applied).toBe(trial.planned);
    });

    it("was killed on the way", () => {
      expect(trial.kills).toBe(kills);
    });

    tamperedCases(() => ({ trial, size }));
  });
}

function tamperedCases(done: () => { readonly trial: LoadTrial; readonly size: LoadSize }): void {
  describe("judged by what was tampered with", () => {
    const judged = (change: Partial<Told>): LoadAudit => {
      const { trial, size } = done();
      return judgeLoad({ ...trial.told, ...change }, size);
    };
    const told = (): Told => done().trial.told;
    const ours = (): Told["parties"] => told().parties.filter(({ references }) => references.length > 0);

    it("a party made once more counts as doubled, under the same reference or another", () => {
      const [party] = ours();
      if (party === undefined) throw new Error("the load made no party");
      const { parties } = told();
      expect(judged({ parties: [...parties, { ...party, id: 0 }] }).doubled.length).toBe(2);
      const other = { ...party, id: 0, references: ["crossfoot:other"] };
      expect(judged({ parties: [...parties, other] }).doubled.length).toBe(1);
    });

    it("a party that is gone counts as missing, one with another value as wrong", () => {
      const [party] = ours();
      if (party === undefined) throw new Error("the load made no party");
      const rest = told().parties.filter(({ id }) => id !== party.id);
      expect(judged({ parties: rest }).missing.length).toBe(1);
      expect(judged({ parties: [...rest, { ...party, reach: new Map() }] }).wrong.length).toBeGreaterThan(0);
    });

    it("a product that the CRM was given twice counts as doubled, deleted since or not", () => {
      const made = told().crm.find(
        ({ object, kind, actor }) => object === "products" && kind === "create" && actor === "integration",
      );
      if (made === undefined) throw new Error("the load made no product");
      const again = { ...made, id: "another" };
      const gone = { ...again, kind: "delete" as const, before: made.after, after: null };
      expect(judged({ crm: [...told().crm, again] }).doubled.length).toBeGreaterThan(1);
      expect(judged({ crm: [...told().crm, again, gone] }).doubled.length).toBeGreaterThan(0);
    });
  });
}
