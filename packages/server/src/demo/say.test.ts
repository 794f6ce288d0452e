import { describe, expect, it } from "vitest";
import type { EntitySummary, RunSummary } from "../runtime/engine.ts";
import { sayDeed, sayPlanted, sayRun } from "./say.ts";

const columns = 110;

function told(act: (say: (text: string) => void) => void): readonly string[] {
  const said: string[] = [];
  act((text) => said.push(text));
  return said.join("\n").split("\n");
}

const entity = (name: string, settled: EntitySummary["settled"], probed = 0): EntitySummary => ({
  entity: name,
  read: {},
  decided: 0,
  verdicts: {},
  settled,
  observed: {},
  refused: 0,
  postponed: 0,
  probed,
  deleted: 0,
});

function run(entities: readonly EntitySummary[], whyNothing: string | null = null): RunSummary {
  const empty = { troubles: [], guardStops: [], calls: {}, durationMs: 1 };
  return { runId: "r", state: "done", entities, whyNothing, ...empty };
}

describe("what the demo says", () => {
  it("a run is told a line per system, in words", () => {
    const summary = run([
      entity("quotes", { erp: { create: 1, transition: 2 } }, 1),
      entity("orders", { crm: { create: 2, update: 1 } }),
      entity("inventory", { crm: { update: 3 } }),
    ]);
    expect(told((say) => sayRun(say, { summary, setAside: [] }))).toEqual([
      "   cf    to crm: 2 orders new; 1 order, 3 stock records changed",
      "         to erp: 1 quote new; 2 quotes moved on",
      "         no answer, so asked about: 1 quote",
    ]);
  });

  it("a run that wrote nothing says why", () => {
    const summary = run([], "nothing changed on either side");
    expect(told((say) => sayRun(say, { summary, setAside: [] }))).toEqual([
      "   cf    nothing to write: nothing changed on either side",
    ]);
  });

  it("no line is wider than the terminal's columns, whatever names and runs bring", () => {
    const all = ["accounts", "contacts", "products", "pricebooks", "quotes", "orders", "invoices"];
    const summary = run(all.map((name) => entity(name, { crm: { create: 1000, update: 1000 } })));
    const trouble = { name: "trouble", expected: "word ".repeat(60).trim() };
    const lines = told((say) => {
      sayRun(say, { summary, setAside: [] });
      sayPlanted(say, trouble);
      sayDeed(say, { where: "crm", who: "ada", what: "x".repeat(300) });
    });
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });
});
