import { describe, expect, it } from "vitest";
import { externalId } from "@crossfoot/kernel";
import type { FailureRecord } from "@crossfoot/kernel";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { Cancelling, Engine, Preflight } from "../runtime/engine.ts";
import { command, fakeEngine } from "./testing.ts";
import type { Ended } from "./testing.ts";

const asked: unknown[] = [];
const plainPreflight: Preflight = {
  ...{ verdict: "ok", findings: [], totals: { net: "10", tax: "2", gross: "12" }, currency: "EUR" },
  credit: null,
  lines: [
    {
      key: "1",
      place: 1,
      product: "l-1",
      verdict: "ok",
      findings: [],
      promisedFrom: "2026-01-07",
      plannedFrom: null,
    },
    {
      key: "2",
      place: 2,
      product: "l-2",
      verdict: "ok",
      findings: [],
      promisedFrom: "2026-01-09",
      plannedFrom: null,
    },
  ],
};

async function run(moment: Partial<Engine["moment"]>, ...words: readonly string[]): Promise<Ended> {
  asked.length = 0;
  const folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  const plain = fakeEngine();
  const noted = Object.fromEntries(
    Object.entries(moment).map(([name, method]) => [
      name,
      (question: unknown): unknown => {
        asked.push(question);
        return (method as (given: unknown) => unknown)(question);
      },
    ]),
  );
  // Methods of the fake are functions; the moment is a table of them.
  const engine = { ...plain, moment: { ...plain.moment, ...noted } } as Engine;
  try {
    return await command([...words, "--project", folder.path], { engine });
  } finally {
    folder.remove();
  }
}

const priced: Engine["moment"]["price"] = () =>
  Promise.resolve({
    kind: "now",
    answer: {
      ...{ currency: "EUR", pricebook: null, totals: { net: "25", tax: "5", gross: "30" } },
      rows: [
        {
          ...{ ok: true, product: externalId("erp:1"), quantity: "10", unit: "pcs", unitPrice: "2.5" },
          ...{ discountPercent: "0", net: "25", taxes: [] },
          rule: { kind: "rule", id: "7", minQuantity: "10" },
        },
      ],
    },
  });

