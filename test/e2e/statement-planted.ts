/**
 * A company whose two systems differ for every reason there is, as its people bring it about: sales in the
 * CRM, the office and finance in the ERP, administrators in both, and an operator at the command line.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createCrm, createErp, seedDemo } from "@crossfoot/twin";
import type { Crm, DemoContents, Erp, JsonMap } from "@crossfoot/twin";
import { tempFolder } from "crossfoot/testing";
import type { PlanDocument, RunSummary } from "crossfoot/testing";
import { runCli } from "./kill-child.ts";
import type { Ended } from "./kill-child.ts";
import { writeTwinProject } from "./twin-project.ts";

const contract = `entities:
  accounts: { fields: { name: { policy: review } } }
  # Each department keeps its own list of mobile numbers.
  contacts: { fields: { mobile: { direction: compare } } }
`;

const size = { seed: 5, accounts: 10, products: 4, history: 2, quotes: 0, calm: true };
/** Accounts made for the differences, each named by what happens to it. */
const companies = [
  ...["Conflict", "Parked", "Flight", "Undone", "Mobile", "Denied", "Outside", "Cents", "Quoted", "Doubled"],
];

/** Both systems over HTTP, and the project between them. */
export interface Company {
  readonly crm: Crm;
  readonly erp: Erp;
  readonly folder: string;
  readonly contents: DemoContents;
  /** Id of an account of the CRM by its name. */
  accountId(name: string): string;
  /** Id of a customer of the ERP by its name. */
  customerId(name: string): number;
  /** Runs a command of Crossfoot, which has to end with one of the codes, and answers what it told. */
  tell<Told>(line: string, codes?: readonly number[]): Promise<Told>;
  /** Runs a command as it is printed. */
  type(line: string): Promise<Ended>;
  close(): Promise<void>;
}

/** The text of a field of a record; "" where it holds none. */
export function textOf(record: JsonMap | undefined, field: string): string {
  const value = record?.[field];
  return typeof value === "string" ? value : "";
}

const words = (line: string): readonly string[] => line.replace(/^crossfoot /, "").split(" ");

/** A flow of the CRM that reckons the tax of these customers' orders line by line, half up. */
function taxedByLine(
  accounts: ReadonlySet<string>,
): (object: string, record: JsonMap) => JsonMap | undefined {
  return (object, record) => {
    const { lines, currency } = record;
    if (object !== "orders" || !accounts.has(textOf(record, "accountId")) || !Array.isArray(lines))
      return undefined;
    const centsOf = (line: unknown): number =>
      Math.round(Number((line as { subtotal: { amount: string } }).subtotal.amount) * 100);
    const net = lines.reduce((sum: number, line) => sum + centsOf(line), 0);
    const tax = lines.reduce((sum: number, line) => sum + Math.floor((centsOf(line) * 19 + 50) / 100), 0);
    const money = (cents: number): JsonMap => ({
      amount: (cents / 100).toFixed(2),
      currency: currency ?? null,
    });
    const totals = { net: money(net), tax: money(tax), gross: money(net + tax) };
    return JSON.stringify(record["totals"]) === JSON.stringify(totals) ? undefined : { totals };
  };
}

/** A trigger of the ERP that keeps mail addresses in small letters. */
function inSmallLetters(object: string, record: JsonMap): JsonMap | undefined {
  const { email } = record;
  if (object !== "customers" || typeof email !== "string" || email === email.toLowerCase()) return undefined;
  return { email: email.toLowerCase() };
}

