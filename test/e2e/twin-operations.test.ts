/** What the twin's ERP answers in the moment, over HTTP, by its description alone. */
import { httpConnector } from "@crossfoot/connector-http";
import { mappedOperations } from "@crossfoot/connector-sdk";
import type {
  Connection,
  HttpAnswer,
  HttpRequest,
  NativeWrite,
  Operations,
  OrderStatus,
  OrderWay,
  PricedRow,
  PriceRequest,
  Session,
} from "@crossfoot/connector-sdk";
import { checkOperations, watch } from "@crossfoot/connector-sdk/testing";
import { createCrm, createErp, ERP_API_KEY, randomStream, seedDemo } from "@crossfoot/twin";
import type { DemoContents, Erp, JsonMap } from "@crossfoot/twin";
import { connectors, loadProject, tempFolder } from "crossfoot/testing";
import type { Project } from "crossfoot/testing";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { writeTwinProject } from "./twin-project.ts";

type Id = PriceRequest["customer"];
const asId = (value: unknown): Id => String(value) as Id;
type Side = Project["connections"][number];

/** The twin's ERP as a project has it: its description and its mapping. */
let side: Side;
let erp: Erp;
let demo: DemoContents;
let session: Session;
let connection: Connection;
let now: number;
let close: () => Promise<void>;

beforeAll(() => {
  const folder = tempFolder();
  const nowhere = "http://127.0.0.1:9";
  writeTwinProject(folder.path, { crm: nowhere, erp: nowhere });
  const { project, problems } = loadProject(folder.path, { environment: {}, connectors });
  folder.remove();
  const found = project?.connections.find(({ id }) => (id as string) === "erp");
  if (found === undefined) throw new Error(JSON.stringify(problems));
  side = found;
});

beforeEach(async () => {
  now = Date.parse("2026-03-02T08:00:00.000Z");
  erp = createErp({ clock: () => now });
  demo = seedDemo({ crm: createCrm({ clock: () => now }), erp, seed: 7, accounts: 20, products: 30 });
  const listening = await erp.listen();
  ({ close } = listening);
  session = {
    options: side.options,
    secret: () => ERP_API_KEY,
    token: { load: () => undefined, store: () => undefined },
    now: () => now,
    http: async (request) => ask(listening.url, request),
  };
  connection = await httpConnector.open(session);
});
afterEach(async () => close());

async function ask(url: string, { method, path, query, headers, body }: HttpRequest): Promise<HttpAnswer> {
  const address = new URL(path, url);
  for (const [name, value] of Object.entries(query ?? {})) address.searchParams.set(name, value);
  const answer = await fetch(address, { method, headers: { ...headers }, body: body ?? null });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
}

const operations = (): Required<Operations> => connection.operations as Required<Operations>;

/** By the twin's own rules: questions under `operations` store nothing. */
const isReading = ({ method, path }: HttpRequest): boolean =>
  method === "GET" || (method === "POST" && path.startsWith("/rest/v1/operations/"));

/** A customer in EUR with the price lists that all have. */
const customer = (): Id =>
  asId(
    demo.shared.slice(1).find(({ customerId }) => fieldOf("customers", customerId, "currency") === "EUR")
      ?.customerId,
  );
const fieldOf = (object: string, id: number, field: string): unknown =>
  erp.state.records[object]?.[String(id)]?.[field];
const line = (product: unknown, quantity: string, unit = "EA") => ({
  product: asId(product),
  quantity,
  unit,
});

/** A quote of the customer, in the given state. */
function quoteIn(state: "draft" | "validated" | "confirmed", fields: object = {}): Id {
  const { people } = erp;
  const lines = [{ item_id: demo.itemIds[0] ?? 0, qty: "2", uom: "EA", price: "11.00" }];
  const head = { customer_id: Number(customer()), currency: "EUR", warehouse: "MAIN" };
  const { id } = people.createQuote({ ...head, lines, ...fields });
  if (state !== "draft") people.validateQuote(Number(id));
  if (state === "confirmed") people.confirmQuote(Number(id));
  return asId(id);
}

