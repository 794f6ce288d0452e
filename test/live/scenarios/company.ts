/** What the two systems of the live tests are filled with. */
import type { Crm } from "@crossfoot/twin";

/** What a customer that only the CRM knows is called. */
export const companyName = (n: number): string => `Fable Works ${n} Ltd`;
/** Family name of the contact of such a customer. */
export const personName = (n: number): string => `Exemple${n}`;
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
