import type { HttpRequest, OperationName, OrderStatusRequest, PriceRequest } from "@crossfoot/connector-sdk";
import { checkOperations, watch } from "@crossfoot/connector-sdk/testing";
import type { OperationCases } from "@crossfoot/connector-sdk/testing";
import { openTryton } from "@crossfoot/connector-tryton";
import { describe, expect, it } from "vitest";
import { answersOf, recorded } from "./player.ts";
import type { Recording, Step } from "./player.ts";

const recording = recorded("operations") as Recording;
const unknown = "999999";
const reads =
  /^(common\.db\.login|model\.[a-z._]+\.(search_read|read|search|on_change|default_get|get_preferences))$/;
const isRead = ({ body = "" }: HttpRequest): boolean =>
  reads.test((JSON.parse(body) as { readonly method: string }).method);

/** What was asked when the recording was made, without the questions about a record that does not exist. */
const askedOf = (name: OperationName): readonly Step["argument"][] =>
  recording.steps
    .filter(({ call, argument }) => call === name && !JSON.stringify(argument).includes(unknown))
    .map(({ argument }) => argument);

const answerTo = (name: OperationName, at: number): unknown =>
  recording.steps.filter(({ call }) => call === name)[at]?.answer;

describe("operations of Tryton, as a real server answered", () => {
  it("keep every rule, and ask nothing that may write", async () => {
    const watching = watch(answersOf(recording).http, isRead);
    const connection = openTryton({ ...answersOf(recording), http: watching.http });
    const cases: OperationCases = {
      unknown: unknown as OrderStatusRequest["orders"][number],
      price: askedOf("price"),
      availability: askedOf("availability"),
      credit: askedOf("credit"),
      orderStatus: askedOf("orderStatus"),
      quoteToOrder: askedOf("quoteToOrder"),
    };
    const report = await checkOperations(connection, { watch: watching, cases });
    expect(report.findings).toEqual([]);
    expect(report.answers).toBe(9);
  });

  it("give the price that the first fitting rule of the customer's list makes, and its totals", () => {
    expect(answerTo("price", 0)).toMatchObject({
      currency: "EUR",
      pricebook: "1",
      rows: [
        { ok: true, unitPrice: "9.99", discountPercent: "0", net: "9.99", rule: { kind: "rule", id: "1" } },
        { ok: true, unitPrice: "4.38", discountPercent: "10", net: "39.42", rule: { minQuantity: "10" } },
        { ok: true, taxes: [{ name: "VAT 20%", percent: "20" }] },
      ],
    });
  });

  it("give no number to a service's stock, and both warehouses of goods", () => {
    expect(answerTo("availability", 0)).toMatchObject({
      rows: [
        { isStocked: true, wanted: "5", places: [{ warehouse: "WH" }, { warehouse: "EAST" }] },
        { isStocked: true },
        { isStocked: false, places: [] },
      ],
    });
  });

  it("say beforehand that a confirmation beyond the limit will be refused", () => {
    expect(answerTo("credit", 2)).toMatchObject({ limit: "1000", verdict: "over", isRefused: true });
  });

  it("lead from a draft over the quotation to the order that is there", () => {
    const ways = recording.steps.filter(
      ({ call, argument }) => call === "quoteToOrder" && !JSON.stringify(argument).includes(unknown),
    );
    expect(ways.map(({ answer }) => answer)).toMatchObject([
      { kind: "write", write: { transition: { via: "quote" } } },
      { kind: "write", write: { transition: { via: "confirm" } } },
      { kind: "ordered", order: "3", number: "2" },
    ]);
  });

  it("end the whole request when the failure says nothing about one line", async () => {
    const [request] = askedOf("price") as readonly PriceRequest[];
    const session = answersOf(recording);
    const busy = openTryton({
      ...session,
      http: async (asked) =>
        (asked.body ?? "").includes("sale.line.on_change")
          ? { status: 429, headers: {}, body: "" }
          : session.http(asked),
    });
    if (request === undefined) throw new Error("no price was recorded");
    await expect(busy.operations.price(request)).rejects.toMatchObject({ failure: "throttled" });
  });
});
