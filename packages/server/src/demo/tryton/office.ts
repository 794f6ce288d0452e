import type { Random } from "@crossfoot/twin";
import type { BackOffice } from "../back-office.ts";
import { sleep } from "../../platform/sleep.ts";
import { textIn } from "../record.ts";
import { dec } from "./admin.ts";
import type { Admin, Json, Row } from "./admin.ts";
import type { LosingProxy } from "./losing-proxy.ts";

/** What the people of Tryton's back office work with. */
interface Desk {
  readonly admin: Admin;
  readonly random: Random;
}

/**
 * What PostgreSQL says through Tryton when two people are at the same rows; the call has done nothing then.
 */
const busy = /could not obtain lock on|could not serialize access|deadlock detected/;
const triesMax = 20;
const pauseMs = 250;

/** A person who presses the button again when somebody else is at the same rows just now. */
function patient(admin: Admin): Admin {
  const again = async <T>(act: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await act();
      } catch (error) {
        if (tries >= triesMax || !(error instanceof Error && busy.test(error.message))) throw error;
        await sleep(pauseMs);
      }
    }
  };
  return {
    call: (method, ...parameters) => again(() => admin.call(method, ...parameters)),
    find: admin.find,
    wizard: (name, steps, on) => again(() => admin.wizard(name, steps, on)),
  };
}

const idOf = (row: Row | undefined): number => Number(row?.["id"]);

async function pickRow(
  { admin, random }: Desk,
  model: string,
  at: { readonly domain: readonly Json[]; readonly fields: readonly string[] },
): Promise<Row | null> {
  const rows = await admin.find(model, at.domain, at.fields);
  return rows.length === 0 ? null : random.pick(rows);
}

/** The back office of a real Tryton: people work at its own screens, which is JSON-RPC as `admin`. */
export function trytonOffice(
  { admin: hasty, random }: Desk,
  at: { readonly proxy: LosingProxy; readonly integration: string },
): BackOffice {
  const admin = patient(hasty);
  const desk = { admin, random };
  return {
    deliver: () => deliver(desk),
    invoice: async () => {
      const domain = [
        ["type", "=", "out"],
        ["state", "=", "draft"],
      ];
      const draft = await pickRow(desk, "account.invoice", { domain, fields: ["origins"] });
      if (draft === null) return null;
      await admin.call("account.invoice.post", [idOf(draft)]);
      const [posted] = await admin.find("account.invoice", [["id", "=", idOf(draft)]], ["number"]);
      const order = textIn(draft, "origins").split(" [")[0] ?? "";
      return `invoice ${textIn(posted, "number")} for order ${order}`;
    },
    takePayment: () => takePayment(desk),
    changePrice: async () => {
      const domain = [
        ["code", "like", "P%"],
        ["type", "=", "goods"],
      ];
      const template = await pickRow(desk, "product.template", { domain, fields: ["code"] });
      if (template === null) return null;
      const price = `${random.between(5, 90)}.${random.between(10, 99)}`;
      await admin.call("product.template.write", [idOf(template)], { list_price: dec(price) });
      return `the list price of ${textIn(template, "code")} is now ${price}`;
    },
    setCreditLimit: async (customer, limit) => {
      await admin.call("party.party.write", [Number(customer)], { credit_limit_amount: dec(limit) });
    },
    setWebsite: async (customer, website) => {
      const domain = [
        ["party", "=", Number(customer)],
        ["type", "=", "website"],
      ];
      const [row] = await admin.find("party.contact_mechanism", domain, ["value"]);
      await admin.call("party.contact_mechanism.write", [idOf(row)], { value: website });
    },
    loseNextAnswer: at.proxy.loseNext,
    answersLost: at.proxy.lost,
    quotesMade: async () => {
      const domain = [["create_uid.login", "=", at.integration]];
      const sales = await admin.find("sale.sale", domain, ["reference"]);
      return sales.map((sale) => textIn(sale, "reference"));
    },
    customersNamed: async (name) => (await admin.find("party.party", [["name", "=", name]], ["code"])).length,
  };
}

/** One shipment: whole, or half of each line, whereupon Tryton plans another one for the rest. */
async function deliver(desk: Desk): Promise<string | null> {
  const { admin, random } = desk;
  const domain = [["state", "=", "waiting"]];
  const fields = ["number", "inventory_moves"];
  const shipment = await pickRow(desk, "stock.shipment.out", { domain, fields });
  if (shipment === null) return null;
  const ids = (shipment["inventory_moves"] ?? []) as readonly number[];
  const moves = await admin.find("stock.move", [["id", "in", ids]], ["quantity"]);
  const halves = moves.map((move) => [idOf(move), Math.floor(Number(move["quantity"]) / 2)] as const);
  const isHalf = halves.every(([, half]) => half > 0) && random.chance(0.4);
  if (isHalf) for (const [id, half] of halves) await admin.call("stock.move.write", [id], { quantity: half });
  const on = [idOf(shipment)];
  // Stock is short: a warehouse that cannot deliver waits, as warehouses do.
  if ((await admin.call("stock.shipment.out.assign_try", on)) !== true) return null;
  for (const step of ["pick", "pack", "done"]) await admin.call(`stock.shipment.out.${step}`, on);
  return `delivered ${isHalf ? "a first part of " : ""}shipment ${textIn(shipment, "number")}`;
}

async function takePayment(desk: Desk): Promise<string | null> {
  const { admin } = desk;
  const domain = [
    ["type", "=", "out"],
    ["state", "=", "posted"],
  ];
  const invoice = await pickRow(desk, "account.invoice", { domain, fields: ["number"] });
  if (invoice === null) return null;
  const [method] = await admin.find("account.invoice.payment.method", [], ["name"]);
  const on = { model: "account.invoice", id: idOf(invoice) };
  await admin.wizard("account.invoice.pay", [["choice", { payment_method: idOf(method) }]], on);
  return `${textIn(invoice, "number")} paid`;
}
