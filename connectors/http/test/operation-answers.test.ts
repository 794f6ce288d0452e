import { ConnectorError } from "@crossfoot/connector-sdk";
import type { HttpAnswer, Operations } from "@crossfoot/connector-sdk";
import { checkOperations, watch } from "@crossfoot/connector-sdk/testing";
import type { OperationCases } from "@crossfoot/connector-sdk/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { httpConnector } from "../src/index.ts";
import type { Json, JsonMap } from "../src/wire.ts";
import { cedar, dogwood } from "./operation-systems.ts";
import { checkPlain } from "./plain.ts";
import { failureOf, id, openWith, page, reply, sessionOf, yamlAt } from "./session.ts";
import type { Answering } from "./session.ts";

const line = (product: string, quantity: string) => ({ product: id(product), quantity, unit: "ea" });
const about = { customer: id("1"), pricebook: null, currency: null, date: null };
const asked = { rows: [{ product: id("S1"), wanted: null }], warehouses: null, date: null };

/** The operations of dogwood with its answer changed. */
async function changed(change: (answer: HttpAnswer) => HttpAnswer): Promise<Required<Operations>> {
  const answering: Answering = async (request) => change(await dogwood(request));
  const { connection } = await openWith(yamlAt("descriptions/dogwood.yaml"), answering);
  return connection.operations as Required<Operations>;
}

/** An answer with values of its JSON replaced, by dotted path; undefined takes the key away. */
function put(answer: HttpAnswer, places: { readonly [path: string]: Json | undefined }): HttpAnswer {
  const body = JSON.parse(answer.body) as JsonMap;
  for (const [path, value] of Object.entries(places)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let inner = body as { [key: string]: Json | undefined };
    for (const key of keys) inner = inner[key] as typeof inner;
    if (value === undefined) delete inner[last];
    else inner[last] = value;
  }
  return { ...answer, body: JSON.stringify(body) };
}

describe("prices", () => {
  it.each([
    ["HTML", (): HttpAnswer => page(200, "<p>Please log in</p>"), "transient page_not_json"],
    ["no rows", (answer: HttpAnswer) => put(answer, { "result.items": null }), "transient rows_missing"],
    [
      "no currency",
      (answer: HttpAnswer) => put(answer, { "result.currency": "pounds" }),
      "transient answer_unreadable",
    ],
    ["no total", (answer: HttpAnswer) => put(answer, { "result.gross": "" }), "transient answer_unreadable"],
    [
      "another product",
      (answer: HttpAnswer) => put(answer, { "result.items.0.sku": "S2" }),
      "transient answer_unreadable",
    ],
    ["a refused login", (): HttpAnswer => reply(401, {}), "unauthorised http_401"],
    ["a quota", (): HttpAnswer => reply(429, {}), "throttled http_429"],
    ["no right", (): HttpAnswer => reply(403, {}), "unsupported http_403"],
  ])("%s fails the whole", async (_title, change, expected) => {
    const { price } = await changed(change);
    const failure = await failureOf(price({ ...about, lines: [line("S1", "1")] }));
    expect(`${failure.failure} ${failure.code}`).toBe(expected);
    checkPlain(failure);
  });

  it.each([
    ["a price that is no number", { "result.items.0.list": "1,234.50" }, "row_unreadable"],
    ["no net", { "result.items.0.sum": undefined }, "row_unreadable"],
    ["taxes that are no list", { "result.items.0.taxes": "20 %" }, "row_unreadable"],
    ["a row without its number", { "result.items.0.n": null }, "row_missing"],
  ])("%s refuses that row alone, and the totals", async (_title, places, code) => {
    const { price } = await changed((answer) => put(answer, places));
    const { rows, totals } = await price({ ...about, lines: [line("S1", "1"), line("S2", "1")] });
    expect(rows).toMatchObject([{ ok: true }, { ok: false, failure: { failure: "invalid", code } }]);
    expect(totals).toBe(null);
  });

  it("an empty list by order is no answer", async () => {
    const description = yamlAt("descriptions/dogwood.yaml");
    const operations = description["operations"] as { readonly price: JsonMap };
    const { match: _match, ...price } = operations.price;
    const byOrder = { ...description, operations: { ...operations, price } };
    const { connection } = await openWith(byOrder, () => reply(200, { result: { items: [] } }));
    const question = connection.operations?.price?.({ ...about, lines: [line("S1", "1")] });
    expect(await failureOf(question ?? Promise.resolve())).toMatchObject({ failure: "transient" });
  });
});

