import { isList, scalar } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";

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

interface Rule {
  readonly kind: "text" | "texts" | "flag" | "count" | readonly string[];
  readonly fallback: Json | undefined;
  readonly max?: number;
}

const text = (fallback?: Json): Rule => ({ kind: "text", fallback });
const count = (fallback: number, max: number): Rule => ({ kind: "count", fallback, max });

/**
 * Each option: its form and its default; without a default it must be given, and only a null default allows
 * null.
 */
const rules: { readonly [name in keyof Options]: Rule } = {
  database: text(),
  user: text(),
  password: text(),
  company: text(null),
  warehouse: text(null),
  warehouses: { kind: "texts", fallback: null },
  contactRelation: text("is contact of"),
  parentRelation: { kind: "text", fallback: "is subsidiary of" },
  accountCategory: text(null),
  contactCategory: text(null),
  referenceField: { kind: ["reference", "description"], fallback: "reference" },
  freightProduct: text(null),
  taxIdType: text("auto"),
  unknownRegion: { kind: ["refuse", "leave_out"], fallback: "refuse" },
  draftInvoices: { kind: "flag", fallback: false },
  priceBreaksMax: count(8, 50),
  pricedProductsMax: count(5000, 50_000),
  availabilityDates: count(4, 30),
  longestTransactionSeconds: count(180, 3600),
  webClient: text(null),
};

/** Options whose null has a meaning of its own although their default is a text. */
const nullable: ReadonlySet<string> = new Set(["parentRelation"]);

function problemOf(name: string, value: Json, rule: Rule): string | undefined {
  if (value === null && (rule.fallback === null || nullable.has(name))) return undefined;
  if (isList(rule.kind)) {
    const choices = rule.kind.map(scalar);
    return typeof value === "string" && choices.includes(value)
      ? undefined
      : `expected one of: ${choices.join(", ")}`;
  }
  switch (rule.kind) {
    case "texts":
      return isList(value) &&
        value.length > 0 &&
        value.every((each) => typeof each === "string" && each !== "")
        ? undefined
        : "expected a list of texts";
    case "flag":
      return typeof value === "boolean" ? undefined : "expected true or false";
    case "count":
      return typeof value === "number" &&
        Number.isInteger(value) &&
        value >= 1 &&
        value <= (rule.max ?? value)
        ? undefined
        : `expected a whole number from 1 to ${rule.max ?? 1}`;
    default:
      return typeof value === "string" && value.trim() !== ""
        ? undefined
        : "expected a text that is not empty";
  }
}

/** The form of Tryton's own database names that can stand in a path. */
const databaseForm = /^[A-Za-z0-9_-]{1,63}$/;

/**
 * Problems of the options of a Tryton connection, each with the path of its key; empty when they are fine.
 * Pure.
 */
export function checkOptions(
  options: JsonMap,
): readonly { readonly path: string; readonly problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(rules, name)) {
      problems.push({ path: name, problem: `unknown option; there are: ${Object.keys(rules).join(", ")}` });
    }
  }
  for (const [name, rule] of Object.entries(rules)) {
    const value = options[name];
    const missing = rule.fallback === undefined ? "this option is needed" : undefined;
    const problem = value === undefined ? missing : problemOf(name, value, rule);
    if (problem !== undefined) problems.push({ path: name, problem });
  }
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
  const read = Object.entries(rules).map(([name, rule]) => [
    name,
    options[name] ?? defaultOf(name, options, rule),
  ]);
  const map: unknown = Object.fromEntries(read);
  return map as Options;
}

function defaultOf(name: string, options: JsonMap, rule: Rule): Json {
  if (options[name] === null && nullable.has(name)) return null;
  return rule.fallback ?? null;
}
