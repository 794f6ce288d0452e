import { DEFAULT_ARITHMETIC } from "../arithmetic.ts";
import { withCustomFields } from "../field.ts";
import type { JsonMap } from "../json.ts";
import { Ledger } from "../ledger.ts";
import type { OpenApiHead } from "../openapi.ts";
import type { TwinOptions } from "../options.ts";
import { randomStream } from "../random.ts";
import { Records } from "../records.ts";
import { assembleTwin, type Twin } from "../twin.ts";
import { Webhooks } from "../webhook.ts";
import type { Books } from "./books.ts";
import { createErpDesk, customerHooks, CATALOGUE_HOOKS } from "./desk.ts";
import { erpPeople, type ErpPeople } from "./people.ts";
import { quoteHooks } from "./quote.ts";
import { REFERENCE_RECORDS } from "./reference.ts";
import { erpRoutes } from "./routes.ts";
import { ERP_SCHEMAS } from "./schema.ts";
import { ERP_ORDERS, ERP_WEBHOOKS, erpRules, erpStyle, erpWire, type ErpStoreSettings } from "./wire.ts";

/** The key of the integration user unless other keys are given. */
export const ERP_API_KEY = "erp-integration-key";
/** The password of the integration user unless other passwords are given. */
export const ERP_PASSWORD = "erp-integration-password";

/** Settings of an ERP. */
export interface ErpOptions extends TwinOptions {
  /** API key to login. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  /** Login to password, for HTTP Basic. */
  readonly passwords?: Readonly<Record<string, string>>;
  /** What happens to text over its length (default `refuse`). */
  readonly longText?: "refuse" | "truncate";
  /** Cities are stored in capitals. */
  readonly upperCaseCity?: boolean;
  /** Ids of deleted records are given out again. */
  readonly reuseIds?: boolean;
  readonly invoicePolicy?: "delivered" | "ordered";
  /** Last day of the closed accounting periods, `20251231`. */
  readonly closedUntil?: string;
}

/** Northgate ERP. */
export interface Erp extends Twin {
  /** An API key of the integration user. */
  readonly apiKey: string;
  /** The password of the login `integration`. */
  readonly password: string;
  readonly people: ErpPeople;
}

const OPENAPI: OpenApiHead = {
  title: "Northgate ERP",
  base: "/rest/v1",
  security: {
    key: { type: "apiKey", in: "header", name: "X-Api-Key" },
    basic: { type: "http", scheme: "basic" },
  },
  error: {
    type: "object",
    properties: { code: { type: "string" }, text: { type: "string" }, field: { type: "string" } },
  },
  forms: {
    id: { type: "integer" },
    rowId: { type: "integer" },
    date: { type: "string", pattern: "^[0-9]{8}$" },
    instant: { type: "string", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$" },
    decimal: { type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?$" },
    money: { type: "string" },
    columns: {
      created_at: { type: "string" },
      changed_at: { type: "string" },
      created_by: { type: "string" },
      changed_by: { type: "string" },
      row_version: { type: "string" },
    },
  },
};

function booksOf(options: ErpOptions, ledger: Ledger, settings: ErpStoreSettings): Books {
  const { clock } = options;
  const later = (): Books => books;
  const records = new Records({
    ledger,
    schemas: withCustomFields(ERP_SCHEMAS, options.customFields ?? {}),
    style: erpStyle(ledger, clock, settings),
    rules: erpRules(ledger, settings),
    hooks: { customers: customerHooks(later), items: CATALOGUE_HOOKS, sales_quotes: quoteHooks(later) },
    ignorePreconditions: options.ignorePreconditions === true,
    automation: options.automation ?? null,
  });
  const books: Books = {
    records,
    ledger,
    clock,
    arithmetic: { ...DEFAULT_ARITHMETIC, ...options.arithmetic },
    invoicePolicy: options.invoicePolicy ?? "delivered",
    closedUntil: () => ledger.state.settings["closedUntil"] ?? null,
  };
  return books;
}

function seedReferences(records: Records): void {
  for (const [object, rows] of Object.entries(REFERENCE_RECORDS)) {
    for (const row of rows) records.add(object, row, "integration");
  }
}

/** Makes an ERP without records but its reference tables. Never throws. */
export function createErp(options: ErpOptions): Erp {
  const { clock } = options;
  const apiKeys = options.apiKeys ?? { [ERP_API_KEY]: "integration" };
  const passwords = options.passwords ?? { integration: ERP_PASSWORD };
  const settings: ErpStoreSettings = {
    stampGranularityMs: options.stampGranularityMs ?? 1000,
    longText: options.longText ?? "refuse",
    upperCaseCity: options.upperCaseCity === true,
    reuseIds: options.reuseIds === true,
  };
  const ledger = new Ledger(
    ERP_SCHEMAS.map((schema) => schema.name),
    clock,
    ERP_ORDERS,
  );
  if (options.closedUntil !== undefined) ledger.state.settings["closedUntil"] = options.closedUntil;
  const books = booksOf(options, ledger, settings);
  const desk = createErpDesk(books, settings.reuseIds);
  seedReferences(books.records);
  const webhooks = new Webhooks(ERP_WEBHOOKS, clock, randomStream(options.seed ?? 1, "erp/webhooks"));
  const company = (): JsonMap => ({
    company_id: `ng-${options.seed ?? 1}`,
    name: "Northgate Trading",
    environment: "production",
    api_version: "v1",
    closed_until: books.closedUntil(),
  });
  const routes = erpRoutes({ desk, webhooks, company, listLagMs: options.listLagMs ?? 0 }, ERP_SCHEMAS);
  const twin = assembleTwin({
    title: "Northgate ERP",
    options,
    wire: erpWire(apiKeys, passwords),
    records: books.records,
    webhooks,
    routes,
    openApi: OPENAPI,
    parseId: (id) => Number(id),
  });
  const apiKey = Object.keys(apiKeys).find((candidate) => apiKeys[candidate] === "integration") ?? "";
  const people = erpPeople(desk, (upTo) => {
    ledger.state.settings["closedUntil"] = upTo;
  });
  return { ...twin, apiKey, password: passwords["integration"] ?? "", people };
}
