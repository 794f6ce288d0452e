/** What the two systems of the live tests are filled with. */
import type { Crm } from "@crossfoot/twin";
import { dec } from "crossfoot/testing";
import type { Admin } from "crossfoot/testing";

/** What a customer that only the CRM knows is called. */
export const companyName = (n: number): string => `Fable Works ${n} Ltd`;
/** Family name of the contact of such a customer. */
export const personName = (n: number): string => `Exemple${n}`;
/** In a big load every so-manyth customer has a contact. */
export const contactEvery = 10;

/** Products that are made by one call. */
const rowsAtOnce = 100;

/** Customers and people that only sales knows; every `contactEvery`th customer has a contact. */
export function seedCrm(
  crm: Crm,
  { accounts, contactEvery: every }: { readonly accounts: number; readonly contactEvery: number },
): void {
  for (let n = 0; n < accounts; n += 1) {
    const account = crm.people.createAccount({
      name: companyName(n),
      status: "customer",
      currency: "EUR",
      email: `office@fable-${n}.example`,
      phone: `+33 1 40 22 ${String(n).padStart(4, "0")}`,
      website: `https://fable-${n}.example`,
      paymentTerms: n % 2 === 0 ? "net30" : "immediate",
      billingAddress: {
        street: `${n} Rue des Fables`,
        street2: null,
        city: "Lille",
        postalCode: String(59_000 + (n % 900)),
        region: null,
        country: "FR",
      },
    });
    if (n % every !== 0) continue;
    crm.people.createContact({
      givenName: "Maud",
      familyName: personName(n),
      email: `maud@fable-${n}.example`,
      accountId: String(account.id),
    });
  }
}

/** Products up to the number wanted, as the back office would import them. */
export async function seedProducts(admin: Admin, products: number): Promise<void> {
  const template = ["default_uom", "account_category"];
  const [like] = await admin.find("product.template", [["code", "=", "P001"]], template);
  const known = await admin.find("product.product", [["code", "!=", null]], ["code"]);
  const rows = Array.from({ length: Math.max(0, products - known.length) }, (_, n) => ({
    name: `Live part ${n}`,
    code: `L${String(n).padStart(5, "0")}`,
    type: "goods",
    default_uom: like?.["default_uom"] ?? null,
    sale_uom: like?.["default_uom"] ?? null,
    account_category: like?.["account_category"] ?? null,
    list_price: dec(`${(n % 90) + 5}.50`),
    cost_price_method: "fixed",
    salable: true,
    products: [["create", [{ cost_price: dec("2.00") }]]],
  }));
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    await admin.call("product.template.create", rows.slice(from, from + rowsAtOnce));
}
