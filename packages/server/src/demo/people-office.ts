import type { Random } from "@crossfoot/twin";
import type { BackOffice } from "./back-office.ts";
import type { LosingProxy } from "./losing-proxy.ts";
import type { Paper, People } from "./people.ts";

/** What the back office of a real ERP works with. */
interface Desk {
  readonly people: People;
  readonly random: Random;
  /** The line between Crossfoot and the ERP. */
  readonly proxy: LosingProxy;
  /** The user that Crossfoot works as. */
  readonly integration: string;
}

const picked = ({ random }: Desk, papers: readonly Paper[]): Paper | null =>
  papers.length === 0 ? null : random.pick(papers);

/** Share of the shipments of which half goes first. */
const halfShare = 0.4;

/** The back office of a real ERP: its people pick up whatever waits. */
export function officeOf(desk: Desk): BackOffice {
  const { people, random, proxy, integration } = desk;
  return {
    deliver: async () => {
      const shipment = picked(desk, await people.waitingShipments());
      if (shipment === null) return null;
      const sent = await people.deliver(shipment.id, random.chance(halfShare) ? "half" : "whole");
      // Stock is short: a warehouse that cannot deliver waits, as warehouses do.
      if (sent === null) return null;
      return `delivered ${sent === "half" ? "a first part of " : ""}shipment ${shipment.number}`;
    },
    invoice: async () => {
      const paper = picked(desk, await people.toInvoice());
      if (paper === null) return null;
      const { number } = await people.invoice(paper.id);
      return `invoice ${number} for order ${paper.order}`;
    },
    takePayment: async () => {
      const invoice = picked(desk, await people.unpaidInvoices());
      if (invoice === null) return null;
      await people.pay(invoice.id);
      return `${invoice.number} paid`;
    },
    changePrice: async () => {
      const codes = await people.goods();
      if (codes.length === 0) return null;
      const code = random.pick(codes);
      const price = `${random.between(5, 90)}.${random.between(10, 99)}`;
      await people.setListPrice(code, price);
      return `the list price of ${code} is now ${price}`;
    },
    setCreditLimit: people.setCreditLimit,
    setWebsite: people.setWebsite,
    loseNextAnswer: proxy.loseNext,
    answersLost: proxy.lost,
    quotesMade: async () => people.referencesOf(integration),
    customersNamed: async (name) => (await people.customersNamed(name)).length,
  };
}
