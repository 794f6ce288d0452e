import type { YardFields } from "./table.ts";

const cities = ["Aachen", "Bremen", "Celle", "Dortmund", "Erfurt", "Fulda", "Gera", "Halle"];
const industries = ["manufacturing", "retail", "logistics", "technology", "construction", "other"];

const pick = (list: readonly string[], at: number): string => list[at % list.length] ?? "";

/** An account of the CRM. The same number gives the same account, whoever asks. */
export function crmAccount(at: number): YardFields {
  return {
    name: `Company ${at} of ${pick(cities, at)}`,
    email: `office@company-${at}.example`,
    phone: `+49 30 ${100_000 + at}`,
    website: `https://company-${at}.example`,
    taxId: `DE${100_000_000 + at}`,
    status: "customer",
    currency: "EUR",
    industry: pick(industries, at),
    street: `${at % 200} Long Street`,
    city: pick(cities, at),
    postalCode: String(10_000 + (at % 80_000)),
    country: "DE",
    note: "",
  };
}

/**
 * The same account in the words of the ERP: what the engine is expected to write, and the bare client
 * writes.
 */
export function erpAccount(account: YardFields): YardFields {
  return {
    display_name: account["name"] ?? null,
    mail: account["email"] ?? null,
    telephone: account["phone"] ?? null,
    url: account["website"] ?? null,
    vat_number: account["taxId"] ?? null,
    state: account["status"] ?? null,
    currency_code: account["currency"] ?? null,
    branch: account["industry"] ?? null,
    line1: account["street"] ?? null,
    town: account["city"] ?? null,
    zip: account["postalCode"] ?? null,
    country_code: account["country"] ?? null,
  };
}
