import { describe, expect, it } from "vitest";
import type { OperationAbilities } from "../manifest.ts";
import type { Operations } from "../operations.ts";
import { checkOperations } from "./check-operations.ts";
import type { OperationCases, OperationReport } from "./check-operations.ts";
import { emptyHttp, fakeCases, fakeConnection, fakeOperations, isFakeRead } from "./fake-connection.ts";
import type { Ask } from "./fake-connection.ts";
import { watch } from "./watch.ts";

type Whole = Required<Operations>;

/** Checks the fake after `spoil` changed some of its operations. */
async function reportOf(
  spoil: (whole: Whole, ask: Ask) => Operations,
  more: { readonly declared?: OperationAbilities; readonly cases?: OperationCases } = {},
): Promise<OperationReport> {
  const watching = watch(emptyHttp, isFakeRead);
  const ask: Ask = async (path, isWrite = false) => {
    await watching.http({ method: "POST", path, isWrite });
  };
  const connection = fakeConnection(spoil(fakeOperations(ask), ask), more.declared);
  return checkOperations(connection, { watch: watching, cases: more.cases ?? fakeCases });
}

/** An operation whose answer is changed. */
function changed<Name extends keyof Whole>(
  whole: Whole,
  name: Name,
  change: (answer: Awaited<ReturnType<Whole[Name]>>) => unknown,
): Whole {
  const act = whole[name] as (request: unknown) => Promise<Awaited<ReturnType<Whole[Name]>>>;
  return { ...whole, [name]: async (request: unknown) => change(await act(request)) };
}

/** Each saboteur breaks one rule of one operation. */
const saboteurs: readonly (readonly [
  rule: string,
  caught: string,
  spoil: (whole: Whole, ask: Ask) => Operations,
])[] = [
  [
    "a call that the connector itself says is a write",
    "price/reads_only",
    (whole, ask) => ({
      ...whole,
      price: async (request) => {
        await ask("/read/price", true).catch(() => undefined);
        return whole.price(request);
      },
    }),
  ],
  [
    "a write that is passed off as a reading",
    "credit/reads_only",
    (whole, ask) => ({
      ...whole,
      credit: async (request) => {
        await ask("/orders/confirm").catch(() => undefined);
        return whole.credit(request);
      },
    }),
  ],
  [
    "an operation that is declared and not offered",
    "availability/declared",
    ({ availability: _, ...rest }) => rest,
  ],
  [
    "a row that is left out",
    "price/rows",
    (whole) => changed(whole, "price", (answer) => ({ ...answer, rows: answer.rows.slice(0, 1) })),
  ],
  [
    "rows in another order",
    "price/rows",
    (whole) => changed(whole, "price", (answer) => ({ ...answer, rows: answer.rows.toReversed() })),
  ],
  [
    "binary noise in an amount",
    "price/rules",
    (whole) =>
      changed(whole, "price", (answer) => ({
        ...answer,
        rows: answer.rows.map((row) => (row.ok ? { ...row, unitPrice: "0.330" } : row)),
      })),
  ],
  [
    "a total that rounding does not explain",
    "price/rules",
    (whole) =>
      changed(whole, "price", (answer) => ({
        ...answer,
        totals: answer.totals === null ? null : { net: "1.28", tax: "0.25", gross: "1.53" },
      })),
  ],
  [
    "net and tax that do not make gross",
    "price/rules",
    (whole) =>
      changed(whole, "price", (answer) => ({
        ...answer,
        totals: answer.totals === null ? null : { ...answer.totals, gross: "1.51" },
      })),
  ],
  [
    "totals although a row was refused",
    "price/alone",
    (whole) =>
      changed(whole, "price", (answer) => ({
        ...answer,
        totals: answer.totals ?? { net: "1.25", tax: "0.25", gross: "1.5" },
      })),
  ],
  [
    "a warehouse that was not asked for",
    "availability/rules",
    (whole) =>
      changed(whole, "availability", ({ rows }) => ({
        rows: rows.map((row) =>
          row.ok ? { ...row, places: row.places.map((place) => ({ ...place, warehouse: "EAST" })) } : row,
        ),
      })),
  ],
  [
    "one unknown record that takes the others along",
    "orderStatus/rows",
    (whole) => ({
      ...whole,
      orderStatus: async (request) => {
        const rows = await whole.orderStatus(request);
        if (rows.some(({ ok }) => !ok)) throw new TypeError("no such order");
        return rows;
      },
    }),
  ],
  [
    "a header that says more was delivered than the lines do",
    "orderStatus/rules",
    (whole) =>
      changed(whole, "orderStatus", (rows) =>
        rows.map((row) => (row.ok ? { ...row, delivered: "full" } : row)),
      ),
  ],
  [
    "a verdict that the figures do not bear out",
    "credit/rules",
    (whole) => changed(whole, "credit", (answer) => ({ ...answer, verdict: "within", isRefused: false })),
  ],
  [
    "another answer to the same question",
    "credit/repeatable",
    (whole) => {
      let asked = 0;
      return changed(whole, "credit", (answer) => ({
        ...answer,
        overdue: (asked += 1) % 2 === 0 ? "5" : "4",
      }));
    },
  ],
  [
    "a state change that the manifest does not offer",
    "quoteToOrder/way",
    (whole) =>
      changed(whole, "quoteToOrder", (way) =>
        way.kind === "write"
          ? { ...way, write: { ...way.write, transition: { from: "sent", to: "accepted", via: "force" } } }
          : way,
      ),
  ],
  [
    "an order under another id although it keeps that of the quote",
    "quoteToOrder/way",
    (whole) =>
      changed(whole, "quoteToOrder", (way) => (way.kind === "ordered" ? { ...way, order: "7" } : way)),
  ],
];

