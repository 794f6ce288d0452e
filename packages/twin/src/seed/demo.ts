import type { Crm } from "../crm/crm.ts";
import type { Erp } from "../erp/erp.ts";
import { textIn, type JsonMap } from "../json.ts";
import { randomStream, type Random } from "../random.ts";
import { emailOf, makeCompany, makePerson, type Company } from "./company.ts";
import { seedContext, seedHistory, seedQuotes } from "./history.ts";
import { textOf } from "./look.ts";
import { accountFields, customerFields, seedArticles, seedPriceLists, seedStock } from "./master.ts";

/** How large the demo is. */
export interface DemoOptions {
  readonly crm: Crm;
  readonly erp: Erp;
  readonly seed?: number;
  /** Accounts of the CRM (default 60). */
  readonly accounts?: number;
  /** Items of the ERP (default 40). */
  readonly products?: number;
  /** Orders of the ERP from before (default 12). */
  readonly history?: number;
  /** Quotes of the CRM (default 8). */
  readonly quotes?: number;
  /** Leaves out the records that are meant to make trouble. */
  readonly calm?: boolean;
}

/** What was seeded, with the pairs that belong together. */
export interface DemoContents {
  /** The same company in both systems: same tax id and mail domain, no customer number in the CRM. */
  readonly shared: readonly { readonly accountId: string; readonly customerId: number }[];
  /** Leads and prospects: stay in the CRM. */
  readonly prospects: readonly string[];
  /** CRM accounts with status customer that the ERP does not know. */
  readonly crmOnlyCustomers: readonly string[];
  readonly erpOnlyCustomers: readonly number[];
  /** Suppliers at the ERP that are no customers: stay in the ERP. */
  readonly suppliers: readonly number[];
  /** The same SKU in both systems. */
  readonly sharedProducts: readonly { readonly productId: string; readonly itemId: number }[];
  readonly itemIds: readonly number[];
  readonly orderIds: readonly number[];
  readonly quoteIds: readonly string[];
  /** Records that are meant to make trouble; empty when calm. */
  readonly troubles: {
    /** A second CRM account for a shared company. */
    readonly duplicateAccountIds: readonly string[];
    /** A CRM customer whose name is longer than the ERP takes. */
    readonly tooLongNameIds: readonly string[];
    /** An item that no price list holds and that has no list price. */
    readonly unpricedItemIds: readonly number[];
  };
}

const UNITS: Readonly<Record<string, string>> = {
  EA: "pcs",
  DZ: "dz",
  BX12: "box",
  KG: "kg",
  G: "g",
  HUR: "h",
};
const TAXES: Readonly<Record<string, string>> = {
  S19: "standard",
  R07: "reduced",
  Z00: "zero",
  EX: "exempt",
};

interface Parties {
  readonly shared: { accountId: string; customerId: number }[];
  readonly prospects: string[];
  readonly crmOnlyCustomers: string[];
  readonly erpOnlyCustomers: number[];
  readonly suppliers: number[];
}

/** Where the people of a company are known. `n` makes their addresses differ. */
interface Employer {
  readonly company: Company;
  readonly n: number;
  readonly accountId?: string;
  readonly customerId?: number;
}

function seedContacts(options: DemoOptions, random: Random, employer: Employer): void {
  const { company, n, ...ids } = employer;
  for (let at = 0; at < random.between(1, 2); at += 1) {
    const person = makePerson(random);
    const email = emailOf(person, company, n * 10 + at);
    if (ids.accountId !== undefined) {
      options.crm.people.createContact({
        givenName: person.given,
        familyName: person.family,
        title: person.title,
        email,
        accountId: ids.accountId,
        phones: [{ type: "work", number: company.phone }],
        consent: { email: random.chance(0.6), phone: null },
      });
    }
    if (ids.customerId !== undefined && at === 0) {
      options.erp.people.create("contacts", {
        first_name: person.given,
        last_name: person.family,
        role: person.title,
        email,
        customer_id: ids.customerId,
        phone: company.phone,
        consent_email: true,
      });
    }
  }
}

function seedParties(options: DemoOptions, random: Random, count: number): Parties {
  const { crm, erp } = options;
  const parties: Parties = {
    shared: [],
    prospects: [],
    crmOnlyCustomers: [],
    erpOnlyCustomers: [],
    suppliers: [],
  };
  const account = (company: Company, status: string): string => {
    const ownerId = random.pick(["usr_ada", "usr_bruno"]);
    return String(crm.people.createAccount({ ...accountFields(company, status), ownerId }).id);
  };
  const customer = (company: Company, more: JsonMap = {}): number =>
    Number(erp.people.create("customers", { ...customerFields(company, random), ...more }).id);
  for (let n = 0; n < count; n += 1) {
    const company = makeCompany(random, n);
    const kind = n % 10;
    if (kind < 4) {
      const accountId = account(company, "customer");
      const spelling = kind === 3 ? { name: company.name.toUpperCase() } : {};
      const customerId = customer(company, spelling);
      parties.shared.push({ accountId, customerId });
      seedContacts(options, random, { company, n, accountId, customerId });
      continue;
    }
    const status = kind === 4 ? "customer" : kind < 8 ? "prospect" : "lead";
    const accountId = account(company, status);
    (status === "customer" ? parties.crmOnlyCustomers : parties.prospects).push(accountId);
    seedContacts(options, random, { company, n, accountId });
  }
  for (let n = count; n < count + Math.ceil(count / 5); n += 1) {
    const company = makeCompany(random, n);
    const supplier = n % 4 === 3;
    const customerId = customer(company, supplier ? { is_customer: false, is_supplier: true } : {});
    (supplier ? parties.suppliers : parties.erpOnlyCustomers).push(customerId);
    if (!supplier) seedContacts(options, random, { company, n, customerId });
  }
  return parties;
}

