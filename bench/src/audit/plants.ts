import type { Business, Extract, Row } from "./extracts.ts";

/** One planted error: where it is, and which rule has to find it. */
export interface Planted {
  readonly rule: string;
  readonly side: string;
  readonly entity: string;
  readonly id: string;
  /** Ids of the same record on either side: what else is found of them follows from it. */
  readonly touched: readonly string[];
}

interface Place {
  readonly row: Row;
  /** The same record on the other side. */
  readonly twin: Row;
  readonly rows: Row[];
  /** A record that no other error uses. */
  readonly spare: Row;
  readonly number: number;
}

type Damage = (place: Place) => void;

const set =
  (field: string, value: string): Damage =>
  ({ row }) => {
    row[field] = value;
  };

const accounts: { readonly [rule: string]: Damage } = {
  missing: set("name", ""),
  placeholder: set("phone", "n/a"),
  "text-untrimmed": ({ row }) => {
    row["name"] = ` ${row["name"] ?? ""}`;
  },
  "text-garbled": ({ row }) => {
    row["name"] = `MÃ¼ller ${row["name"] ?? ""}`;
  },
  "phone-invalid": set("phone", "+49 12"),
  "mail-invalid": set("mail", "somebody at nowhere"),
  "web-invalid": set("web", "#HOME.HTM#"),
  "tax-id-invalid": ({ row }) => {
    const tax = row["tax"] ?? "";
    row["tax"] = `${tax.slice(0, -1)}${(Number(tax.at(-1)) + 1) % 10}`;
  },
  "country-unknown": set("country", "Atlantis"),
  "currency-unknown": set("currency", "EURO"),
  "date-invalid": set("modified", "2025-02-30"),
  "id-twice": ({ row, spare, rows }) => {
    rows.push({ ...spare, name: `Other ${spare["name"] ?? ""} Holding`, tax: "", id: row["id"] ?? "" });
  },
  "key-twice": ({ row, spare }) => {
    row["tax"] = spare["tax"] ?? "";
  },
  "format-mix": set("modified", "31.01.2026"),
  orphan: set("parent", "no-such-id"),
  cycle: ({ row, spare }) => {
    row["parent"] = spare["id"] ?? "";
    spare["parent"] = row["id"] ?? "";
  },
  stale: set("modified", "2015-03-01"),
  "value-unmapped": set("status", "platinum"),
  duplicate: ({ row, rows, number }) => {
    const name = (row["name"] ?? "").toUpperCase();
    rows.push({ ...row, id: `D${number}`, name: `${name} LTD`, tax: "" });
  },
  "duplicate-unsure": ({ row, rows, number }) => {
    rows.push({
      ...{ id: `U${number}`, name: row["name"] ?? "", street: `${number} Elsewhere Road`, city: "Faraway" },
      ...{ country: row["country"] ?? "", postcode: row["postcode"] ?? "", currency: "EUR", status: "lead" },
      ...{ modified: "2026-02-02", phone: "", mail: "", web: "", tax: "", parent: "" },
    });
  },
  disagree: ({ twin }) => {
    twin["mail"] = "elsewhere@another-company.com";
  },
  "currency-disagrees": ({ twin }) => {
    twin["currency"] = "CHF";
  },
  "address-incomplete": set("street", ""),
  "postcode-missing": set("postcode", ""),
  "postcode-invalid": set("postcode", "1#"),
};

const products: { readonly [rule: string]: Damage } = {
  "gtin-invalid": ({ row }) => {
    const gtin = row["gtin"] ?? "";
    row["gtin"] = `${gtin.slice(0, -1)}${(Number(gtin.at(-1)) + 1) % 10}`;
  },
  "unit-unknown": set("unit", "smidgen"),
  "number-invalid": set("price", "12,5,0"),
  "price-missing": set("price", ""),
  "price-negative": set("price", "-3.00"),
  "price-below-cost": ({ row }) => {
    row["price"] = "0.30";
    row["cost"] = "0.90";
  },
  "unit-disagrees": ({ twin }) => {
    twin["unit"] = "kg";
  },
  "price-disagrees": ({ twin }) => {
    twin["price"] = (Number(twin["price"]) + 1).toFixed(2);
  },
  "identifier-mismatch": ({ twin, number }) => {
    twin["sku"] = `XX-${9000 + number}`;
  },
};

const documents: { readonly [rule: string]: Damage } = {
  "date-order": set("due", "1990-01-01"),
  "total-wrong": ({ row }) => {
    row["gross"] = (Number(row["gross"]) + 0.1).toFixed(2);
  },
  orphan: set("account", "no-such-account"),
  missing: set("date", ""),
  // Net, tax and total still agree with one another.
  "sum-wrong": ({ row }) => {
    for (const field of ["net", "gross"]) row[field] = (Number(row[field]) + 5).toFixed(2);
  },
  "amount-too-fine": ({ row }) => {
    row["net"] = `${row["net"] ?? ""}4`;
  },
};