/** Opens the company: both systems agree on what is theirs, and the books have been run before. */
export async function openCompany(): Promise<Company> {
  const clock = (): number => Date.now();
  const reckoned = new Set<string>();
  const { seed } = size;
  const crm = createCrm({ clock, seed, automation: taxedByLine(reckoned) });
  const erp = createErp({ clock, seed, automation: inSmallLetters });
  const contents = seedDemo({ crm, erp, ...size });
  const ids = new Map<string, string>();
  const [crmUp, erpUp] = [await crm.listen(), await erp.listen()];
  const folder = tempFolder("memory");
  mkdirSync(join(folder.path, "out"));
  writeTwinProject(folder.path, { crm: crmUp.url, erp: erpUp.url, contract });
  const type = (line: string): Promise<Ended> => runCli(folder.path, words(line));
  const company: Company = {
    ...{ crm, erp, folder: folder.path, contents, type },
    accountId: (name) => ids.get(name) ?? "",
    customerId: (name) => Number(rowNamed(erp, "customers", name)?.["id"] ?? 0),
    tell: async <Told>(line: string, codes: readonly number[] = [0, 2]) => {
      const ended = await type(line);
      if (!codes.includes(ended.code ?? -1))
        throw new Error(`${line}: ${ended.code} ${ended.stderr} ${ended.stdout.slice(-2_000)}`);
      return JSON.parse(ended.stdout) as Told;
    },
    close: async () => {
      await Promise.all([crmUp.close(), erpUp.close()]);
      folder.remove();
    },
  };
  for (const name of companies) ids.set(name, account(company, name));
  ids.set("Loud", account(company, "Loud", { email: "Office@Loud.example" }));
  reckoned.add(company.accountId("Cents"));
  contact(company, "Mobile");
  for (let runs = 0; runs < 2; runs += 1) await company.tell("run --sweep");
  return company;
}

function rowNamed(twin: Crm | Erp, object: string, name: string): JsonMap | undefined {
  return Object.values(twin.state.records[object] ?? {}).find((record) => record["name"] === name);
}

function account({ crm }: Company, name: string, more: JsonMap = {}): string {
  const taxId = `FR-${name.toUpperCase()}`;
  const email = `office@${name.toLowerCase()}.example`;
  const fields = { name, status: "customer", currency: "EUR", taxId, email, ...more };
  return String(crm.people.createAccount(fields).id);
}

/** Somebody who works there, with a mail address of the company. */
function contact({ crm, accountId }: Company, name: string, id: string = accountId(name)): string {
  const email = `robin@${name.toLowerCase()}.example`;
  return String(crm.people.createContact({ givenName: "Robin", familyName: name, email, accountId: id }).id);
}

/** An order that the office takes by telephone: two times the article of 10.03. */
function takeOrder({ erp, contents, customerId }: Company): number {
  const [article = 0] = contents.itemIds;
  const line = { item_id: article, qty: "1", uom: "EA", price: "10.03" };
  const fields = {
    customer_id: customerId("Cents"),
    currency: "EUR",
    warehouse: "MAIN",
    lines: [line, line],
  };
  const quote = erp.people.createQuote(fields);
  erp.people.validateQuote(Number(quote.id));
  return Number(erp.people.confirmQuote(Number(quote.id))["order_id"]);
}

/** A quote that sales wins; it becomes an order of the ERP with the next run. */
function winQuote({ crm, contents, accountId }: Company): string {
  const [product] = contents.sharedProducts;
  const line = { productId: product?.productId ?? "", quantity: "2", unit: "pcs" };
  const quote = crm.people.createQuote({
    ...{ accountId: accountId("Quoted"), currency: "EUR", ownerId: "usr_ada", warehouse: "MAIN" },
    ...{ company: "NG01", paymentTerms: "net30" },
    lines: [{ ...line, unitPrice: { amount: "25.00", currency: "EUR" } }],
  });
  crm.people.sendQuote(String(quote.id));
  crm.people.acceptQuote(String(quote.id));
  return String(quote.id);
}

/** What the planting leaves that the test asks about later. */
export interface Planted {
  /** Ids at the ERP: of the invoice that somebody deletes in the CRM, and of that which is paid. */
  readonly deletedInvoice: number;
  readonly paidInvoice: number;
  /** Of the orders whose tax the CRM reckons by line, that of the paid invoice last; and of a quiet one. */
  readonly orders: readonly number[];
  readonly quietOrder: number;
  /** Id in the CRM of the account that is entered a second time. */
  readonly second: string;
  /** Between the payment being read and its coming to the CRM. */
  readonly cutOff: string;
}

