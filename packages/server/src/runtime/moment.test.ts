import { ConnectorError } from "@crossfoot/connector-sdk";
import { expect, test } from "vitest";
import type { Answered, Ordering } from "./moment-port.ts";
import { orderStage, quoteOf } from "./testing/order-stage.ts";
import type { OrderStage } from "./testing/order-stage.ts";
import { customer } from "./testing/world.ts";

/** Longer than any wait of the small world: nobody gets tired. */
const patient = 60_000;
/** Over at once. */
const hasty = 1;

const made = ({ erp }: OrderStage): readonly (string | undefined)[] => [
  ...erp.rows("quotes").map(() => "quote"),
  ...erp.rows("orders").map(() => "order"),
];
const codeOf = (answer: Ordering | Answered<unknown>): string =>
  answer.kind === "refused" ? answer.refusal.code : answer.kind;

test("an accepted quote becomes one order, which the CRM shows; asked again it is the same", async () => {
  const stage = await orderStage();
  const asked = { quote: `crm:${quoteOf(stage)}`, by: "somebody", budgetMs: patient };
  const first = await stage.engine.moment.quoteToOrder(asked);
  expect(first).toMatchObject({ kind: "ordered", isMadeNow: true });
  const again = await stage.engine.moment.quoteToOrder(asked);
  expect(again).toEqual({ ...first, isMadeNow: false });
  expect(made(stage)).toEqual(["quote", "order"]);
  const [order] = stage.erp.rows("orders");
  const [shown] = stage.crm.rows("orders");
  expect(first.kind === "ordered" && first.order.names).toEqual([`erp:${order?.id}`, `crm:${shown?.id}`]);
  expect(shown?.fields["number"]).toBe(order?.fields["number"]);
  expect(await stage.engine.moment.orderOf(asked)).toEqual(again);
  const run = await stage.engine.run();
  expect(run.entities.flatMap(({ settled }) => Object.values(settled))).toEqual([]);
});

test("two who click at once, in one program and in two, get one order", async () => {
  const stage = await orderStage();
  const asked = { quote: `crm:${quoteOf(stage)}`, by: "somebody", budgetMs: patient };
  const other = stage.restart({ holder: "other" });
  const answers = await Promise.all([
    stage.engine.moment.quoteToOrder(asked),
    stage.engine.moment.quoteToOrder(asked),
    other.moment.quoteToOrder(asked),
  ]);
  expect(made(stage)).toEqual(["quote", "order"]);
  const numbers = new Set(answers.map((each) => (each.kind === "ordered" ? each.order.number : each.kind)));
  expect([...numbers].filter((each) => each !== "pending")).toHaveLength(1);
  expect((await stage.engine.moment.quoteToOrder(asked)).kind).toBe("ordered");
});

test.each([1, 2, 3])(
  "an answer of the ERP that is lost at write %i makes no second document",
  async (nth) => {
    const stage = await orderStage();
    const asked = { quote: `crm:${quoteOf(stage)}`, by: "somebody", budgetMs: patient };
    stage.erp.faults = [...Array.from({ length: nth - 1 }, () => "none" as const), "lost_answer"];
    let last = await stage.engine.moment.quoteToOrder(asked);
    for (let tries = 0; tries < 20 && last.kind === "pending"; tries += 1) {
      stage.pass(60_000);
      last = await stage.engine.moment.quoteToOrder(asked);
    }
    expect(last.kind).toBe("ordered");
    expect(made(stage)).toEqual(["quote", "order"]);
  },
);

test("a customer that nobody has read yet comes along", async () => {
  const stage = await orderStage();
  const account = stage.crm.add("accounts", {
    ...customer,
    name: "New",
    taxId: "FR2",
    email: "n@new.example",
  });
  const answer = await stage.engine.moment.quoteToOrder({
    quote: `crm:${quoteOf(stage, { account })}`,
    by: "somebody",
    budgetMs: patient,
  });
  expect(answer.kind).toBe("ordered");
  expect(stage.erp.rows("accounts").map(({ fields }) => fields["name"])).toEqual(["Acme", "New"]);
});