describe("ask", () => {
  it("a line is a record, a quantity and a unit; what is missing is one, and the product's own", async () => {
    const { code, out } = await run({ price: priced }, "ask-price", "crm:9", "erp:1=10,box", "erp:2");
    expect(code).toBe(0);
    expect(asked).toEqual([
      {
        ...{ account: "crm:9", pricebook: null, currency: null, date: null, budgetMs: 10_000 },
        lines: [
          { product: "erp:1", quantity: "10", unit: "box" },
          { product: "erp:2", quantity: "1", unit: null },
        ],
      },
    ]);
    expect(out).toMatch(/erp:1 +10 +pcs +2\.5 +0 +25 +rule 7\n/);
    expect(out).toContain("Net 25, tax 5, gross 30 EUR.");
  });

  it("an answer from before says how old it is, and ends with 2", async () => {
    const why: FailureRecord = {
      failure: "transient",
      ...{ code: "over_budget", message: "no answer in time", status: null, retryAt: null },
      ...{ requestId: null, field: null },
    };
    const stale: Engine["moment"]["price"] = async (question) => {
      const told = await priced(question);
      return told.kind === "now" ? { kind: "stale", answer: told.answer, ageMs: 90_000, why } : told;
    };
    const { code, out } = await run({ price: stale }, "ask-price", "crm:9", "erp:1");
    expect([code, out.split("\n")[0]]).toEqual([
      2,
      "! As the ERP said 1 min 30 s ago: no answer in time (over_budget).",
    ]);
  });

  it.each([
    ["record_unknown", 4],
    ["invalid", 4],
    ["erp_away", 1],
    ["refused_by_erp", 1],
  ] as const)("%s ends with %i and says why", async (code, exit) => {
    const refusal = { code, message: "nothing of the kind", failure: null };
    const answer = () => Promise.resolve({ kind: "refused", refusal } as const);
    const ended = await run({ credit: answer }, "ask-credit", "crm:9");
    expect([ended.code, ended.err]).toEqual([exit, expect.stringContaining("nothing of the kind")]);
  });

  it.each([
    [["ask-price", "crm:9", "=3"], "a line is"],
    [["ask-stock", "erp:1", "--within", "soon"], "--within is a duration"],
    [["ask-credit", "crm:9", "--amount", "5"], "go together"],
  ])("%j is refused before anything is opened", async (words, said) => {
    const ended = await run({}, ...words);
    expect([ended.code, ended.err]).toEqual([4, expect.stringContaining(said)]);
  });

  it("a preflight without a finding says when all of it can be there, and ends with 0", async () => {
    const answer = () => Promise.resolve({ kind: "now", answer: plainPreflight } as const);
    const { code, out } = await run({ preflight: answer }, "preflight", "crm:7");
    expect(code).toBe(0);
    expect(out.trim()).toBe(
      "In order. The ERP would write net 10, tax 2, gross 12 EUR. All of it can be promised for 2026-01-09.",
    );
  });

  it("a preflight that found something lists it with what settles it, and ends with 2", async () => {
    const found = {
      verdict: "differs",
      code: "price_differs",
      ...{ message: "another price", quoted: "9", found: "10", fix: "take it over" },
    } as const;
    const [first, second] = plainPreflight.lines;
    if (first === undefined || second === undefined) throw new Error("no lines");
    const lines = [{ ...first, verdict: "differs", findings: [found] } as const, second];
    const told: Preflight = { ...plainPreflight, verdict: "differs", lines };
    const answer = () => Promise.resolve({ kind: "now", answer: told } as const);
    const { code, out } = await run({ preflight: answer }, "preflight", "crm:7");
    expect(code).toBe(2);
    expect(out).toMatch(/differs +line 1 +another price; quoted 9; ERP 10 +take it over/);
  });

  it("an order that is not there yet ends with 2, one that is with 0", async () => {
    const pending = await run(
      { quoteToOrder: () => Promise.resolve({ kind: "pending", message: "ask again" }) },
      ...["order", "crm:7"],
    );
    expect([pending.code, pending.out.trim()]).toEqual([2, "Not yet: ask again."]);
    const order = { names: ["erp:3", "crm:4"], number: "SO-3" };
    const ordered = await run(
      { quoteToOrder: () => Promise.resolve({ kind: "ordered", order, isMadeNow: true, rest: null }) },
      ...["order", "crm:7", "--within", "2s"],
    );
    expect([ordered.code, ordered.out.trim()]).toEqual([0, "Ordered: SO-3 (erp:3, crm:4)."]);
    expect(asked).toEqual([{ quote: "crm:7", by: "ada", budgetMs: 2_000 }]);
  });

  it("a part that is accepted is named by lines; what is left is told", async () => {
    const order = { names: ["erp:3"], number: "SO-3" };
    const made = { kind: "ordered", order, isMadeNow: true, rest: "crm:8" } as const;
    const quoteToOrder = () => Promise.resolve(made);
    const lines = ["--line", "crm:a=1=60", "L2=1.5"];
    const now = await run({ quoteToOrder }, "order", "crm:7", ...lines);
    expect([now.code, now.out.trim()]).toEqual([
      0,
      "Ordered: SO-3 (erp:3). What is left is the quote crm:8.",
    ]);
    const wanted = [
      { line: "crm:a=1", quantity: "60" },
      { line: "L2", quantity: "1.5" },
    ];
    const question = { quote: "crm:7", by: "ada", budgetMs: 10_000 };
    expect(asked).toEqual([{ ...question, part: { lines: wanted, rest: "keep" } }]);
    await run({ quoteToOrder }, "order", "crm:7", ...lines, "--close");
    expect(asked).toEqual([{ ...question, part: { lines: wanted, rest: "close" } }]);
    const preflight = () => Promise.resolve({ kind: "now", answer: plainPreflight } as const);
    await run({ preflight }, "preflight", "crm:7", ...lines);
    expect(asked).toEqual([{ quote: "crm:7", budgetMs: 10_000, accepted: wanted }]);
    for (const wrong of [["--close"], ["--line", "L1"], ["--line", "=3"], ["--line", "L1="]]) {
      const refused = await run({ quoteToOrder }, "order", "crm:7", ...wrong);
      expect([refused.code, asked]).toEqual([4, []]);
    }
  });

  it("a cancellation needs its reason, and says whether it is done, was done, or is open", async () => {
    const order = { names: ["erp:3", "crm:4"], number: "SO-3" };
    const cancel = async (answer: Cancelling, ...words: readonly string[]) =>
      run({ cancelOrder: () => Promise.resolve(answer) }, "cancel-order", "crm:4", ...words);
    const reason = ["--reason", " ordered twice "];
    const now = await cancel({ kind: "cancelled", order, isDoneNow: true }, ...reason);
    expect([now.code, now.out.trim()]).toEqual([0, "Cancelled: SO-3 (erp:3, crm:4)."]);
    expect(asked).toEqual([{ order: "crm:4", by: "ada", reason: "ordered twice", budgetMs: 10_000 }]);
    const before = await cancel({ kind: "cancelled", order, isDoneNow: false }, ...reason);
    expect(before.out.trim()).toBe("Cancelled before: SO-3 (erp:3, crm:4).");
    const pending = await cancel({ kind: "pending", message: "ask again" }, ...reason);
    expect([pending.code, pending.out.trim()]).toEqual([2, "Not yet: ask again."]);
    for (const given of [[], ["--reason", " "], ["--reason", "x".repeat(501)]]) {
      const refused = await cancel({ kind: "cancelled", order, isDoneNow: true }, ...given);
      expect([refused.code, refused.err]).toEqual([4, expect.stringContaining("--reason is needed")]);
      expect(asked).toEqual([]);
    }
    const message = "the order is delivered in erp";
    const bound = { kind: "refused", refusal: { code: "order_bound", message, failure: null } } as const;
    const told = await cancel(bound, ...reason);
    expect([told.code, told.err]).toEqual([1, expect.stringContaining(message)]);
  });

  it("with --check a cancellation is only looked at", async () => {
    const cancellationOf = () => Promise.resolve({ kind: "possible", state: "open" } as const);
    const { code, out } = await run({ cancellationOf }, "cancel-order", "crm:4", "--check");
    expect([code, out.trim()]).toEqual([0, "It would be cancelled: it is open."]);
    expect(asked).toEqual([{ order: "crm:4", budgetMs: 10_000 }]);
  });

  it("a change says what is wanted, with its reason; without a wish the order is told", async () => {
    const order = { names: ["erp:3", "crm:4"], number: "SO-3" };
    const changes = [{ line: "erp:L1", field: "quantity", from: "10 pcs", to: "7 pcs" }];
    const made = { kind: "changed", order, changes, isDoneNow: true } as const;
    const changeOrder = () => Promise.resolve(made);
    const wish = ["--set", "erp:L1=7", "--remove", "L2", "--add", "x@erp:12=3,pcs", "--date", "none"];
    const now = await run({ changeOrder }, "change-order", "crm:4", ...wish, "--reason", "less");
    expect([now.code, now.out]).toEqual([0, expect.stringMatching(/Changed: SO-3[^]*10 pcs +7 pcs/)]);
    expect(asked).toEqual([
      {
        ...{ order: "crm:4", by: "ada", reason: "less", version: null, budgetMs: 10_000 },
        wish: {
          lines: [
            { line: "erp:L1", quantity: "7" },
            { line: "L2", quantity: "0" },
          ],
          add: [{ name: "x", product: "erp:12", quantity: "3", unit: "pcs" }],
          requestedDate: null,
        },
      },
    ]);
    await run({ changeOrder }, "change-order", "crm:4", "--from", "crm:7", "--reason", "less");
    expect(asked).toMatchObject([{ wish: { quote: "crm:7" } }]);
    const two = await run({ changeOrder }, "change-order", "crm:4", "--from", "crm:7", "--date", "none");
    expect([two.code, two.err]).toEqual([4, expect.stringContaining("--from says it all")]);
    const bare = await run({ changeOrder }, "change-order", "crm:4", "--remove", "L2");
    expect([bare.code, bare.err]).toEqual([4, expect.stringContaining("--reason is needed")]);
    const wrong = await run({ changeOrder }, "change-order", "crm:4", "--add", "erp:12=3", "--reason", "x");
    expect([wrong.code, wrong.err]).toEqual([4, expect.stringContaining("--add is")]);
    const refusals = [{ line: "erp:L1", code: "below_done", why: "8 of line erp:L1 is delivered" }] as const;
    const possible = { kind: "possible", state: "open", version: "1", changes, refusals } as const;
    const wouldChange = () => Promise.resolve(possible);
    const look = await run({ wouldChange }, "change-order", "crm:4", "--set", "L1=7", "--check");
    expect([look.code, look.out]).toEqual([2, expect.stringContaining("Refused: 8 of line erp:L1")]);
    const lines = [{ line: "erp:L1", product: "erp:12", quantity: "10", unit: "pcs", done: "8" }];
    const standing = {
      ...({ kind: "standing", order, state: "open", version: "1", isUnderWay: true, bound: null } as const),
      ...{ requestedDate: null, customerOrderNumber: null, lines },
    };
    const told = await run({ changeOf: () => Promise.resolve(standing) }, "change-order", "crm:4");
    expect([told.code, told.out]).toEqual([0, expect.stringMatching(/is open, version 1[^]*erp:L1 +erp:12/)]);
  });
});
