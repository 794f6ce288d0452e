import type { JsonMap } from "../json.ts";

/** Three-letter countries the ERP knows. */
export const ERP_COUNTRIES: readonly string[] = [
  "AUT",
  "BEL",
  "CHE",
  "CZE",
  "DEU",
  "DNK",
  "ESP",
  "FRA",
  "GBR",
  "ITA",
  "NLD",
  "POL",
  "SWE",
  "USA",
];
/** Industries of the ERP. */
export const ERP_INDUSTRIES: readonly string[] = ["MANU", "RETL", "HLTH", "LOGI", "TECH", "CONS", "OTHR"];
/** Tax codes of the ERP. */
export const ERP_TAX_CODES: readonly string[] = ["S19", "R07", "Z00", "EX"];
/** Payment terms of the ERP. */
export const ERP_TERMS: readonly string[] = ["N00", "N14", "N30", "N60"];
/** Units of measure of the ERP. */
export const ERP_UOMS: readonly string[] = ["EA", "DZ", "BX12", "KG", "G", "HUR"];

/** Records of the reference objects, which every installation starts with. */
export const REFERENCE_RECORDS: Readonly<Record<string, readonly JsonMap[]>> = {
  users: [
    { login: "ada", name: "Ada Quill", email: "ada@northgate.example", active: true },
    { login: "bruno", name: "Bruno Tamm", email: "bruno@northgate.example", active: true },
    { login: "dora", name: "Dora Finch", email: "dora@northgate.example", active: true },
    { login: "emil", name: "Emil Stock", email: "emil@northgate.example", active: true },
    { login: "faye", name: "Faye Ledger", email: "faye@northgate.example", active: true },
    { login: "integration", name: "Integration", email: "integration@northgate.example", active: true },
  ],
  uoms: [
    { code: "EA", name: "piece", category: "unit", factor: "1", whole_only: true },
    { code: "DZ", name: "dozen", category: "unit", factor: "12", whole_only: true },
    { code: "BX12", name: "box of 12", category: "unit", factor: "12", whole_only: true },
    { code: "KG", name: "kilogram", category: "weight", factor: "1000", whole_only: false },
    { code: "G", name: "gram", category: "weight", factor: "1", whole_only: false },
    { code: "HUR", name: "hour", category: "time", factor: "1", whole_only: false },
  ],
  tax_codes: [
    { code: "S19", name: "standard", rate: "19.00" },
    { code: "R07", name: "reduced", rate: "7.00" },
    { code: "Z00", name: "zero", rate: "0.00" },
    { code: "EX", name: "exempt", rate: "0.00" },
  ],
  payment_terms: [
    { code: "N00", name: "at once", days: 0 },
    { code: "N14", name: "14 days", days: 14 },
    { code: "N30", name: "30 days", days: 30 },
    { code: "N60", name: "60 days", days: 60 },
  ],
  warehouses: [
    { code: "MAIN", name: "Main warehouse", active: true },
    { code: "NORTH", name: "North warehouse", active: true },
  ],
  companies: [{ code: "NG01", name: "Northgate Trading", currency: "EUR" }],
};
