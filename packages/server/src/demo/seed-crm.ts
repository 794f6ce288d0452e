import type { Crm, JsonMap, Random } from "@crossfoot/twin";
import type { Article, Pair } from "./back-office.ts";
import type { ErpSeed, SeedCustomer } from "./erp-seed.ts";

/** A company that both know, with the code that the ERP gave it. */
export interface CodedPair extends Pair {
  /** `C00001` and on. */
  readonly code: string;
}

/** What the CRM holds that the ERP holds too. */
export interface SharedContents {
  readonly pairs: readonly CodedPair[];
  readonly articles: readonly Article[];
  /** What a quote for an account says beside its lines: what the ERP would say by itself. */
  readonly quoteHead: (accountId: string) => JsonMap;
}

/** Customers of the ERP's seed that the CRM does not know: the last one. */
const unknownCode = "C00020";
/** Products that the CRM knows already; it is told of the others. */
const articlesMax = 15;

/** Customers that only sales knows, and companies that may become one: those stay in the CRM. */
const others: readonly (readonly [name: string, status: string])[] = [
  ["Copperkettle Bakeries SARL", "customer"],
  ["Dandelion Dyeworks GmbH", "customer"],
  ["Fiddlestick Gearboxes Ltd", "customer"],
  ["Hazelnut Instruments AG", "customer"],
  ["Lanternfish Looms SARL", "customer"],
  ["Nettle Nurseries GmbH", "customer"],
  ["Otterby Optics Ltd", "prospect"],
  ["Quibble Quarries GmbH", "prospect"],
  ["Thimble Tiles SARL", "lead"],
  ["Zeppelin Zippers AG", "lead"],
];

const address = (n: number): JsonMap => ({
  street: `${n} Made-up Lane`,
  street2: null,
  city: "Villefictive",
  postalCode: `991${String(n).padStart(2, "0")}`,
  region: null,
  country: "FR",
});

/** What the ERP's seed says of a customer, as an account; some details differ, as they do in life. */
function accountFields(customer: SeedCustomer, n: number): JsonMap {
  return {
    name: customer.name,
    status: "customer",
    currency: "EUR",
    email: customer.email,
    shippingAddress: customer.dock,
    ...(customer.taxId === null ? {} : { taxId: customer.taxId }),
    ...(n % 3 === 1 ? { phone: `+33 1 55 00 00 ${String(n).padStart(2, "0")}` } : {}),
    ...(n % 4 === 2 ? { billingAddress: address(n), paymentTerms: "net30" } : {}),
  };
}

function seedPairs(crm: Crm, seed: ErpSeed): Pick<SharedContents, "pairs" | "quoteHead"> {
  const pricebooks = new Map(
    seed.pricebooks.map((name) => [
      name,
      String(crm.people.create("pricebooks", { code: name, name, currency: "EUR" }).id),
    ]),
  );
  const heads = new Map<string, JsonMap>();
  const shared = seed.customers.filter(({ code }) => code !== unknownCode);
  const pairs = shared.map((customer, n): CodedPair => {
    const account = crm.people.createAccount(accountFields(customer, n), n % 2 === 0 ? "ada" : "bruno");
    const accountId = String(account.id);
    const domain = customer.email.slice(customer.email.indexOf("@") + 1);
    if (n % 2 === 0) {
      const person = { givenName: "Contact", familyName: String(n + 1), email: `person@${domain}` };
      crm.people.createContact({ ...person, accountId, title: "Buyer" });
    }
    heads.set(accountId, {
      company: seed.company,
      warehouse: "WH",
      pricebookId: pricebooks.get(customer.pricebook) ?? null,
      shipToAddress: customer.dock,
    });
    return { accountId, customer: customer.id, code: customer.code };
  });
  return { pairs, quoteHead: (accountId) => heads.get(accountId) ?? {} };
}

function seedOthers(crm: Crm): void {
  for (const [n, [name, status]] of others.entries()) {
    const domain = `${name.slice(0, name.lastIndexOf(" ")).toLowerCase().replaceAll(" ", "-")}.example`;
    const account = crm.people.createAccount({
      name,
      status,
      currency: "EUR",
      email: `office@${domain}`,
      phone: `+33 1 44 00 00 ${String(n).padStart(2, "0")}`,
      website: `https://${domain}`,
      paymentTerms: n % 2 === 0 ? "net30" : "immediate",
      billingAddress: address(40 + n),
    });
    const person = { givenName: "Clio", familyName: "Birdwhistle", email: `clio@${domain}` };
    crm.people.createContact({ ...person, accountId: String(account.id) });
  }
}

function seedArticles(crm: Crm, { articles }: ErpSeed): readonly Article[] {
  return articles.slice(0, articlesMax).map(({ code, name, unit }): Article => {
    const product = crm.people.create("products", {
      sku: code,
      name,
      kind: "goods",
      taxCategory: "standard",
      unit,
    });
    return { productId: String(product.id), unit };
  });
}

/**
 * Fills the CRM twin beside the ERP's seed: companies that both know, some that only sales knows, and a part
 * of the products.
 */
export function seedCrm(crm: Crm, seed: ErpSeed): SharedContents {
  const shared = seedPairs(crm, seed);
  seedOthers(crm);
  return { ...shared, articles: seedArticles(crm, seed) };
}

/** Quotes for these companies: a third drafts, a third sent, a third won already. */
export function seedQuotes(
  crm: Crm,
  random: Random,
  from: SharedContents & { readonly count: number },
): void {
  for (let n = 0; n < from.count; n += 1) {
    const { accountId } = random.pick(from.pairs);
    const lines = random
      .shuffled(from.articles)
      .slice(0, random.between(1, 3))
      .map(({ productId, unit }) => ({
        productId,
        unit,
        quantity: String(random.between(1, 12)),
        unitPrice: { amount: `${random.between(5, 90)}.50`, currency: "EUR" },
      }));
    const quote = crm.people.createQuote(
      {
        accountId,
        currency: "EUR",
        ...from.quoteHead(accountId),
        paymentTerms: random.pick(["immediate", "net30", "net60"]),
        customerOrderNumber: `BD-${random.between(1000, 9999)}`,
        validUntil: new Date(crm.clock() + 30 * 86_400_000).toISOString().slice(0, 10),
        lines,
      },
      random.pick(["ada", "bruno"]),
    );
    if (n % 3 !== 0) crm.people.sendQuote(String(quote.id));
    if (n % 3 === 2) crm.people.acceptQuote(String(quote.id));
  }
}
