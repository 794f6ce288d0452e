import * as vitest from "vitest";
import { expect, test } from "vitest";
import type { Database } from "../ports.ts";
import { forEachHome, migrated } from "../testing.ts";
import { holdCarrying, orderStage, quoteOf } from "./testing/order-stage.ts";

/** What the store was asked for: statements, `begin` and `commit` among them, and transactions. */
interface Cost {
  statements: number;
  transactions: number;
  /** Ways there and back, one after the other: statements that were asked for together are one. */
  trips: number;
}

/** Counts what goes through a database. */
function counted(plain: Database): { readonly database: Database; readonly cost: Cost } {
  const cost: Cost = { statements: 0, transactions: 0, trips: 0 };
  let underWay = 0;
  const asked = async <T>(statement: () => Promise<T>): Promise<T> => {
    cost.statements += 1;
    if (underWay === 0) cost.trips += 1;
    underWay += 1;
    try {
      return await statement();
    } finally {
      underWay -= 1;
    }
  };
  const database: Database = {
    home: plain.home,
    script: (sql) => plain.script(sql),
    close: () => plain.close(),
    query: (sql, parameters) => asked(() => plain.query(sql, parameters)),
    transaction: (work) => {
      cost.transactions += 1;
      cost.statements += 2;
      cost.trips += 2;
      return plain.transaction((tx) =>
        work({ query: (sql, parameters) => asked(() => tx.query(sql, parameters)) }),
      );
    },
  };
  return { database, cost };
}

forEachHome(vitest, ["embedded"], (home) => {
  // These only go down. A quote of the small world takes a create and two transitions; each is an intent that
  // is claimed in a commit before its call, and told in one after it.
  test.each([
    {
      what: "nobody has read",
      isKnown: false,
      answer: { statements: 157, transactions: 10, trips: 108 },
      whole: { statements: 277, transactions: 17, trips: 187 },
    },
    {
      what: "a run has linked",
      isKnown: true,
      answer: { statements: 133, transactions: 10, trips: 91 },
      whole: { statements: 253, transactions: 17, trips: 170 },
    },
  ])("a quote that $what costs so many statements and transactions", async (each) => {
    const { database, cost } = counted(await home.open(migrated));
    const stage = await orderStage({ database });
    const by = { by: "somebody", budgetMs: 60_000 };
    // The first one makes what is made once: chains of the journal, leases.
    const first = { quote: `crm:${quoteOf(stage)}`, ...by };
    expect((await stage.engine.moment.quoteToOrder(first)).kind).toBe("ordered");
    const quote = quoteOf(stage, { number: "Q2", status: each.isKnown ? "sent" : "accepted" });
    if (each.isKnown) {
      await stage.engine.run();
      stage.crm.edit("quotes", quote, { status: "accepted" });
    }
    Object.assign(cost, { statements: 0, transactions: 0, trips: 0 });
    const door = holdCarrying(stage);
    const asked = { quote: `crm:${quote}`, ...by };
    expect((await stage.engine.moment.quoteToOrder({ ...asked, until: "ordered" })).kind).toBe("ordered");
    await door.reached;
    const answer = { ...cost };
    const whole = stage.engine.moment.quoteToOrder(asked);
    door.open();
    await whole;
    const told = [answer, { ...cost }];
    for (const [at, most] of [each.answer, each.whole].entries()) {
      expect(told[at]?.statements).toBeLessThanOrEqual(most.statements);
      expect(told[at]?.transactions).toBeLessThanOrEqual(most.transactions);
      expect(told[at]?.trips).toBeLessThanOrEqual(most.trips);
      // What was counted is a conversion, and not nothing.
      expect(told[at]?.statements).toBeGreaterThan(50);
    }
  });
});
