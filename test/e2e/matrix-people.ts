/** What people do in the cases of the crash matrix, on the ground of matrix-ground.ts. */
import type { TwinRecord } from "@crossfoot/twin";
import type { KillStage } from "./kill-stage.ts";

const customer = (n: number, status = "customer") => ({
  name: `Fresh Fields ${n} GmbH`,
  status,
  taxId: `DE90000000${n}`,
  email: `office@fresh-${n}.example`,
  phone: `+49 30 90${n}`,
  currency: "EUR",
});

/** Wins customers in the CRM that the ERP has never heard of. */
export const winCustomers =
  (count: number) =>
  ({ crm }: KillStage): void => {
    for (let n = 1; n <= count; n += 1) crm.people.createAccount(customer(n));
  };

/** A company that both systems know. */
function known({ contents }: KillStage): { readonly accountId: string; readonly customerId: number } {
  const [pair] = contents.shared;
  if (pair === undefined) throw new Error("the ground has no company that both systems know");
  return pair;
}

/** Edits a customer in the CRM. */
export function movePhone(stage: KillStage): void {
  stage.crm.people.editAccount(known(stage).accountId, { phone: "+49 30 555" });
}

/** Edits one field differently on both sides: the ERP's edit loses, by the contract. */
export function contradict(stage: KillStage): void {
  const { accountId, customerId } = known(stage);
  stage.erp.people.editCustomer(customerId, { phone: "+49 40 111" });
  stage.crm.people.editAccount(accountId, { phone: "+49 40 222" });
}

function recordsOf(stage: KillStage, side: "crm" | "erp", object: string): readonly TwinRecord[] {
  return Object.values(stage[side].state.records[object] ?? {});
}

/** The quote of the CRM that the cases accept. */
export function openQuote(stage: KillStage): TwinRecord {
  const quote = recordsOf(stage, "crm", "quotes").find(({ status }) =>
    ["draft", "sent", "accepted"].some((each) => each === status),
  );
  if (quote === undefined) throw new Error("the ground has no quote that is open");
  return quote;
}

/** Accepts a quote, which the ERP is to make an order of. */
export function acceptQuote(stage: KillStage): void {
  const { id, status } = openQuote(stage);
  if (status === "draft") stage.crm.people.sendQuote(String(id));
  if (status !== "accepted") stage.crm.people.acceptQuote(String(id));
}

/** Deletes a contact that both systems know. */
export function deleteContact(stage: KillStage): void {
  const { accountId } = known(stage);
  const contact = recordsOf(stage, "crm", "contacts").find((one) => one["accountId"] === accountId);
  if (contact === undefined) throw new Error("the ground has no contact that both systems know");
  stage.crm.people.remove("contacts", String(contact.id));
}

/** A company that buys at the ERP, and a lead in the CRM of which nobody knows that it is the same one. */
export function startTwoLinks({ crm, erp }: KillStage): void {
  erp.people.create("customers", {
    name: "Fresh Fields 1 GmbH",
    vat_number: "DE900000001",
    email: "office@fresh-1.example",
    currency: "EUR",
    is_customer: true,
  });
  crm.people.createAccount({ ...customer(1, "lead"), taxId: null, email: "lead@fresh-1.example" });
}

/** Somebody finds out that the lead is that company. */
export function joinTwoLinks(stage: KillStage): void {
  const lead = recordsOf(stage, "crm", "accounts").find(({ email }) => email === "lead@fresh-1.example");
  const { taxId, email } = customer(1);
  stage.crm.people.editAccount(String(lead?.id), { taxId, email, status: "customer" });
}