test("it goes on beside a run that takes long, in the same program", async () => {
  const stage = await orderStage();
  const quote = `crm:${quoteOf(stage)}`;
  const gate: { open?: () => void; reached?: () => void } = {};
  const opened = new Promise<void>((resolve) => (gate.open = resolve));
  const reached = new Promise<void>((resolve) => (gate.reached = resolve));
  stage.onRead = async () => {
    gate.reached?.();
    await opened;
  };
  let isOver = false;
  const running = stage.engine.run().then((summary) => {
    isOver = true;
    return summary;
  });
  await reached;
  const answer = await stage.engine.moment.quoteToOrder({ quote, by: "somebody", budgetMs: patient });
  expect([answer.kind, isOver]).toEqual(["ordered", false]);
  gate.open?.();
  expect((await running).state).toBe("done");
  expect(made(stage)).toEqual(["quote", "order"]);
});

test("a run that begins beside an order takes no shard from this program's orders", async () => {
  const stage = await orderStage();
  const ask = (number: string): Promise<Ordering> => {
    const quote = `crm:${quoteOf(stage, { number })}`;
    return stage.engine.moment.quoteToOrder({ quote, by: "somebody", budgetMs: patient });
  };
  const answered = Promise.withResolvers<null>();
  stage.silence = answered.promise.then(() => undefined);
  const first = ask("Q0");
  const [reached, opened] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
  stage.onRead = async () => {
    reached.resolve(null);
    await opened.promise;
  };
  const running = stage.engine.run();
  await reached.promise;
  stage.silence = null;
  // Their links lie on as many shards as may be.
  const others = await Promise.all(Array.from({ length: 12 }, (_none, at) => ask(`Q${at + 1}`)));
  expect(others.map(({ kind }) => kind)).toEqual(others.map(() => "ordered"));
  answered.resolve(null);
  expect((await first).kind).toBe("ordered");
  opened.resolve(null);
  expect((await running).state).toBe("done");
  expect(stage.erp.rows("orders")).toHaveLength(13);
});

test("past its budget it is told where it stands, and the order comes all the same", async () => {
  const stage = await orderStage();
  const quote = `crm:${quoteOf(stage)}`;
  const asked = { quote, by: "somebody", budgetMs: hasty };
  expect((await stage.engine.moment.quoteToOrder(asked)).kind).toBe("pending");
  await stage.engine.run();
  const later = { ...asked, budgetMs: patient };
  expect((await stage.engine.moment.orderOf(later)).kind).toBe("ordered");
  expect(made(stage)).toEqual(["quote", "order"]);
});

test("a quote that only the ERP has is asked for by its name there", async () => {
  const stage = await orderStage();
  const quote = stage.erp.add("quotes", { number: "Q9", status: "accepted" });
  const order = stage.erp.add("orders", { source: quote });
  expect(await stage.engine.moment.orderOf({ quote: `erp:${quote}`, budgetMs: patient })).toMatchObject({
    kind: "ordered",
    order: { names: [`erp:${order}`] },
    rest: null,
  });
});

test("what cannot become an order is refused with its reason, and nothing is written", async () => {
  const stage = await orderStage();
  const { moment } = stage.engine;
  const ask = async (quote: string): Promise<string> =>
    codeOf(await moment.quoteToOrder({ quote, by: "somebody", budgetMs: patient }));
  expect(await ask(`crm:${quoteOf(stage, { status: "sent" })}`)).toBe("not_accepted");
  expect(await ask("crm:none")).toBe("record_unknown");
  expect(await ask("l-none")).toBe("record_unknown");
  expect(await ask("Q1")).toBe("invalid");
  expect(await ask("other:1")).toBe("invalid");
  expect(made(stage)).toEqual([]);
  const quote = `crm:${quoteOf(stage)}`;
  stage.erp.faults = ["refused"];
  expect(await ask(quote)).toBe("refused_by_erp");
  expect(await ask(quote)).toBe("refused_by_erp");
  expect(made(stage)).toEqual([]);
});

test("prices come in their places; what the ERP does not have is refused in its own", async () => {
  const stage = await orderStage();
  const account = `crm:${stage.crm.rows("accounts")[0]?.id}`;
  const line = (product: string, unit: string | null = null) => ({ product, quantity: "2", unit });
  const lines = [line("crm:none"), line(`crm:${stage.product.crm}`), line(`erp:${stage.product.erp}`, "pcs")];
  const question = { account, pricebook: null, currency: null, date: null, lines, budgetMs: patient };
  const answer = await stage.engine.moment.price(question);
  expect(answer.kind === "now" && answer.answer.rows).toMatchObject([
    { ok: false, failure: { code: "record_unknown" } },
    { ok: true, product: `crm:${stage.product.crm}`, unit: "pcs", unitPrice: "10" },
    { ok: true, product: `erp:${stage.product.erp}` },
  ]);
  expect(answer.kind === "now" && answer.answer.totals).toBeNull();
});

