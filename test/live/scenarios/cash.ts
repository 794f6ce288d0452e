import type { TwinRecord } from "@crossfoot/twin";
import { expect, test } from "vitest";
import { loseFirstAnswers } from "./answers-lost.ts";
import { companyName } from "./company.ts";
import type { Pair } from "./pair.ts";

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const euros = (amount: number): TwinRecord[string] => ({ amount: amount.toFixed(2), currency: "EUR" });

/** A quote of so many pieces at 12.50, sent and won; answers its id in the CRM. */
export function wonQuote(
  { stage, named }: Pick<Pair, "stage" | "named">,
  at: { readonly account: string; readonly pieces: number; readonly orderNumber: string },
): string {
  const { crm, erp } = stage;
  const product = named("products", "sku", erp.goods.code);
  const quote = crm.people.createQuote({
    accountId: at.account,
    currency: "EUR",
    warehouse: erp.goods.warehouse,
    paymentTerms: "net30",
    customerOrderNumber: at.orderNumber,
    validUntil: "2099-12-31",
    lines: [
      {
        productId: String(product?.id),
        quantity: String(at.pieces),
        unit: text(product?.["unit"]),
        unitPrice: { amount: "12.50", currency: "EUR" },
      },
    ],
  });
  crm.people.sendQuote(String(quote.id));
  crm.people.acceptQuote(String(quote.id));
  return String(quote.id);
}

const accountOf = ({ named }: Pair, customer: number): string =>
  String(named("accounts", "name", companyName(customer))?.id);

/** The number that the ERP gave to a quote of the CRM. */
export const numberOf = ({ stage }: Pick<Pair, "stage">, quote: string): string =>
  text(stage.crm.state.records["quotes"]?.[quote]?.["erpNumber"]);

/** Records of the CRM that belong to an order, by object. */
const under = ({ stage }: Pair, object: string, order: TwinRecord | undefined): readonly TwinRecord[] =>
  Object.values(stage.crm.state.records[object] ?? {}).filter((one) => one["orderId"] === order?.id);

/** How often the integration made a record of an order in the CRM, those deleted since included. */
function madeUnder({ stage }: Pair, object: string, order: TwinRecord | undefined): number {
  return stage.crm.commits.filter(
    ({ object: of, kind, after }) => of === object && kind === "create" && after?.["orderId"] === order?.id,
  ).length;
}

/** From a won quote to its payment. */
export function cashCases(pair: () => Pair): void {
  test("quote to cash: one sale, delivered, invoiced, paid, and the CRM shows each step", async () => {
    const { stage, named, settleAll } = pair();
    const { people, taxPercent } = stage.erp;
    const quote = wonQuote(pair(), { account: accountOf(pair(), 10), pieces: 4, orderNumber: "PO-LIVE-1" });
    await settleAll();
    const number = numberOf(pair(), quote);
    expect((await people.papersOf(number)).orders).toEqual([number]);
    const order = named("orders", "number", number);
    expect([order?.["status"], order?.["quoteId"]]).toEqual(["open", quote]);

    const [shipment] = await people.waitingShipments(number);
    expect(await people.deliver(shipment?.id ?? "", "whole")).toBe("whole");
    const [paper] = await people.toInvoice(number);
    const invoice = await people.invoice(paper?.id ?? "");
    await settleAll();
    const [mirrored] = under(pair(), "invoices", order);
    const gross = 50 * (1 + taxPercent / 100);
    expect(mirrored?.["openBalance"]).toEqual(euros(gross));
    expect(under(pair(), "shipments", order)[0]?.["confirmedDeliveryDate"]).toMatch(/^\d{4}-\d\d-\d\d$/);

    await people.pay(invoice.id);
    await settleAll();
    const paid = stage.crm.state.records["invoices"]?.[String(mirrored?.id)];
    expect([paid?.["status"], paid?.["openBalance"]]).toEqual(["paid", euros(0)]);
  }, 300_000);

  test("quote to cash in parts, the answer lost at each step: one of each document", async () => {
    const at = pair();
    const { stage, named, settleAll } = at;
    const { people } = stage.erp;
    await people.invoiceDeliveries();
    const losing = loseFirstAnswers([stage.lines.crm, stage.lines.erp]);
    const lostAt: Record<string, readonly string[]> = {};
    const step = async (name: string, act: () => Promise<void>): Promise<void> => {
      losing.nextStep();
      const before = losing.lost.length;
      await act();
      await settleAll();
      lostAt[name] = losing.lost.slice(before);
    };
    let quote = "";
    await step("order", async () => {
      quote = wonQuote(at, { account: accountOf(at, 15), pieces: 10, orderNumber: "PO-LIVE-2" });
    });
    const number = numberOf(at, quote);
    const order = named("orders", "number", number);
    const deliver = async (share: "whole" | "half"): Promise<void> => {
      const [shipment] = await people.waitingShipments(number);
      expect(await people.deliver(shipment?.id ?? "", share)).toBe(share);
    };
    const invoice = async (): Promise<void> => {
      const [paper] = await people.toInvoice(number);
      await people.invoice(paper?.id ?? "");
    };
    await step("first delivery", async () => deliver("half"));
    await step("first invoice", invoice);
    await step("payment", async () => {
      const [open] = await people.unpaidInvoices(number);
      await people.pay(open?.id ?? "");
    });
    await step("second delivery", async () => deliver("whole"));
    await step("second invoice", invoice);
    await step("credit note", async () => {
      const [open] = await people.unpaidInvoices(number);
      await people.credit(open?.id ?? "");
    });
    losing.stop();
    await settleAll();
    console.log(`answers lost: ${JSON.stringify(lostAt)}`);
    expect(Object.entries(lostAt).filter(([, lost]) => lost.length === 0)).toEqual([]);

    const papers = await people.papersOf(number);
    const counts = (Object.entries(papers) as readonly [string, readonly string[]][]).map(([kind, all]) => [
      kind,
      new Set(all).size,
      all.length,
    ]);
    expect(counts).toEqual([
      ["orders", 1, 1],
      ["shipments", 2, 2],
      ["invoices", 2, 2],
      ["creditNotes", 1, 1],
      ["payments", 1, 1],
    ]);
    expect(stage.crm.commits.filter(isOrderNumbered(number)).length).toBe(1);
    const made = ["shipments", "invoices"].map((object) => [
      object,
      under(at, object, order).length,
      madeUnder(at, object, order),
    ]);
    const credits = under(at, "invoices", order).length - papers.invoices.length;
    expect(made).toEqual([
      ["shipments", 2, 2],
      ["invoices", 2 + credits, 2 + credits],
    ]);
    // A credit note names the order that it is about, where the ERP says so, and is one all the same.
    expect(credits).toBeLessThanOrEqual(1);
    const invoices = under(at, "invoices", order).filter(({ number: of }) =>
      papers.invoices.includes(text(of)),
    );
    expect(invoices.map((one) => one["openBalance"])).toEqual([euros(0), euros(0)]);
    const credited = named("invoices", "number", papers.creditNotes[0]);
    expect(Number((credited?.["amount"] as TwinRecord | undefined)?.["amount"])).toBeLessThan(0);
  }, 600_000);
}

const isOrderNumbered =
  (number: string) =>
  ({ object, kind, after }: Pair["stage"]["crm"]["commits"][number]): boolean =>
    object === "orders" && kind === "create" && after?.["number"] === number;
