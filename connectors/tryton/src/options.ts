import { optionRule, problemsOf, withDefaults } from "@crossfoot/connector-sdk";
import type { OptionProblem, OptionRule } from "@crossfoot/connector-sdk";
import type { JsonMap } from "./native.ts";

/** Options of a Tryton connection, checked and with defaults. */
export interface Options {
  /** Database name; it is the path of the server's address. */
  readonly database: string;
  readonly user: string;
  /** Name of the secret that holds the password. */
  readonly password: string;
  /** Name of the company's party, for a user who may work in several; null takes the user's own. */
  readonly company: string | null;
  /** Code of the warehouse of a quote that names none; null leaves it to Tryton. */
  readonly warehouse: string | null;
  /** Codes of the warehouses whose stock is read; null means all. */
  readonly warehouses: readonly string[] | null;
  /**
   * Name of the relation from a person to a company. A party with it is a contact, all others are accounts.
   */
  readonly contactRelation: string;
  /** Name of the relation from a company to its parent; null means that there is none. */
  readonly parentRelation: string | null;
  /** When set, only parties of this category are accounts, and accounts created by us get it. */
  readonly accountCategory: string | null;
  /** When set, contacts are the parties of this category instead of those with the relation. */
  readonly contactCategory: string | null;
  /** Field of a sale that stores our reference; the other of the two holds the customer's order number. */
  readonly referenceField: "reference" | "description";
  /** Code of the product of a freight line; null means that a quote with freight is refused. */
  readonly freightProduct: string | null;
  /**
   * Type of a tax identifier that we add: `auto` (EU VAT by its form, else none), or one of Tryton's types.
   */
  readonly taxIdType: string;
  /** What becomes of a region that Tryton does not know as a subdivision of the country. */
  readonly unknownRegion: "refuse" | "leave_out";
  readonly draftInvoices: boolean;
  /** Longest list of quantity breaks and of products that are priced per price list. */
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

const { text, count } = optionRule;

/**
 * Each option: its form and its default; without a default it must be given, and only a null default allows
 * null.
 */
const rules: { readonly [name in keyof Options]: OptionRule } = {
  database: text(),
  user: text(),
  password: text(),
  company: text(null),
  warehouse: text(null),
  warehouses: optionRule.texts(null),
  contactRelation: text("is contact of"),
  parentRelation: { kind: "text", fallback: "is subsidiary of", isNullable: true },
  accountCategory: text(null),
  contactCategory: text(null),
  referenceField: optionRule.choice(["reference", "description"], "reference"),
  freightProduct: text(null),
  taxIdType: text("auto"),
  unknownRegion: optionRule.choice(["refuse", "leave_out"], "refuse"),
  draftInvoices: optionRule.flag(false),
  priceBreaksMax: count(8, 50),
  pricedProductsMax: count(5000, 50_000),
  availabilityDates: count(4, 30),
  longestTransactionSeconds: count(180, 3600),
  webClient: text(null),
};

/** The form of Tryton's own database names that can stand in a path. */
const databaseForm = /^[A-Za-z0-9_-]{1,63}$/;

/**
 * Problems of the options of a Tryton connection, each with the path of its key; empty when they are fine.
 * Pure.
 */
export function checkOptions(options: JsonMap): readonly OptionProblem[] {
  const problems = [...problemsOf(rules, options)];
  const database = options["database"];
  if (typeof database === "string" && database.trim() !== "" && !databaseForm.test(database)) {
    problems.push({
      path: "database",
      problem: "expected letters, digits, _ and - only: the name is part of the address",
    });
  }
  const web = options["webClient"];
  if (typeof web === "string" && !/^https?:\/\/\S+$/.test(web)) {
    problems.push({ path: "webClient", problem: "expected an address that starts with http:// or https://" });
  }
  return problems;
}

/** The options with their defaults. The caller has checked them. */
export function readOptions(options: JsonMap): Options {
  const read: unknown = withDefaults(rules, options);
  return read as Options;
}