test("an ERP that is away or slow is answered for by what it said before, with its age", async () => {
  const stage = await orderStage();
  const account = `crm:${stage.crm.rows("accounts")[0]?.id}`;
  const lines = [{ product: `crm:${stage.product.crm}`, quantity: "2", unit: null }];
  const question = { account, pricebook: null, currency: null, date: null, lines, budgetMs: patient };
  const { moment } = stage.engine;
  stage.trouble = () =>
    Promise.reject(new ConnectorError({ failure: "transient", code: "unreachable", message: "away" }));
  expect(codeOf(await moment.price(question))).toBe("erp_away");
  stage.trouble = null;
  const now = await moment.price(question);
  stage.pass(90_000);
  stage.trouble = () => new Promise(() => undefined);
  const late = await moment.price({ ...question, budgetMs: hasty });
  expect(late).toMatchObject({ kind: "stale", ageMs: 90_000 + hasty, why: { code: "over_budget" } });
  expect(late.kind === "stale" && late.answer).toEqual(now.kind === "now" && now.answer);
  stage.trouble = () =>
    Promise.reject(new ConnectorError({ failure: "invalid", code: "no_price", message: "no price" }));
  expect(codeOf(await moment.price(question))).toBe("refused_by_erp");
});

test("a preflight says of each line and of the whole what is in the way, and changes nothing", async () => {
  const stage = await orderStage();
  const lines = [
    { id: "1", product: stage.product.crm, qty: "2", unit: "pcs", price: "9" },
    { id: "2", product: null, qty: "1", unit: "pcs", price: "9" },
  ];
  const quote = `crm:${quoteOf(stage, { status: "sent", lines })}`;
  await stage.engine.run();
  const writes = stage.erp.writes + stage.crm.writes;
  const answer = await stage.engine.moment.preflight({ quote, budgetMs: patient });
  if (answer.kind !== "now") throw new Error(JSON.stringify(answer));
  const { answer: told } = answer;
  expect(told.lines.map(({ findings }) => findings.map(({ code, verdict }) => [code, verdict]))).toEqual([
    [
      ["price_differs", "differs"],
      ["stock_short", "warning"],
    ],
    [
      ["product_missing", "blocked"],
      ["price_unknown", "blocked"],
      ["stock_unknown", "warning"],
    ],
  ]);
  expect(told.lines[0]?.findings[0]).toMatchObject({ quoted: "9", found: "10" });
  const whole = told.findings.map(({ code, verdict }) => [code, verdict]);
  expect(whole).toEqual([["credit_over", "blocked"]]);
  expect(told.verdict).toBe("blocked");
  expect(stage.erp.writes + stage.crm.writes).toBe(writes);
});

test("a quote in another currency than the customer's credit is judged all the same", async () => {
  const stage = await orderStage();
  const quote = `crm:${quoteOf(stage, { status: "sent", currency: "USD" })}`;
  const answer = await stage.engine.moment.preflight({ quote, budgetMs: patient });
  if (answer.kind !== "now") throw new Error(JSON.stringify(answer));
  const { findings, credit, currency } = answer.answer;
  expect(findings.map(({ verdict, code }) => `${verdict} ${code}`)).toEqual(["warning credit_unknown"]);
  expect([credit, currency]).toEqual([expect.objectContaining({ exposure: "5", verdict: "within" }), "USD"]);
  expect(credit).not.toHaveProperty("isMeasured");
});

test("a preflight of a part judges what is accepted alone", async () => {
  const stage = await orderStage();
  const product = stage.product.crm;
  const lines = [
    { id: "1", product, qty: "2", unit: "pcs", price: "10" },
    { id: "2", product: null, qty: "1", unit: "pcs", price: "9" },
  ];
  const quote = `crm:${quoteOf(stage, { status: "sent", lines })}`;
  await stage.engine.run();
  const asked = (line: string, quantity: string): ReturnType<typeof stage.engine.moment.preflight> =>
    stage.engine.moment.preflight({ quote, accepted: [{ line, quantity }], budgetMs: patient });
  const found = async (line: string, quantity: string): Promise<unknown> => {
    const told = await asked(line, quantity);
    if (told.kind !== "now") throw new Error(JSON.stringify(told));
    return told.answer.lines.map(({ key, findings }) => [
      key,
      ...findings.map(({ code, quoted }) => [code, quoted]),
    ]);
  };
  expect(await found("crm:1", "1.5")).toEqual([["crm:1", ["stock_short", "1.5"]]]);
  expect(await found("1", "2")).toEqual([["crm:1", ["stock_short", "2"]]]);
  expect(codeOf(await asked("1", "3"))).toBe("invalid");
});

