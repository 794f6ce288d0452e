import { isTimeZone, optionRule, problemsOf, withDefaults } from "@crossfoot/connector-sdk";
import type { OptionProblem, OptionRule } from "@crossfoot/connector-sdk";
import type { JsonMap } from "./native.ts";

/** Name of the field that `prepare` adds for our reference. */
export const ownReferenceField = "x_crossfoot_reference";

/** Options of an Odoo connection, checked and with defaults. */
export interface Options {
  readonly database: string;
  /** Login of the user whose key it is. */
  readonly user: string;
  /** Name of the secret that holds the API key. */
  readonly key: string;
  /** Major version of the server; null asks it. */
  readonly version: number | null;
  /** `auto`: JSON-2 from version 19 on, JSON-RPC before. */
  readonly protocol: "auto" | "json2" | "jsonrpc";
  /** Name of the company, for a user who may work in several; null takes the user's own. */
  readonly company: string | null;
  /** Language of names that Odoo translates, and of its errors. */
  readonly language: string;
  /** Zone in which the company's days begin: Odoo keeps the date of an order as an instant. */
  readonly timeZone: string;
  /** Code of the warehouse of a quote that names none; null leaves it to Odoo. */
  readonly warehouse: string | null;
  /** Codes of the warehouses whose stock is read; null means all. */
  readonly warehouses: readonly string[] | null;
  /** When set, only partners with this tag are accounts, and accounts created by us get it. */
  readonly accountTag: string | null;
  /** Field of a partner that stores our reference. */
  readonly partnerReference: string;
  /** Field of a sale order that stores our reference. */
  readonly orderReference: string;
  /** Code of the product of a freight line; null means that a quote with freight is refused. */
  readonly freightProduct: string | null;
  /** What becomes of a region that Odoo does not know as a state of the country. */
  readonly unknownRegion: "refuse" | "leave_out";
  readonly draftInvoices: boolean;
  /** Most quantity breaks of one product, and most products, that are priced per price list. */
  readonly priceBreaksMax: number;
  readonly pricedProductsMax: number;
  /** How many planned dates the availability of a product shows. */
  readonly availabilityDates: number;
  /**
   * Longest transaction of any program on this database, in seconds: changes become visible so late at most.
   */
  readonly longestTransactionSeconds: number;
  /** Address of the web client, for links to records; null when there is none. */
  readonly webClient: string | null;
}

const { text, count, choice } = optionRule;

/** Versions that this connector was tried on, or read for. */
const versions = { least: 17, most: 19 } as const;

const rules: { readonly [name in keyof Options]: OptionRule } = {
  database: text(),
  user: text(),
  key: text(),
  version: { kind: "count", fallback: null, max: versions.most },
  protocol: choice(["auto", "json2", "jsonrpc"], "auto"),
  company: text(null),
  language: text("en_US"),
  timeZone: text("UTC"),
  warehouse: text(null),
  warehouses: optionRule.texts(null),
  accountTag: text(null),
  partnerReference: choice([ownReferenceField, "ref"], ownReferenceField),
  orderReference: choice([ownReferenceField, "client_order_ref", "origin"], ownReferenceField),
  freightProduct: text(null),
  unknownRegion: choice(["refuse", "leave_out"], "refuse"),
  draftInvoices: optionRule.flag(false),
  priceBreaksMax: count(8, 50),
  pricedProductsMax: count(5000, 50_000),
  availabilityDates: count(4, 30),
  longestTransactionSeconds: count(120, 3600),
  webClient: text(null),
};

/** Problems of the options of an Odoo connection, each with the path of its key. Pure. */
export function checkOptions(options: JsonMap): readonly OptionProblem[] {
  const problems = [...problemsOf(rules, options)];
  const { version, protocol, language, timeZone, webClient } = options;
  if (typeof version === "number" && version < versions.least)
    problems.push({ path: "version", problem: `expected ${versions.least} to ${versions.most}` });
  if (protocol === "json2" && typeof version === "number" && version < 19)
    problems.push({ path: "protocol", problem: "JSON-2 is there from version 19 on" });
  if (typeof language === "string" && !/^[a-z]{2,3}(_[A-Z]{2})?(@\w+)?$/.test(language))
    problems.push({ path: "language", problem: "expected a language of Odoo, such as en_US" });
  if (typeof timeZone === "string" && !isTimeZone(timeZone))
    problems.push({ path: "timeZone", problem: "expected an IANA zone, such as Europe/Berlin" });
  if (typeof webClient === "string" && !/^https?:\/\/\S+$/.test(webClient))
    problems.push({ path: "webClient", problem: "expected an address that starts with http:// or https://" });
  return problems;
}

/** The options with their defaults. The caller has checked them. */
export function readOptions(options: JsonMap): Options {
  const read: unknown = withDefaults(rules, options);
  return read as Options;
}