/** Brings every difference about. */
export async function plantAll(company: Company): Promise<Planted> {
  const { crm, erp, accountId, customerId, tell } = company;
  // The books: an order whose tax both systems reckon by their own rules, invoices, a quote that is won.
  const orders = [takeOrder(company), takeOrder(company)];
  const invoices = orders.map((order) => {
    erp.people.deliver(order);
    return Number(erp.people.invoice(order).id);
  });
  const [deletedInvoice = 0, paidInvoice = 0] = invoices;
  const quote = winQuote(company);
  for (let runs = 0; runs < 2; runs += 1) await tell("run");
  // Somebody edits, and the operator takes it back.
  crm.people.editAccount(accountId("Undone"), { email: "new@undone.example" });
  const { runId } = await tell<RunSummary>("run");
  const undo = join(company.folder, "out", "undo.plan");
  const { id } = await tell<PlanDocument>(`undo --run ${runId} --out ${undo}`, [0, 2, 3]);
  await tell(`apply ${undo} --approve ${id}`);
  // Sales.
  crm.people.editQuote(quote, { ownerId: "usr_bruno" });
  crm.people.editAccount(accountId("Parked"), {
    phone: "+33 1 23 45 67 89, please ask for the purchasing desk",
  });
  crm.people.editAccount(accountId("Conflict"), { name: "Conflict of sales" });
  const second = account(company, "Second", { taxId: "FR-DOUBLED" });
  const lead = account(company, "Lead", { status: "lead" });
  contact(company, "Lead", lead);
  const phones = [{ type: "mobile", number: "+33 6 11 11 11 11" }];
  crm.people.editContact(contactId(company, "Mobile"), { phones });
  // The office.
  erp.people.editCustomer(customerId("Conflict"), { name: "Conflict of the office" });
  erp.people.editCustomer(customerId("Outside"), { is_customer: false, is_supplier: true });
  const person = Object.values(erp.state.records["contacts"] ?? {}).find(
    (record) => record["last_name"] === "Mobile",
  );
  erp.people.edit({ object: "contacts", id: Number(person?.id) }, { mobile: "+33 6 22 22 22 22" });
  // An administrator of the ERP makes a field compulsory: a customer without it is refused.
  erp.people.edit({ object: "customers", id: customerId("Denied") }, { phone: "+33 1 00 00 00 00" });
  erp.alter("customers", "customer_group", { kind: "required", required: true });
  const refused = account(company, "Refused");
  contact(company, "Refused", refused);
  // An administrator of the CRM keeps an account from the API; somebody deletes an invoice there.
  crm.people.withhold({ object: "accounts", id: accountId("Denied") }, true);
  crm.people.remove("invoices", invoiceInCrm(company, deletedInvoice));
  await tell("run --sweep");
  // Both take no writes for maintenance while the last edits are read.
  erp.people.pay(paidInvoice, { amount: null });
  crm.people.editAccount(accountId("Flight"), { email: "new@flight.example" });
  setMaintenance(company, true);
  await tell("run", [0, 1, 2]);
  const [quietOrder = 0] = company.contents.orderIds;
  const cutOff = new Date().toISOString();
  return { deletedInvoice, paidInvoice, orders, quietOrder, second, cutOff };
}

const contactId = ({ crm }: Company, family: string): string =>
  String(
    Object.values(crm.state.records["contacts"] ?? {}).find((record) => record["familyName"] === family)?.id,
  );

/** The number of an invoice of the ERP. */
export const invoiceNumber = ({ erp }: Company, id: number): string =>
  textOf(erp.state.records["invoices"]?.[String(id)], "number");

/** The number of an order of the ERP. */
export const orderNumber = ({ erp }: Company, id: number): string =>
  textOf(erp.state.records["sales_orders"]?.[String(id)], "number");

function invoiceInCrm(company: Company, id: number): string {
  const number = invoiceNumber(company, id);
  const mirrored = Object.values(company.crm.state.records["invoices"] ?? {});
  return String(mirrored.find((record) => record["number"] === number)?.id);
}

/** While a system is in maintenance it shows its records and takes no writes. */
export function setMaintenance({ crm, erp }: Company, isOn: boolean): void {
  for (const [{ faults }, methods] of [
    [crm, ["POST", "PATCH"]],
    [erp, ["POST", "PUT"]],
  ] as const) {
    faults.clear();
    if (!isOn) continue;
    for (const method of methods) faults.add({ method, times: 0, effect: { kind: "status", status: 503 } });
  }
}