describe("stock and credit", () => {
  it.each([
    ["a list that may be cut off", { stock: Array.from({ length: 20 }, () => ({ sku: "S1" })) }],
    ["no list", { stock: {} }],
  ])("%s fails the whole", async (_title, places) => {
    const { availability } = await changed((answer) => put(answer, places));
    expect(await failureOf(availability(asked))).toMatchObject({ failure: "transient" });
  });

  it.each([
    ["no unit", { "stock.0.unit": null }],
    ["a level that is no number", { "stock.1.free": {} }],
    ["a warehouse twice", { "stock.1.site": "N" }],
  ])("%s refuses the product alone", async (_title, places) => {
    const { availability } = await changed((answer) => put(answer, places));
    const { rows } = await availability(asked);
    expect(rows).toMatchObject([{ ok: false, failure: { failure: "invalid", code: "row_unreadable" } }]);
  });

  it("figures that do not add up are no answer", async () => {
    const description = yamlAt("descriptions/dogwood.yaml");
    const operations = description["operations"] as { readonly credit: JsonMap };
    const credit = { ...operations.credit, exposure: "limit" };
    const { connection } = await openWith({ ...description, operations: { ...operations, credit } }, dogwood);
    const question = connection.operations?.credit?.({ customer: id("1"), order: null });
    expect(await failureOf(question ?? Promise.resolve())).toMatchObject({
      failure: "transient",
      code: "answer_unreadable",
    });
  });
});

/** Values that a careless system puts where others stand. */
const odd: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constantFrom<Json | undefined>(
    undefined,
    null,
    "",
    " ",
    "-",
    "1e5",
    "1e999",
    "0x10",
    "NaN",
    "２",
    {},
    [],
  ),
  fc.constantFrom<Json>(
    true,
    false,
    0,
    -1,
    1e21,
    0.1,
    "2026-02-30",
    "20260229",
    "__proto__",
    [[]],
    [null],
    ["x"],
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

/** Dotted paths of every value of an answer. */
function pathsOf(value: Json, path: readonly string[] = []): readonly string[] {
  const own = path.length === 0 ? [] : [path.join(".")];
  if (typeof value !== "object" || value === null) return own;
  return [...own, ...Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]))];
}

const asked0: { readonly [name: string]: OperationCases } = {
  dogwood: {
    unknown: id("99"),
    price: [{ ...about, lines: [line("S1", "3"), line("S2", "20")] }],
    availability: [
      {
        rows: [{ product: id("S1"), wanted: { quantity: "6", unit: "ea" } }],
        warehouses: ["N"],
        date: "2026-03-09",
      },
    ],
    credit: [{ customer: id("1"), order: { amount: "10", currency: "GBP" } }],
    orderStatus: [{ orders: [id("20"), id("30")] }],
    quoteToOrder: [{ quote: id("1") }, { quote: id("2") }],
  },
  cedar: {
    unknown: id("zz"),
    price: [{ ...about, customer: id("c1"), lines: [{ ...line("a1", "3"), unit: "pc" }] }],
    availability: [
      {
        rows: [{ product: id("a1"), wanted: { quantity: "6", unit: "pc" } }],
        warehouses: ["Z"],
        date: "2026-03-12",
      },
    ],
    credit: [{ customer: id("c1"), order: { amount: "10", currency: "CHF" } }],
    orderStatus: [{ orders: [id("d2"), id("d1")] }],
    quoteToOrder: [{ quote: id("d1") }, { quote: id("d2") }],
  },
};
/** What a system that contradicts itself may break: no connector knows which of its figures is true. */
const contradiction = "the rows are further from the total than rounding explains";

it.each([
  ["dogwood", dogwood],
  ["cedar", cedar],
] as const)(
  "whatever stands anywhere in an answer of %s, an answer keeps its rules or is refused",
  async (name, answering) => {
    let broken = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), odd, async (at, value) => {
        const change: Answering = async (request) => {
          const answer = await answering(request);
          const paths = pathsOf(JSON.parse(answer.body) as Json);
          return put(answer, { [paths[at % paths.length] ?? "none"]: value });
        };
        const { session } = sessionOf({ description: yamlAt(`descriptions/${name}.yaml`) }, change);
        const watching = watch(session.http, () => true);
        const connection = await httpConnector.open({ ...session, http: watching.http });
        const { findings } = await checkOperations(connection, {
          watch: watching,
          cases: asked0[name] as OperationCases,
        });
        broken += findings.length > 0 ? 1 : 0;
        const rules = findings.filter(({ check, problem }) => check === "rules" && problem !== contradiction);
        const crashed = findings.filter(({ problem }) => problem.includes("defect"));
        expect([...rules, ...crashed]).toEqual([]);
      }),
      { numRuns: 100 },
    );
    expect(broken).toBeGreaterThan(10);
  },
);

it("a failure of a question is a ConnectorError whatever is asked for", async () => {
  const { price, credit } = await changed((answer) => answer);
  const calls = [
    price({ ...about, lines: [line("S1", "1e5")], date: "soon" }),
    credit({ customer: id(""), order: { amount: "much", currency: "GBP" } }),
  ];
  const reasons = (await Promise.allSettled(calls)).flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toBeInstanceOf(ConnectorError);
});
