import type { Crm, JsonMap, Random } from "@crossfoot/twin";
import type { Article, Pair } from "../back-office.ts";
import { textIn } from "../record.ts";
import type { Admin, Row } from "./admin.ts";

/** What the CRM holds that Tryton holds too. */
export interface SharedContents {
  /** Customers in the order of their codes, C00001 first. */
  readonly pairs: readonly Pair[];
  readonly articles: readonly Article[];
}

/** Customers of Tryton's seed that the CRM knows as well, from C00001 on. */
const sharedMax = 12;
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

/** What Tryton's seed says of a customer, in the form of an account; some details differ, as they do in life. */
function accountFields(party: Row, mail: string, n: number): JsonMap {
  return {
    name: textIn(party, "name"),
    status: "customer",
    currency: "EUR",
    email: mail,
    ...(n === 0 ? { taxId: knownTaxId } : {}),
    ...(n % 3 === 1 ? { phone: `+33 1 55 00 00 ${String(n).padStart(2, "0")}` } : {}),
    ...(n % 4 === 2 ? { billingAddress: address(n), paymentTerms: "net30" } : {}),
  };
}

async function seedPairs(crm: Crm, admin: Admin): Promise<readonly Pair[]> {
  const parties = await admin.find("party.party", [["code", "like", "C0%"]], ["code", "name"]);
  const mails = await admin.find(
    "party.contact_mechanism",
    [
      ["party.code", "like", "C0%"],
      ["type", "=", "email"],
    ],
    ["party", "value"],
  );
  const mailOf = new Map(mails.map((row) => [row["party"], textIn(row, "value")]));
  return parties.slice(0, sharedMax).map((party, n): Pair => {
    const mail = mailOf.get(party["id"] ?? null) ?? "";
    const account = crm.people.createAccount(accountFields(party, mail, n), n % 2 === 0 ? "ada" : "bruno");
    const accountId = String(account.id);
    const domain = mail.slice(mail.indexOf("@") + 1);
    if (n % 2 === 0) {
      const person = { givenName: "Contact", familyName: String(n + 1), email: `person@${domain}` };
      crm.people.createContact({ ...person, accountId, title: "Buyer" });
    }
    return { accountId, customer: String(party["id"]) };
  });
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
    const symbol = textIn(row["default_uom."] as Row | undefined, "symbol");
    const unit = units[symbol] ?? "pcs";
    const product = crm.people.create("products", {
      sku: textIn(row, "code"),
      name: textIn(row, "name"),
      kind: "goods",
      unit,
    });
    return { productId: String(product.id), unit };
  });
}

/**
 * Fills the CRM twin beside Tryton's seed: companies that both know, some that only sales knows, a part of the
 * products, and quotes in every stage that sales works on.
 */
export async function seedCrm(crm: Crm, admin: Admin): Promise<SharedContents> {
  const pairs = await seedPairs(crm, admin);
  seedOthers(crm);
  return { pairs, articles: await seedArticles(crm, admin) };
}

/** Quotes for these companies: a third drafts, a third sent, a third won already. */
export function seedQuotes(
  crm: Crm,
  random: Random,
  from: { readonly pairs: readonly Pair[]; readonly articles: readonly Article[]; readonly count: number },
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
        warehouse: "WH",
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
