import type { Crm, JsonMap, Random } from "@crossfoot/twin";
import type { Article, Pair } from "../back-office.ts";
import { textIn } from "../record.ts";
import type { Admin, Row } from "./admin.ts";

/** A company that both know, with the code that Tryton gave it. */
export interface CodedPair extends Pair {
  /** `C00001` and on. */
  readonly code: string;
}

/** What the CRM holds that Tryton holds too. */
export interface SharedContents {
  readonly pairs: readonly CodedPair[];
  readonly articles: readonly Article[];
  /** What a quote for an account says beside its lines: what Tryton would say by itself. */
  readonly quoteHead: (accountId: string) => JsonMap;
}

/** Customers of Tryton's seed that the CRM does not know: the last one. */
const unknownCode = "C00020";
/** The company's own rates, of which the CRM's quotes make their taxes. */
export const taxRates = { standard: "20" };
/** Products that the CRM knows already; it is told of the others. */
const articlesMax = 15;
/** Of the shared ones, the first has a tax id that Tryton's check accepts. */
const knownTaxId = "FR40303265045";

/** Tryton's unit symbols in the words of the CRM. */
const units: { readonly [symbol: string]: string } = { u: "pcs", m: "m", kg: "kg", h: "h" };

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

/** What Tryton's seed says of a customer, as an account; some details differ, as they do in life. */
function accountFields(party: Row, known: Known, n: number): JsonMap {
  return {
    name: textIn(party, "name"),
    status: "customer",
    currency: "EUR",
    email: known.mail,
    shippingAddress: known.dock,
    ...(n === 0 ? { taxId: knownTaxId } : {}),
    ...(n % 3 === 1 ? { phone: `+33 1 55 00 00 ${String(n).padStart(2, "0")}` } : {}),
    ...(n % 4 === 2 ? { billingAddress: address(n), paymentTerms: "net30" } : {}),
  };
}

/** What stands beside a party's own fields in Tryton. */
interface Known {
  readonly mail: string;
  /** Where goods are delivered. */
  readonly dock: JsonMap;
  readonly pricebook: string;
}

const ofCustomer = ["party.code", "like", "C0%"];
/** The part of a row that a path with a point asked for. */
const partOf = (row: Row, name: string): Row | undefined => (row[`${name}.`] ?? undefined) as Row | undefined;

async function loadKnown(admin: Admin): Promise<(party: Row) => Known> {
  const byEmail = [ofCustomer, ["type", "=", "email"]];
  const mails = await admin.find("party.contact_mechanism", byEmail, ["party", "value"]);
  const places = ["party", "street", "postal_code", "city", "country.code", "subdivision.name"];
  const docks = await admin.find("party.address", [ofCustomer, ["delivery", "=", true]], places);
  return (party) => {
    const isTheirs = (row: Row): boolean => row["party"] === party["id"];
    const dock = docks.find(isTheirs) ?? {};
    const region = textIn(partOf(dock, "subdivision"), "name");
    return {
      mail: textIn(mails.find(isTheirs), "value"),
      dock: {
        street: textIn(dock, "street"),
        street2: null,
        city: textIn(dock, "city"),
        postalCode: textIn(dock, "postal_code"),
        region: region === "" ? null : region,
        country: textIn(partOf(dock, "country"), "code"),
      },
      // A customer without a list of its own gets the one of the company's settings.
      pricebook: textIn(partOf(party, "sale_price_list"), "name") || "Retail",
    };
  };
}

async function seedPairs(crm: Crm, admin: Admin): Promise<Pick<SharedContents, "pairs" | "quoteHead">> {
  const fields = ["code", "name", "sale_price_list.name"];
  const parties = await admin.find("party.party", [["code", "like", "C0%"]], fields);
  const knownOf = await loadKnown(admin);
  const [company] = await admin.find("company.company", [], ["party.name"]);
  const lists = await admin.find("product.price_list", [], ["name"]);
  const pricebooks = new Map(
    lists.map((list) => {
      const name = textIn(list, "name");
      return [name, String(crm.people.create("pricebooks", { code: name, name, currency: "EUR" }).id)];
    }),
  );
  const heads = new Map<string, JsonMap>();
  const shared = parties.filter((party) => textIn(party, "code") !== unknownCode);
  const pairs = shared.map((party, n): CodedPair => {
    const known = knownOf(party);
    const account = crm.people.createAccount(accountFields(party, known, n), n % 2 === 0 ? "ada" : "bruno");
    const accountId = String(account.id);
    const domain = known.mail.slice(known.mail.indexOf("@") + 1);
    if (n % 2 === 0) {
      const person = { givenName: "Contact", familyName: String(n + 1), email: `person@${domain}` };
      crm.people.createContact({ ...person, accountId, title: "Buyer" });
    }
    heads.set(accountId, {
      company: textIn(partOf(company ?? {}, "party"), "name"),
      warehouse: "WH",
      pricebookId: pricebooks.get(known.pricebook) ?? null,
      shipToAddress: known.dock,
    });
    return { accountId, customer: textIn(party, "id"), code: textIn(party, "code") };
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

async function seedArticles(crm: Crm, admin: Admin): Promise<readonly Article[]> {
  const domain = [
    ["code", "like", "P0%"],
    ["type", "=", "goods"],
  ];
  const rows = await admin.find("product.product", domain, ["code", "name", "default_uom.symbol"]);
  return rows.slice(0, articlesMax).map((row): Article => {
    const unit = units[textIn(partOf(row, "default_uom"), "symbol")] ?? "pcs";
    const product = crm.people.create("products", {
      sku: textIn(row, "code"),
      name: textIn(row, "name"),
      kind: "goods",
      taxCategory: "standard",
      unit,
    });
    return { productId: String(product.id), unit };
  });
}

/**
 * Fills the CRM twin beside Tryton's seed: companies that both know, some that only sales knows, and a part
 * of the products.
 */
export async function seedCrm(crm: Crm, admin: Admin): Promise<SharedContents> {
  const shared = await seedPairs(crm, admin);
  seedOthers(crm);
  return { ...shared, articles: await seedArticles(crm, admin) };
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