function seedSharedProducts(options: DemoOptions, articleIds: readonly number[]): Map<number, string> {
  const { crm, erp } = options;
  const known = new Map<number, string>();
  articleIds
    .filter((_id, n) => n % 3 === 0)
    .forEach((articleId, n) => {
      const told = (field: string): string => textOf(erp, { object: "items", id: articleId }, field);
      const product = crm.people.create("products", {
        sku: told("sku"),
        name: n % 2 === 0 ? told("name") : `${told("name")} (old name)`,
        unit: UNITS[told("uom")] ?? "pcs",
        kind: told("kind") === "service" ? "service" : "goods",
        taxCategory: TAXES[told("tax_code")] ?? null,
      });
      known.set(articleId, String(product.id));
    });
  return known;
}

function seedTroubles(
  options: DemoOptions,
  parties: Parties,
  articleIds: readonly number[],
): DemoContents["troubles"] {
  if (options.calm === true) return { duplicateAccountIds: [], tooLongNameIds: [], unpricedItemIds: [] };
  const { crm, erp } = options;
  const original = crm.state.records["accounts"]?.[parties.shared[0]?.accountId ?? ""];
  const duplicates =
    original === undefined
      ? []
      : [
          crm.people.createAccount(
            {
              name: `${textIn(original, "name") ?? ""} (Head Office)`,
              taxId: original["taxId"] ?? null,
              email: original["email"] ?? null,
              status: "customer",
              currency: original["currency"] ?? null,
            },
            "bruno",
          ),
        ];
  const long = crm.people.createAccount(
    {
      name: `The Extraordinarily Long-Winded and ${"Very ".repeat(24)}Fictional Company`,
      status: "customer",
      currency: "EUR",
      taxId: "DE999999999",
    },
    "bruno",
  );
  const last = articleIds.at(-1);
  if (last !== undefined) erp.people.setListPrice(last, null);
  return {
    duplicateAccountIds: duplicates.map((account) => String(account.id)),
    tooLongNameIds: [String(long.id)],
    unpricedItemIds: last === undefined ? [] : [last],
  };
}

/** Fills both systems with a fictional business as their own users would; one seed gives one state. */
export function seedDemo(options: DemoOptions): DemoContents {
  const seed = options.seed ?? 1;
  const { crm, erp } = options;
  const articleIds = seedArticles(erp, randomStream(seed, "demo/items"), options.products ?? 40);
  const parties = seedParties(options, randomStream(seed, "demo/parties"), options.accounts ?? 60);
  const first = parties.shared[0];
  const currency = textOf(erp, { object: "customers", id: first?.customerId ?? 0 }, "currency");
  seedPriceLists(erp, articleIds, first === undefined ? null : { customerId: first.customerId, currency });
  seedStock(erp, randomStream(seed, "demo/stock"), articleIds);
  const known = seedSharedProducts(options, articleIds);
  const troubles = seedTroubles(options, parties, articleIds);
  const customerIds = [...parties.shared.map((pair) => pair.customerId), ...parties.erpOnlyCustomers];
  const orderIds =
    customerIds.length === 0
      ? []
      : seedHistory(erp, randomStream(seed, "demo/history"), {
          count: options.history ?? 12,
          customerIds,
          articleIds,
        });
  const prices = new Map(
    [...known]
      .filter(([articleId]) => !troubles.unpricedItemIds.includes(articleId))
      .map(([articleId, productId]) => [
        productId,
        textOf(erp, { object: "items", id: articleId }, "list_price"),
      ]),
  );
  const accountIds = parties.shared.map((pair) => pair.accountId);
  const quoteIds =
    accountIds.length === 0
      ? []
      : seedQuotes(crm, randomStream(seed, "demo/quotes"), {
          count: options.quotes ?? 8,
          accountIds,
          prices,
        });
  seedContext(crm, randomStream(seed, "demo/context"), accountIds);
  const sharedProducts = [...known].map(([articleId, productId]) => ({ productId, itemId: articleId }));
  return { ...parties, sharedProducts, itemIds: articleIds, orderIds, quoteIds, troubles };
}
