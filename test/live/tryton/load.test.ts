import { trytonPlace, whyNot } from "crossfoot/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeLoad } from "./load-audit.ts";
import type { LoadAudit, Told } from "./load-audit.ts";
import { openLoadStage } from "./load-stage.ts";
import type { LoadStage } from "./load-stage.ts";
import { faultsOfLoad, loadAgainAndAgain, loadText } from "./load-trial.ts";
import type { LoadTrial } from "./load-trial.ts";

const size = { seed: 20_261_126, accounts: 40, products: 60 };
const kills = 3;
const only = ["accounts", "contacts", "products"];
const place = trytonPlace(process.env);
const reason = whyNot(place);

describe.skipIf(reason !== null)(`a first load into Tryton under kills (${reason ?? "live"})`, () => {
  let stage: LoadStage | undefined;
  let trial: LoadTrial;
  beforeAll(async () => {
    const told: string[] = [];
    const say = (text: string): void => void told.push(text);
    stage = await openLoadStage(place, size);
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
    expect(trial.kills).toBeGreaterThan(0);
  });

  describe("judged by what was tampered with", () => {
    const judged = (change: Partial<Told>): LoadAudit =>
      judgeLoad({ ...trial.told, ...change }, size.accounts);
    const ours = (): Told["parties"] => trial.told.parties.filter(({ references }) => references.length > 0);

    it("a party made once more counts as doubled, under the same reference or another", () => {
      const [party] = ours();
      if (party === undefined) throw new Error("the load made no party");
      const { parties } = trial.told;
      expect(judged({ parties: [...parties, { ...party, id: 0 }] }).doubled.length).toBe(2);
      const other = { ...party, id: 0, references: ["crossfoot:other"] };
      expect(judged({ parties: [...parties, other] }).doubled.length).toBe(1);
    });

    it("a party that is gone counts as missing, one with another value as wrong", () => {
      const [party] = ours();
      if (party === undefined) throw new Error("the load made no party");
      const rest = trial.told.parties.filter(({ id }) => id !== party.id);
      expect(judged({ parties: rest }).missing.length).toBe(1);
      expect(judged({ parties: [...rest, { ...party, reach: new Map() }] }).wrong.length).toBeGreaterThan(0);
    });

    it("a product that the CRM was given twice counts as doubled, deleted since or not", () => {
      const made = trial.told.crm.find(
        ({ object, kind, actor }) => object === "products" && kind === "create" && actor === "integration",
      );
      if (made === undefined) throw new Error("the load made no product");
      const again = { ...made, id: "another" };
      const gone = { ...again, kind: "delete" as const, before: made.after, after: null };
      expect(judged({ crm: [...trial.told.crm, again] }).doubled.length).toBeGreaterThan(1);
      expect(judged({ crm: [...trial.told.crm, again, gone] }).doubled.length).toBeGreaterThan(0);
    });
  });
});