it("keeps every rule of operations, and a question changes no row", async () => {
  const quotes = (["draft", "validated", "confirmed"] as const).map((state) => quoteIn(state));
  const watching = watch(session.http, isReading);
  const watched = await httpConnector.open({ ...session, http: watching.http });
  const lines = demo.itemIds.slice(0, 5).map((article) => line(article, "12"));
  const about = { customer: customer(), pricebook: null, currency: null, date: null };
  const before = JSON.stringify([erp.state, erp.commits]);
  const report = await checkOperations(watched, {
    watch: watching,
    cases: {
      unknown: asId(999_999),
      price: [
        { ...about, lines },
        { ...about, currency: "EUR", date: "2026-04-01", lines: [line(demo.itemIds[1], "100")] },
      ],
      availability: [
        { rows: lines.map(({ product }) => ({ product, wanted: null })), warehouses: null, date: null },
        {
          rows: lines.map(({ product, quantity, unit }) => ({ product, wanted: { quantity, unit } })),
          warehouses: ["MAIN"],
          date: "2026-03-20",
        },
      ],
      credit: [
        { customer: customer(), order: null },
        { customer: customer(), order: { amount: "1000000", currency: "EUR" } },
      ],
      orderStatus: [{ orders: demo.orderIds.map(asId) }],
      quoteToOrder: quotes.map((quote) => ({ quote })),
    },
  });
  expect(report.findings).toEqual([]);
  expect(report.answers).toBe(10);
  expect(JSON.stringify([erp.state, erp.commits])).toBe(before);
  console.log(`operations: ${report.requests} requests, ${erp.commits.length} commits before and after`);
});

it("charges what it told: 40 random orders come to those prices and totals", async () => {
  const random = randomStream(11, "twin-operations");
  let charged = 0;
  for (let n = 0; n < 40; n += 1) {
    const articles = random.shuffled(demo.itemIds).slice(0, random.between(1, 4));
    const lines = articles.map((article) => line(article, String(random.between(1, 150)), unitOf(article)));
    const request = { customer: customer(), pricebook: null, currency: null, date: null, lines };
    const told = await operations().price(request);
    const good = told.rows.filter((row) => row.ok);
    if (told.totals === null) {
      expect(told.rows.some((row) => !row.ok)).toBe(true);
      continue;
    }
    const quote = erp.people.createQuote({
      customer_id: Number(customer()),
      currency: told.currency,
      lines: good.map(asLine),
    });
    const amounts = [quote["net"], quote["tax"], quote["gross"]].map(Number);
    expect(amounts).toEqual([told.totals.net, told.totals.tax, told.totals.gross].map(Number));
    const nets = (quote["lines"] as readonly JsonMap[]).map((each) => Number(each["net"]));
    expect(nets).toEqual(good.map((row) => Number(row.net)));
    charged += 1;
  }
  expect(charged).toBeGreaterThan(25);
});

const unitOf = (article: number): string => String(fieldOf("items", article, "uom"));

const asLine = (row: PricedRow): JsonMap => ({
  item_id: Number(row.product),
  qty: row.quantity,
  uom: row.unit,
  price: row.unitPrice,
  discount_pct: row.discountPercent,
});

it("names the entry of the price list that made a price, and refuses a line alone", async () => {
  const [article = 0] = demo.itemIds;
  const made = erp.people.create("price_lists", {
    code: "OPS",
    name: "Operations",
    currency: "EUR",
    customer_id: Number(customer()),
    valid_from: "20260301",
    valid_to: "20260331",
    entries: [
      { item_id: article, uom: "EA", price: "5" },
      { item_id: article, uom: "EA", min_qty: "50", price: "4.5", discount_pct: "2.5" },
    ],
  });
  const [base, bulk] = (made["entries"] as readonly JsonMap[]).map((entry) => Number(entry["id"]));
  const about = { customer: customer(), pricebook: null, currency: "EUR", date: "2026-03-15" };
  const lines = [line(article, "49"), line(article, "5", "DZ"), line(article, "1", "KG"), line(999_999, "1")];
  const told = await operations().price({ ...about, lines });
  expect(told).toMatchObject({ currency: "EUR", pricebook: String(made.id), totals: null });
  expect(told.rows).toMatchObject([
    {
      unitPrice: "5",
      discountPercent: "0",
      net: "245",
      rule: { kind: "rule", id: String(base), minQuantity: null },
    },
    { unitPrice: "54", discountPercent: "2.5", net: "263.25", rule: { id: String(bulk), minQuantity: "50" } },
    { ok: false, failure: { failure: "invalid", code: "uom_mismatch" } },
    { ok: false, failure: { failure: "invalid", code: "unknown_reference", field: "item_id" } },
  ]);
  const later = await operations().price({ ...about, date: "2026-04-01", lines: [line(article, "49")] });
  expect(later.pricebook).not.toBe(String(made.id));
  const dollars = operations().price({ ...about, customer: asId(999_999), lines: [line(article, "1")] });
  await expect(dollars).rejects.toMatchObject({ failure: "invalid" });
});

