import type { JsonMap, TwinRecord } from "@crossfoot/twin";
import type { Office, Pair } from "./back-office.ts";
import { pickWhere, textIn } from "./record.ts";

/** Something that a person did, for the terminal. */
export interface Deed {
  readonly who: string;
  readonly where: "crm" | "erp";
  readonly what: string;
}

/** Does one thing and tells it; null when there was nothing to do it to. */
export type Worker = () => Promise<Deed | null>;

/** A quote to make: for whom, and of how much at which price. */
interface Offer {
  readonly pair: Pair;
  readonly quantity: string;
  readonly unitPrice: string;
}

/** The name that the CRM has for an account. */
export function nameOf({ crm }: Office, accountId: string): string {
  return textIn(crm.state.records["accounts"]?.[accountId], "name");
}

/** A quote of one line, made by somebody in sales; answers its id. */
export function makeQuote({ crm, ground }: Office, { pair, quantity, unitPrice }: Offer): string {
  const account = crm.state.records["accounts"]?.[pair.accountId];
  const currency = textIn(account, "currency");
  const { productId, unit } = ground.article;
  const line = { productId, unit, quantity, unitPrice: { amount: unitPrice, currency } };
  const quote = crm.people.createQuote(
    {
      accountId: pair.accountId,
      currency,
      ...ground.quoteHead(pair.accountId),
      paymentTerms: textIn(account, "paymentTerms"),
      validUntil: new Date(crm.clock() + 30 * 86_400_000).toISOString().slice(0, 10),
      lines: [line],
    },
    "bruno",
  );
  return String(quote.id);
}

/** A quote of daily work in a status, or null. Those of companies kept for a trouble are left alone. */
export function pickQuote({ crm, pairs, random }: Office, status: string): TwinRecord | null {
  const accounts = new Set(pairs.map(({ accountId }) => accountId));
  const quotes = Object.values(crm.state.records["quotes"] ?? {});
  return pickWhere(
    random,
    quotes,
    (one) => textIn(one, "status") === status && accounts.has(textIn(one, "accountId")),
  );
}

/** Sales: calls customers, corrects their details, sends and wins quotes. */
export function salesWork(office: Office): readonly Worker[] {
  const { crm, pairs, random } = office;
  return [
    async () => {
      const { accountId } = random.pick(pairs);
      crm.people.editAccount(accountId, { phone: `+49 30 5550${random.between(1000, 9999)}` }, "ada");
      return { who: "ada", where: "crm", what: `new phone number for ${nameOf(office, accountId)}` };
    },
    async () => {
      const { accountId } = random.pick(pairs);
      const street = `${random.between(1, 99)} Fairground Lane`;
      const before = crm.state.records["accounts"]?.[accountId]?.["billingAddress"];
      const address =
        typeof before === "object" && before !== null && !Array.isArray(before) ? (before as JsonMap) : {};
      crm.people.editAccount(accountId, { billingAddress: { ...address, street } }, "bruno");
      return { who: "bruno", where: "crm", what: `${nameOf(office, accountId)} moved to ${street}` };
    },
    async () => {
      const quote = pickQuote(office, "draft");
      if (quote === null) return null;
      crm.people.sendQuote(String(quote.id), "bruno");
      return { who: "bruno", where: "crm", what: `quote ${textIn(quote, "number")} sent` };
    },
    // A customer accepts: from here the quote is an order in the making.
    async () => {
      const quote = pickQuote(office, "sent");
      if (quote === null) return null;
      crm.people.acceptQuote(String(quote.id), "ada");
      return { who: "ada", where: "crm", what: `quote ${textIn(quote, "number")} won` };
    },
  ];
}

/** Finance and the warehouse: deliver, invoice, take payments, change prices and limits. */
export function financeWork(office: Office): readonly Worker[] {
  const { erp, pairs, random } = office;
  const deed = (who: string, what: string | null): Deed | null =>
    what === null ? null : { who, where: "erp", what };
  return [
    async () => deed("emil", await erp.deliver()),
    async () => deed("dora", await erp.invoice()),
    async () => deed("dora", await erp.takePayment()),
    async () => deed("faye", await erp.changePrice()),
    async () => {
      const { accountId, customer } = random.pick(pairs);
      const limit = `${random.between(50, 90)}000.00`;
      await erp.setCreditLimit(customer, limit);
      return deed("faye", `credit limit of ${nameOf(office, accountId)} is now ${limit}`);
    },
  ];
}