const lines: { readonly [rule: string]: Damage } = {
  "line-wrong": ({ row }) => {
    row["quantity"] = String(Number(row["quantity"]) + 1);
  },
};

const damages: { readonly [entity: string]: { readonly [rule: string]: Damage } } = {
  accounts,
  contacts: { orphan: set("account", "no-such-account"), missing: set("name", "") },
  products,
  orders: documents,
  invoices: documents,
  lines,
};

/** Fields that an error needs; without its column it cannot be planted. */
const needs: { readonly [rule: string]: string } = {
  placeholder: "phone",
  "phone-invalid": "phone",
  "country-unknown": "country",
  "address-incomplete": "street",
  "postcode-missing": "postcode",
  "postcode-invalid": "postcode",
};

/** Countries whose postal codes are needed and known: an error of them can be told. */
const postal = new Set([
  "Germany",
  "France",
  "USA",
  "Sweden",
  "Italy",
  "Spain",
  "Brazil",
  "Finland",
  "Canada",
]);

function fits(rule: string, row: Row): boolean {
  const needed = needs[rule];
  if (needed !== undefined && (row[needed] ?? "") === "") return false;
  if (rule.startsWith("postcode")) return postal.has(row["country"] ?? "");
  return rule.startsWith("price") ? row["discontinued"] === "0" && Number(row["price"]) > 0 : true;
}

/**
 * Plants `each` errors of every rule into a business; every error has records of its own. Changes the rows,
 * and answers the truth.
 */
export function plantErrors(business: Business, each: number, random: () => number): readonly Planted[] {
  const truth: Planted[] = [];
  for (const [entity, rules] of Object.entries(damages)) {
    const [crm, erp] = [business.crm[entity], business.erp[entity]];
    if (crm === undefined || erp === undefined) continue;
    const count = crm.length;
    const free = crm.map((row, at): [Row, Row] => [row, erp[count - 1 - at] ?? {}]);
    const take = (isRight: (row: Row) => boolean): [Row, Row] | undefined => {
      const right = free.flatMap(([row], at) => (isRight(row) ? [at] : []));
      const at = right[Math.floor(random() * right.length)];
      return at === undefined ? undefined : free.splice(at, 1)[0];
    };
    for (const [rule, damage] of Object.entries(rules))
      for (let number = 1; number <= each; number += 1) {
        const taken = take((row) => fits(rule, row));
        const spare =
          rule === "cycle" || rule === "key-twice" || rule === "id-twice" ? take(() => true) : taken;
        if (taken === undefined || spare === undefined) continue;
        const touched = [taken, spare].flatMap((pair) => pair.map(keyOf));
        damage({ row: taken[0], twin: taken[1], rows: crm, spare: spare[0], number: truth.length + 1 });
        truth.push({ rule, side: "crm", entity, id: keyOf(taken[0]), touched });
      }
  }
  return truth;
}

const keyOf = (row: Row): string => row["id"] ?? row["number"] ?? "";

/** Column names of a side; the ERP has others. */
const erpNames: { readonly [field: string]: string } = {
  ...{ id: "Record ID", name: "Name", street: "Address line 1", city: "Town", postcode: "Zip code" },
  ...{ country: "Country", phone: "Tel", mail: "E-mail", web: "Web site", tax: "VAT number" },
  ...{ currency: "Currency", status: "Status", modified: "Last updated", parent: "Parent" },
  ...{ sku: "Article number", gtin: "EAN", unit: "UoM", price: "List price", cost: "Cost price" },
  ...{ discontinued: "Blocked", account: "Customer", number: "Document no", date: "Document date" },
  ...{ due: "Due date", net: "Net amount", gross: "Gross amount" },
};
const crmNames: { readonly [field: string]: string } = {
  ...{ id: "id", name: "name", street: "billing_street", city: "billing_city" },
  ...{ postcode: "billing_postal_code", country: "billing_country", phone: "phone", mail: "email" },
  ...{ web: "website", tax: "vat_id", currency: "currency", status: "status", modified: "last_modified" },
  ...{ parent: "parent_id", sku: "sku", gtin: "gtin", unit: "unit", price: "list_price" },
  ...{ cost: "standard_cost", discontinued: "discontinued", account: "account_id", number: "number" },
  ...{ date: "date", due: "due_date", net: "net", gross: "total" },
};

const cellOf = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The lists of a side as CSV, by file name. */
export function filesOf(extract: Extract, side: "crm" | "erp"): { readonly [file: string]: string } {
  return Object.fromEntries(
    Object.entries(extract).map(([entity, rows]) => {
      const fields = Object.keys(rows[0] ?? {});
      // The tax of a document is an amount, that of a company its number.
      const nameOf = (field: string): string =>
        field === "tax" && entity !== "accounts"
          ? "tax amount"
          : ((side === "erp" ? erpNames : crmNames)[field] ?? field);
      const lines = rows.map((row) => fields.map((field) => cellOf(row[field] ?? "")).join(","));
      return [`${entity}.csv`, [fields.map(nameOf).join(","), ...lines, ""].join("\n")];
    }),
  );
}