it("leads from a draft over an approval to one order, however often each write is sent", async () => {
  const limit = { credit_limit: "10.00" };
  erp.people.edit({ object: "customers", id: Number(customer()) }, limit);
  const quote = quoteIn("draft");
  const way = async (): Promise<OrderWay> => operations().quoteToOrder({ quote });
  const press = async (): Promise<readonly string[]> => {
    const told = await way();
    if (told.kind !== "write") return [told.kind];
    const write: NativeWrite = { ...told.write, key: "k", patch: {}, current: {}, reference: "r" };
    const outcomes = await connection.write([write, { ...write, precondition: null }]);
    return [told.write.transition.via, ...outcomes.map(({ kind }) => kind)];
  };
  expect(await press()).toEqual(["validate", "done", "done"]);
  expect(await way()).toMatchObject({
    kind: "write",
    concerns: [expect.stringMatching(/^the price list/)] as string[],
  });
  expect((await press())[0]).toBe("confirm");
  expect(await way()).toMatchObject({ kind: "closed", failure: { code: "approval_pending" } });
  expect(
    await operations().credit({ customer: customer(), order: { amount: "11", currency: "EUR" } }),
  ).toMatchObject({ limit: "10", verdict: "over", isRefused: true });
  erp.people.approveQuote(Number(quote));
  const orders = Object.keys(erp.state.records["sales_orders"] ?? {}).length;
  expect(await press()).toEqual(["confirm", "done", "done"]);
  const ordered = await way();
  expect(ordered).toMatchObject({ kind: "ordered", number: expect.stringMatching(/^SO-\d+$/) as string });
  expect(await way()).toEqual(ordered);
  expect(Object.keys(erp.state.records["sales_orders"] ?? {})).toHaveLength(orders + 1);
  const cancelled = quoteIn("draft");
  erp.people.cancelQuote(Number(cancelled));
  expect(await operations().quoteToOrder({ quote: cancelled })).toMatchObject({
    kind: "closed",
    failure: { code: "wrong_state" },
  });
});

it("moves credit, stock and promised dates as the order moves", async () => {
  const { people } = erp;
  const article = Number(people.create("items", { sku: "OPS", name: "Ops", uom: "EA", tax_code: "S19" }).id);
  people.receiveStock({ itemId: article, warehouse: "NORTH", qty: "40" });
  people.orderStock({ itemId: article, warehouse: "NORTH", qty: "100", dueDate: "20260316" });
  const place = async () => {
    const rows = [{ product: asId(article), wanted: { quantity: "5", unit: "DZ" } }];
    const asked = { rows, warehouses: ["NORTH"], date: "2026-03-16" };
    const [row] = (await operations().availability(asked)).rows;
    return row?.ok === true ? row.places[0] : row;
  };
  const [before, credit] = [
    await place(),
    async () => operations().credit({ customer: customer(), order: null }),
  ];
  const owed = await credit();
  expect(before).toMatchObject({
    onHand: "40",
    available: "40",
    availableAt: "140",
    promisedFrom: "2026-03-16",
  });
  const lines = [
    { item_id: article, qty: "10", uom: "EA", price: "11.00" },
    { item_id: labour(), qty: "1", uom: "HUR", price: "60.00" },
  ];
  const quote = quoteIn("confirmed", { lines, warehouse: "NORTH" });
  const told = await operations().quoteToOrder({ quote });
  const order = told.kind === "ordered" ? told.order : asId(0);
  const status = async (): Promise<OrderStatus> =>
    (await operations().orderStatus({ orders: [order] }))[0] as OrderStatus;
  expect(await place()).toMatchObject({ onHand: "40", reserved: "10", available: "30", availableAt: "130" });
  expect(Number((await credit()).openOrders) - Number(owed.openOrders)).toBeCloseTo(170 * 1.19, 5);
  const first = await status();
  expect(first).toMatchObject({
    state: "open",
    delivered: "none",
    invoiced: "none",
    promisedDate: "2026-03-05",
    lines: [
      { delivered: "0", promisedDate: "2026-03-05" },
      { delivered: null, promisedDate: null },
    ],
    shipments: [{ state: "planned", tracking: null, doneDate: null }],
  });
  people.deliver(Number(order), { [Number(first.lines[0]?.id)]: "4" });
  expect(await status()).toMatchObject({
    state: "part_delivered",
    delivered: "part",
    lines: [{ delivered: "4", promisedDate: "2026-03-05" }, {}],
    shipments: [
      {
        state: "shipped",
        doneDate: "2026-03-02",
        carrier: "Snail Express",
        tracking: expect.stringMatching(/^SNX/) as string,
      },
      { state: "planned" },
    ],
  });
  people.deliver(Number(order));
  const invoice = people.invoice(Number(order));
  expect(await status()).toMatchObject({ delivered: "full", invoiced: "full", promisedDate: null });
  now += 90 * 86_400_000;
  const late = await credit();
  expect(Number(late.overdue)).toBeGreaterThanOrEqual(Number(invoice["gross"]));
  expect(late.openOrders).toBe(owed.openOrders);
});

