import { addDays, dayOf, toCompact } from "../calendar.ts";
import type { Crm } from "../crm/crm.ts";
import type { Erp } from "../erp/erp.ts";
import type { Json, JsonMap } from "../json.ts";
import type { Random } from "../random.ts";
import { textOf } from "./look.ts";

/** What history is made of. */
interface HistoryParts {
  readonly count: number;
  readonly customerIds: readonly number[];
  readonly articleIds: readonly number[];
}

function quoteFields(erp: Erp, random: Random, parts: HistoryParts): JsonMap {
  const customerId = random.pick(parts.customerIds);
  const customer = erp.state.records["customers"]?.[String(customerId)];
  const today = dayOf(erp.clock());
  const chosen = random.shuffled(parts.articleIds.slice(0, -1)).slice(0, random.between(1, 4));
  return {
    customer_id: customerId,
    currency: customer?.["currency"] ?? "EUR",
    warehouse: random.pick(["MAIN", "NORTH"]),
    customer_reference: `PO-${random.between(1000, 9999)}`,
    salesperson: random.pick(["ada", "bruno"]),
    requested_date: toCompact(addDays(today, random.between(5, 20))),
    ...(random.chance(0.4) ? { freight: "12.50" } : {}),
    ...(random.chance(0.2) ? { discount_pct: "3.00" } : {}),
    lines: chosen.map((articleId): Json => {
      const stocked = erp.state.records["items"]?.[String(articleId)];
      return {
        item_id: articleId,
        qty: String(random.between(1, 12)),
        uom: stocked?.["uom"] ?? "EA",
        price: stocked?.["list_price"] ?? null,
      };
    }),
  };
}

/** Orders from before the integration: some open, some delivered, some invoiced, some paid. */
export function seedHistory(erp: Erp, random: Random, parts: HistoryParts): number[] {
  const { people } = erp;
  const orderIds: number[] = [];
  for (let n = 0; n < parts.count; n += 1) {
    const quote = people.createQuote(quoteFields(erp, random, parts));
    people.validateQuote(Number(quote.id));
    const confirmed = people.confirmQuote(Number(quote.id));
    const orderId = Number(confirmed["order_id"] ?? 0);
    if (orderId === 0) continue;
    orderIds.push(orderId);
    const stage = n % 4;
    if (stage >= 1 && hasOpenShipment(erp, orderId)) people.deliver(orderId);
    if (stage >= 2) {
      const invoice = people.invoice(orderId);
      if (stage === 3) people.pay(Number(invoice.id), { amount: null });
    }
  }
  return orderIds;
}

function hasOpenShipment(erp: Erp, orderId: number): boolean {
  return Object.values(erp.state.records["shipments"] ?? {}).some(
    (shipment) => shipment["order_id"] === orderId && shipment["state"] === "planned",
  );
}

/** Quotes that sales works on, over products the CRM knows. */
export function seedQuotes(
  crm: Crm,
  random: Random,
  parts: { count: number; accountIds: readonly string[]; prices: ReadonlyMap<string, string> },
): string[] {
  const productIds = [...parts.prices.keys()];
  const today = dayOf(crm.clock());
  return Array.from({ length: productIds.length === 0 ? 0 : parts.count }, (_, n) => {
    const accountId = random.pick(parts.accountIds);
    const account = { object: "accounts", id: accountId };
    const currency = textOf(crm, account, "currency");
    const quote = crm.people.createQuote(
      {
        accountId,
        currency,
        ownerId: random.pick(["usr_ada", "usr_bruno"]),
        warehouse: "MAIN",
        company: "NG01",
        validUntil: addDays(today, 30),
        requestedDate: addDays(today, 14),
        paymentTerms: textOf(crm, account, "paymentTerms"),
        customerOrderNumber: `BD-${random.between(1000, 9999)}`,
        lines: random
          .shuffled(productIds)
          .slice(0, random.between(1, 3))
          .map((productId): Json => ({
            productId,
            quantity: String(random.between(1, 12)),
            unit: crm.state.records["products"]?.[productId]?.["unit"] ?? "pcs",
            unitPrice: { amount: parts.prices.get(productId) ?? "1", currency },
          })),
      },
      random.pick(["ada", "bruno"]),
    );
    if (n % 3 !== 0) crm.people.sendQuote(String(quote.id));
    return String(quote.id);
  });
}

/** What sales and support also look at: deals, tickets, messages. */
export function seedContext(crm: Crm, random: Random, accountIds: readonly string[]): void {
  const today = dayOf(crm.clock());
  for (const accountId of accountIds.slice(0, 12)) {
    const account = { object: "accounts", id: accountId };
    const name = textOf(crm, account, "name");
    const currency = textOf(crm, account, "currency");
    crm.people.create("deals", {
      name: `${name}: yearly supply`,
      accountId,
      stage: random.pick(["qualification", "proposal", "negotiation"]),
      amount: { amount: String(random.between(500, 20_000)), currency },
      probability: random.between(10, 90),
      closeDate: addDays(today, random.between(10, 90)),
      ownerId: "usr_ada",
    });
    if (random.chance(0.5)) {
      crm.people.create(
        "tickets",
        {
          subject: "Where is our delivery?",
          accountId,
          status: "open",
          priority: "normal",
          text: "We still wait for a part of the last delivery.",
        },
        "chloe",
      );
    }
    if (random.chance(0.5)) {
      crm.people.create("messages", {
        sender: textOf(crm, account, "email"),
        recipient: "sales@brightdesk.example",
        subject: "Please quote",
        text: "Could you send us a quote for the same goods as last time?",
        accountId,
        receivedAt: new Date(crm.clock()).toISOString(),
      });
    }
  }
}
