import { DEFAULT_ARITHMETIC } from "../arithmetic.ts";
import { withCustomFields } from "../field.ts";
import type { JsonMap, TwinRecord } from "../json.ts";
import { Ledger } from "../ledger.ts";
import type { OpenApiHead } from "../openapi.ts";
import type { TwinOptions } from "../options.ts";
import { randomStream } from "../random.ts";
import { Records } from "../records.ts";
import { assembleTwin, type Twin } from "../twin.ts";
import { Webhooks } from "../webhook.ts";
import { createCrmDesk } from "./desk.ts";
import { HOME_TOTALS_HOOKS } from "./home-totals.ts";
import { crmPeople, type CrmPeople } from "./people.ts";
import { accountHooks, quoteHooks } from "./quote.ts";
import { crmRoutes } from "./routes.ts";
import { CRM_SCHEMAS } from "./schema.ts";
import { CRM_ORDERS, CRM_WEBHOOKS, crmRules, crmStyle, crmWire } from "./wire.ts";

/** The token of the integration user unless other tokens are given. */
export const CRM_TOKEN = "crm-integration-token";

/** Settings of a CRM. */
export interface CrmOptions extends TwinOptions {
  /** Bearer token to login. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** Percent per tax category; null for a CRM that knows no taxes (totals then have no tax and no gross). */
  readonly taxRates?: Readonly<Record<string, string>> | null;
  /** Orders and invoices show their totals in euros too, by the rate of their day. */
  readonly reckonsInHome?: boolean;
}

/** Brightdesk CRM. */
export interface Crm extends Twin {
  /** A bearer token of the integration user. */
  readonly token: string;
  readonly people: CrmPeople;
}

const TAX_RATES = { standard: "19", reduced: "7", zero: "0", exempt: "0" };

const USERS: readonly TwinRecord[] = [
  { id: "usr_ada", login: "ada", displayName: "Ada Quill", email: "ada@brightdesk.example", kind: "person" },
  {
    id: "usr_bruno",
    login: "bruno",
    displayName: "Bruno Tamm",
    email: "bruno@brightdesk.example",
    kind: "person",
  },
  {
    id: "usr_chloe",
    login: "chloe",
    displayName: "Chloe Marsh",
    email: "chloe@brightdesk.example",
    kind: "person",
  },
  {
    id: "usr_integration",
    login: "integration",
    displayName: "Integration",
    email: "integration@brightdesk.example",
    kind: "integration",
  },
];

const ID_FORM: JsonMap = { type: "string" };
const OPENAPI: OpenApiHead = {
  title: "Brightdesk CRM",
  base: "/api/v2",
  security: { bearer: { type: "http", scheme: "bearer" } },
  error: {
    type: "object",
    properties: {
      error: {
        type: "object",
        properties: {
          code: { type: "string" },
          message: { type: "string" },
          field: { type: "string" },
        },
      },
    },
  },
  forms: {
    id: ID_FORM,
    rowId: ID_FORM,
    date: { type: ["string", "null"], format: "date" },
    instant: { type: ["string", "null"], format: "date-time" },
    decimal: { type: ["string", "null"], pattern: "^-?[0-9]+(\\.[0-9]+)?$" },
    money: {
      type: ["object", "null"],
      required: ["amount", "currency"],
      properties: { amount: { type: "string" }, currency: { type: "string" } },
    },
    columns: {
      createdAt: { type: "string", format: "date-time" },
      updatedAt: { type: "string", format: "date-time" },
      createdBy: ID_FORM,
      updatedBy: ID_FORM,
      version: { type: "integer" },
      archived: { type: "boolean" },
    },
  },
};

function recordsOf(options: CrmOptions, ledger: Ledger): Records {
  const { clock } = options;
  const taxRates = options.taxRates === undefined ? TAX_RATES : options.taxRates;
  const arithmetic = { ...DEFAULT_ARITHMETIC, ...options.arithmetic };
  return new Records({
    ledger,
    schemas: withCustomFields(CRM_SCHEMAS, options.customFields ?? {}),
    style: crmStyle(ledger, clock, options.stampGranularityMs ?? 1),
    rules: crmRules(ledger),
    hooks: {
      quotes: quoteHooks({ ledger, clock, arithmetic, taxRates }),
      accounts: accountHooks(ledger),
      ...(options.reckonsInHome === true ? { orders: HOME_TOTALS_HOOKS, invoices: HOME_TOTALS_HOOKS } : {}),
    },
    ignorePreconditions: options.ignorePreconditions === true,
    automation: options.automation ?? null,
  });
}

function seedUsers(ledger: Ledger, records: Records): void {
  for (const user of USERS) {
    const { id } = user;
    const stamps = records.parts.style.stamp(null, "integration");
    const after = { ...user, active: true, ...stamps };
    ledger.commit({ object: "users", id, kind: "create", after, actor: "integration", stampedAt: null });
  }
}

/** Makes a CRM without records but its users. Never throws. */
export function createCrm(options: CrmOptions): Crm {
  const { clock } = options;
  const tokens = options.tokens ?? { [CRM_TOKEN]: "integration" };
  const ledger = new Ledger(
    CRM_SCHEMAS.map((schema) => schema.name),
    clock,
    CRM_ORDERS,
  );
  const records = recordsOf(options, ledger);
  const desk = createCrmDesk(records);
  seedUsers(ledger, records);
  const webhooks = new Webhooks(CRM_WEBHOOKS, clock, randomStream(options.seed ?? 1, "crm/webhooks"));
  const tenant: JsonMap = {
    tenantId: `bd-${options.seed ?? 1}`,
    name: "Brightdesk CRM",
    sandbox: false,
    apiVersion: "v2",
  };
  const routes = crmRoutes({ desk, webhooks, tenant, clock, listLagMs: options.listLagMs ?? 0 }, CRM_SCHEMAS);
  const twin = assembleTwin({
    title: "Brightdesk CRM",
    options,
    wire: crmWire(tokens),
    records,
    webhooks,
    routes,
    openApi: OPENAPI,
    parseId: (id) => id,
  });
  const token = Object.keys(tokens).find((candidate) => tokens[candidate] === "integration") ?? "";
  return { ...twin, token, people: crmPeople(desk, clock) };
}