function labour(): number {
  const found = Object.values(erp.state.records["items"] ?? {}).find((each) => each["kind"] === "service");
  return Number(found?.id);
}

it("answers in our units and states under the mapping of the description", async () => {
  const abilities = connection.manifest.operations ?? {};
  const mapped = mappedOperations({ operations: operations(), abilities, mapping: side.mapping });
  const [article = 0] = demo.itemIds;
  const about = { customer: customer(), pricebook: null, currency: null, date: null };
  const lines = [line(article, "2", "dz"), line(article, "2", "EA")];
  expect(await mapped.price?.({ ...about, lines })).toMatchObject({
    rows: [{ ok: true, unit: "dz" }, { failure: { code: "unit_unmapped" } }],
    totals: null,
  });
  const nothing = await mapped.price?.({ ...about, lines: [line(article, "2", "EA")] });
  expect(nothing?.rows).toMatchObject([{ ok: false }]);
  const rows = [{ product: asId(article), wanted: { quantity: "1", unit: "dz" } }];
  expect(await mapped.availability?.({ rows, warehouses: null, date: null })).toMatchObject({
    rows: [{ ok: true, unit: "pcs", wanted: "12", places: [{ warehouse: "MAIN" }, { warehouse: "NORTH" }] }],
  });
  const statuses = (await mapped.orderStatus?.({ orders: demo.orderIds.map(asId) })) ?? [];
  const told = statuses.flatMap((row) => (row.ok ? [row] : []));
  expect(told.length).toBe(demo.orderIds.length);
  expect(new Set(told.map(({ state }) => state))).toContain("delivered");
  const units = told.flatMap(({ lines: parts }) => parts.map(({ unit }) => unit));
  expect(units.every((unit) => ["pcs", "kg", "h"].includes(unit))).toBe(true);
});

it.each([
  ["an answer that is lost", { kind: "lose" }, "TypeError"],
  ["an error page", { kind: "html" }, "transient page_not_json"],
  ["half an answer", { kind: "truncate" }, "transient page_not_json"],
  ["an error in a success", { kind: "error-body" }, "transient"],
  ["a refusal by quota", { kind: "throttle", retryAfter: 3 }, "throttled"],
  ["a server that is away", { kind: "status", status: 503 }, "transient"],
] as const)("%s is a failure of the question, not of a row", async (_title, effect, expected) => {
  const [article = 0] = demo.itemIds;
  const about = { customer: customer(), pricebook: null, currency: null, date: null };
  const asked: readonly (() => Promise<unknown>)[] = [
    async () => operations().price({ ...about, lines: [line(article, "1")] }),
    async () =>
      operations().availability({
        rows: [{ product: asId(article), wanted: null }],
        warehouses: null,
        date: null,
      }),
    async () => operations().credit({ customer: customer(), order: null }),
    async () => operations().orderStatus({ orders: demo.orderIds.slice(0, 2).map(asId) }),
  ];
  for (const question of asked) {
    erp.faults.add({ effect });
    const told = await question().catch((error: unknown) => error);
    const { failure = "", code = "", name } = told as { failure?: string; code?: string; name: string };
    expect(name === "ConnectorError" ? `${failure} ${code}` : name).toMatch(new RegExp(`^${expected}`));
  }
});
