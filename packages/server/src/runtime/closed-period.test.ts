import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import type { Json } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const periods = { closedThrough: "2025-12-31", entities: ["quotes"] };
const both = { quotes: { direction: "both", ownership: [] } };

async function world(
  contract: Json = { periods },
  wrapConnection: (id: string, connection: Connection) => Connection = (_id, connection) => connection,
) {
  const database = (deps: Parameters<typeof createMemoryStore>[0]) => createMemoryStore(deps);
  const mini = await miniWorld({ database, contract, wrapConnection });
  const account = mini.crm.add("accounts", customer);
  const product = mini.erp.add("products", { sku: "A-1", name: "Anvil", unit: "pcs" });
  await mini.engine.run();
  return { ...mini, account, product: mini.crm.rows("products")[0]?.id ?? product };
}

function addQuote({ crm, account, product }: Awaited<ReturnType<typeof world>>, date: string): string {
  return crm.add("quotes", {
    ...{ number: "Q-1", date, account, status: "accepted", currency: "EUR" },
    lines: [{ id: "1", product, qty: "2", unit: "pcs", price: "5" }],
  });
}

async function run(mini: MiniWorld, engine = mini.engine): Promise<void> {
  mini.pass(10);
  await engine.run({ sweep: true });
}
const quotes = ({ erp }: MiniWorld): number => erp.rows("quotes").length;
const reasons = async ({ engine }: MiniWorld): Promise<readonly string[]> =>
  (await engine.deadLetters()).map(({ reason, failure }) => failure?.code ?? reason);

describe("a period that is closed", () => {
  test("takes no document that is dated in it, also when a person puts it back", async () => {
    const mini = await world();
    const id = addQuote(mini, "2025-12-31");
    await run(mini);
    expect([quotes(mini), await reasons(mini)]).toEqual([0, ["period_closed"]]);
    const [park] = await mini.engine.deadLetters();
    expect(park?.problems).toEqual({ date: { code: "period_closed", expected: "a day after 2025-12-31" } });
    await mini.engine.redrive([park?.parkId ?? ""], "a person");
    await run(mini);
    expect([quotes(mini), await reasons(mini)]).toEqual([0, ["period_closed"]]);
    mini.crm.edit("quotes", id, { date: "2026-01-01" });
    await run(mini);
    expect([quotes(mini), await reasons(mini)]).toEqual([1, []]);
  });

  test("takes no late edit: it is put back and told; the books' own correction still travels", async () => {
    const open = { entities: both };
    const mini = await world(open);
    const id = addQuote(mini, "2025-12-15");
    await run(mini);
    const [made] = mini.erp.rows("quotes");
    const closed = await world({ ...open, periods });
    const engine = mini.restart({
      ...{ policies: closed.world.policies, contract: closed.world.contract },
      contractHash: closed.world.contractHash,
    });
    const before = mini.erp.writes;
    mini.crm.edit("quotes", id, { number: "Q-LATE" });
    await run(mini, engine);
    expect(mini.erp.get("quotes", made?.id ?? "").fields["number"]).toBe("Q-1");
    expect(mini.crm.get("quotes", id).fields["number"]).toBe("Q-1");
    const why = await engine.why({ entity: "quotes", id: `crm:${id}` });
    expect(JSON.stringify(why)).toContain("Q-LATE");
    mini.erp.edit("quotes", made?.id ?? "", { number: "Q-1-CORR" });
    await run(mini, engine);
    expect(mini.crm.get("quotes", id).fields["number"]).toBe("Q-1-CORR");
    expect(mini.erp.writes).toBe(before);
    expect((await engine.statement({ only: ["quotes"] })).isEqual).toBe(true);
  });

  test("takes no document by an edit of its date: asked again when a write is sent", async () => {
    const mini = await world({ entities: both, periods });
    const id = addQuote(mini, "2026-01-02");
    await run(mini);
    const before = mini.erp.writes;
    mini.crm.edit("quotes", id, { date: "2025-12-31" });
    await run(mini);
    expect([mini.erp.writes, await reasons(mini)]).toEqual([before, ["period_closed"]]);
    await run(mini);
    expect([mini.erp.writes, await reasons(mini)]).toEqual([before, ["period_closed"]]);
    mini.crm.edit("quotes", id, { date: "2026-01-03" });
    await run(mini);
    expect([mini.erp.rows("quotes")[0]?.fields["date"], await reasons(mini)]).toEqual(["2026-01-03", []]);
  });

  test("closed while a write waits, that is not sent", async () => {
    const open = { entities: both };
    const mini = await world(open);
    const id = addQuote(mini, "2025-12-15");
    await run(mini);
    const closed = (await world({ ...open, periods })).world.policies;
    mini.crm.edit("quotes", id, { number: "Q-LATE" });
    mini.erp.faults = ["throttled"];
    await mini.engine.run({ waitMsMax: 0 });
    const before = mini.erp.writes;
    mini.pass(3_600_000);
    // The same contract: as when the books are closed in the ERP while a write waits.
    const engine = mini.restart({ policies: closed });
    await run(mini, engine);
    await run(mini, engine);
    expect(mini.erp.rows("quotes")[0]?.fields["number"]).toBe("Q-1");
    expect(mini.erp.writes).toBe(before);
    expect(mini.crm.get("quotes", id).fields["number"]).toBe("Q-1");
  });

  test("is closed by its own system as well, up to the later day; what that said last stands", async () => {
    const since = { closedThrough: "2000-01-01", entities: ["quotes"] };
    let answer: () => Promise<{ readonly through: string | null }> = async () => ({ through: null });
    const closedPeriods = async () => ({ company: "Acme", ...(await answer()) });
    const mini = await world({ entities: both, periods: since }, (id, connection) =>
      id === "erp" ? { ...connection, closedPeriods } : connection,
    );
    const id = addQuote(mini, "2025-12-15");
    await run(mini);
    expect(quotes(mini)).toBe(1);
    answer = async () => ({ through: "2025-12-31" });
    mini.crm.edit("quotes", id, { number: "Q-LATE" });
    const before = mini.erp.writes;
    await run(mini);
    expect([mini.erp.writes, mini.crm.get("quotes", id).fields["number"]]).toEqual([before, "Q-1"]);
    const message = "not for this user";
    answer = () => Promise.reject(new ConnectorError({ failure: "unsupported", code: "denied", message }));
    mini.crm.edit("quotes", id, { number: "Q-LATER" });
    await run(mini);
    expect([mini.erp.writes, mini.crm.get("quotes", id).fields["number"]]).toEqual([before, "Q-1"]);
    answer = async () => ({ through: null });
    mini.crm.edit("quotes", id, { number: "Q-OPEN" });
    await run(mini);
    expect(mini.erp.rows("quotes")[0]?.fields["number"]).toBe("Q-OPEN");
  });

  test("is not opened by an undo", async () => {
    const open = { entities: both };
    const mini = await world(open);
    addQuote(mini, "2025-12-15");
    mini.pass(10);
    const made = await mini.engine.run();
    const closed = (await world({ ...open, periods })).world.policies;
    const engine = mini.restart({ policies: closed });
    const plan = await engine.undo({ what: "run", id: made.runId, by: "ada" });
    expect(plan.writes.filter(({ entity }) => entity === "quotes")).toEqual([]);
    expect(JSON.stringify(plan.undo?.left)).toContain("dated in a period of erp that is closed");
  });
});