describe("the checks of operations", () => {
  it("find nothing in a connection that keeps every rule, and say how much they looked at", async () => {
    const report = await reportOf((whole) => whole);
    expect(report).toEqual({ findings: [], answers: 6, requests: 18 });
  });

  it.each(saboteurs)("find %s, and nothing else", async (_, caught, spoil) => {
    const { findings } = await reportOf(spoil);
    const found = new Set(findings.map(({ check, operation }) => `${operation}/${check}`));
    expect([...found]).toEqual([caught]);
  });

  it("find an operation that no case asks for, and one that is offered and not declared", async () => {
    const { credit: _, ...cases } = fakeCases;
    expect((await reportOf((whole) => whole, { cases })).findings).toMatchObject([
      { check: "declared", operation: "credit" },
    ]);
    const declared: OperationAbilities = {};
    const { findings } = await reportOf(({ quoteToOrder }) => ({ quoteToOrder }), { declared });
    expect(findings).toEqual([
      { check: "declared", operation: "quoteToOrder", problem: "offered, not declared" },
    ]);
  });

  it("measure rounding by the minor unit of the currency", async () => {
    const inYen = (net: string) => (whole: Whole) =>
      changed(whole, "price", (answer) => ({
        ...answer,
        currency: "JPY",
        totals: answer.totals === null ? null : { net, tax: "0", gross: net },
      }));
    expect((await reportOf(inYen("2"))).findings).toEqual([]);
    expect((await reportOf(inYen("3"))).findings).toMatchObject([{ check: "rules", operation: "price" }]);
  });

  it("let no request through that may write", async () => {
    const reached: string[] = [];
    const watching = watch(async (request) => {
      reached.push(request.path);
      return emptyHttp();
    }, isFakeRead);
    await watching.http({ method: "POST", path: "/read/a", isWrite: false });
    const write = watching.http({ method: "POST", path: "/orders", isWrite: false });
    await expect(write).rejects.toMatchObject({ failure: "defect", code: "write_stopped" });
    const said = watching.http({ method: "POST", path: "/read/b", isWrite: true });
    await expect(said).rejects.toMatchObject({ code: "write_stopped" });
    expect(reached).toEqual(["/read/a"]);
  });
});