test("a preflight asks for the prices of the customer, and of whoever is billed", async () => {
  const stage = await orderStage();
  const other = { ...customer, name: "Payer", taxId: "FR3", email: "payer@x.example" };
  const payer = stage.crm.add("accounts", other);
  await stage.engine.run();
  const there = (name: unknown): string | undefined =>
    stage.erp.rows("accounts").find(({ fields }) => fields["name"] === name)?.id;
  for (const billTo of [payer, null]) {
    const quote = `crm:${quoteOf(stage, { status: "sent", billTo })}`;
    const { kind } = await stage.engine.moment.preflight({ quote, budgetMs: patient });
    const asked = stage.pricesAsked.at(-1);
    const billed = billTo === null ? null : there(other.name);
    expect([kind, asked?.customer, asked?.billTo]).toEqual(["now", there(customer["name"]), billed]);
  }
});

test("a preflight goes on without what the ERP does not offer, and without a customer there", async () => {
  const stage = await orderStage();
  const told = async (quote: string): Promise<readonly string[]> => {
    const answer = await stage.engine.moment.preflight({ quote, budgetMs: patient });
    if (answer.kind !== "now") throw new Error(JSON.stringify(answer));
    const { verdict, findings, lines } = answer.answer;
    const all = [...findings, ...lines.flatMap((line) => line.findings)];
    return [verdict, ...all.map((each) => `${each.verdict} ${each.code}`)];
  };
  const quote = `crm:${quoteOf(stage, { status: "sent" })}`;
  stage.lacks = ["credit", "price"];
  expect(await told(quote)).toEqual([
    ...["warning", "warning credit_unknown", "warning price_unknown", "warning stock_short"],
  ]);
  stage.lacks = [];
  const account = stage.crm.add("accounts", {
    ...customer,
    name: "New",
    taxId: "FR2",
    email: "n@new.example",
  });
  const atHome = await told(`crm:${quoteOf(stage, { status: "sent", account })}`);
  const said = ["warning account_missing", "warning price_unknown", "warning stock_short"];
  expect(atHome).toEqual(["blocked", "blocked data_missing", ...said]);
});

test("what the ERP's connector foresees blocks a quote, where nothing else is said to", async () => {
  const stage = await orderStage();
  const told = async (): Promise<readonly string[]> => {
    const quote = `crm:${quoteOf(stage, { status: "sent", currency: "USD" })}`;
    const answer = await stage.engine.moment.preflight({ quote, budgetMs: patient });
    if (answer.kind !== "now") throw new Error(JSON.stringify(answer));
    const { verdict, findings } = answer.answer;
    return [verdict, ...findings.map((each) => `${each.verdict} ${each.code} ${each.message}`)];
  };
  const unasked = await told();
  expect(unasked[0]).toBe("differs");
  const none = { status: null, retryAt: null, requestId: null, field: null };
  stage.foreseen = { failure: "invalid", code: "terms_unknown", message: "no such payment terms", ...none };
  const said = "blocked not_sendable the ERP would not take it: no such payment terms";
  expect(await told()).toEqual(["blocked", ...unasked.slice(1), said]);
});

test("goods are promised from the warehouse that the ERP puts into an order that names none", async () => {
  const stage = await orderStage();
  const promised = async (): Promise<readonly (string | null)[]> => {
    const quote = `crm:${quoteOf(stage, { status: "sent" })}`;
    const answer = await stage.engine.moment.preflight({ quote, budgetMs: patient });
    return answer.kind === "now" ? answer.answer.lines.map(({ promisedFrom }) => promisedFrom) : [];
  };
  stage.warehouse = "FAR";
  expect(await promised()).toEqual(["2026-01-01"]);
  stage.warehouse = "MAIN";
  expect(await promised()).toEqual([null]);
});

test("an ERP that does not say where a quote stands keeps nobody waiting beyond his budget", async () => {
  const stage = await orderStage();
  const asked = { quote: `crm:${quoteOf(stage)}`, by: "somebody", budgetMs: patient };
  expect((await stage.engine.moment.quoteToOrder(asked)).kind).toBe("ordered");
  stage.silence = new Promise(() => undefined);
  const late = await stage.engine.moment.orderOf({ ...asked, budgetMs: hasty });
  expect(late).toMatchObject({
    kind: "refused",
    refusal: { code: "erp_away", failure: { code: "over_budget" } },
  });
});
