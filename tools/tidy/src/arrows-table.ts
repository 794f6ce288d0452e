/**
 * Who may import whom, as data. The one place to edit when a room is added or a decision record allows an
 * arrow. The reasons are in docs/decisions and CONTRIBUTING.md; this file only states what holds.
 */

/** A part of the repository with its own right to import. The longest matching `at` decides a file's room. */
export type Room = {
  readonly name: string;
  /** A folder (ends in "/") or one file, relative to the repository. `*` stands for one folder name. */
  readonly at: string;
  /** Rooms it may import; its own room is always allowed. "*" means every room. */
  readonly rooms: readonly string[] | "*";
  /** Packages from npm; "*" means any. */
  readonly npm: readonly string[] | "*";
  /** Modules of Node, with the prefix; "*" means any. */
  readonly node: readonly string[] | "*";
  /** Every import must be a type import. */
  readonly typesOnly?: true;
  /** Its tests obey the room's own list of rooms instead of reaching anything public. */
  readonly strictTests?: true;
};

const everyServerRoom = [
  "server/ports",
  "server/platform",
  "server/store-port",
  "server/store",
  "server/runtime",
  "server/http",
  "server/config",
  "server/cli",
  "server/agents",
  "server/compose",
  "server/command-line",
  "server/serving",
  "server/demo",
  "server/main",
  "server/side",
  "server/rules",
];
const below = ["kernel", "model", "connector-sdk"];

export const rooms: readonly Room[] = [
  // The pure middle.
  { name: "kernel", at: "packages/kernel/src/", rooms: [], npm: [], node: [], strictTests: true },
  {
    name: "model",
    at: "packages/model/src/",
    rooms: ["kernel"],
    npm: ["big.js"],
    node: [],
    strictTests: true,
  },
  { name: "insight", at: "packages/insight/src/", rooms: ["model"], npm: [], node: [], strictTests: true },
  {
    name: "matching",
    at: "packages/matching/src/",
    rooms: ["kernel", "model"],
    npm: ["any-ascii", "libphonenumber-js", "tldts"],
    node: [],
    strictTests: true,
  },

  // Connectors and what they are written against.
  {
    name: "connector-sdk",
    at: "packages/connector-sdk/src/",
    rooms: ["kernel", "model"],
    npm: ["fast-xml-parser", "jsonata", "yaml"],
    node: ["node:crypto", "node:vm"],
  },
  {
    name: "connectors",
    at: "connectors/*/src/",
    rooms: ["connector-sdk"],
    npm: ["yaml"],
    node: ["node:crypto"],
  },

  // The edges of the product.
  { name: "api", at: "packages/api/src/", rooms: ["model"], npm: ["zod"], node: [] },
  { name: "client", at: "packages/client/src/", rooms: ["api"], npm: [], node: [] },
  { name: "console", at: "packages/console/src/", rooms: ["client"], npm: "*", node: [] },
  {
    name: "twin",
    at: "packages/twin/src/",
    rooms: [],
    npm: ["big.js", "hono", "@hono/node-server"],
    node: "*",
    strictTests: true,
  },

  // The server, inside out.
  {
    name: "server/ports",
    at: "packages/server/src/ports.ts",
    rooms: below,
    npm: [],
    node: [],
    typesOnly: true,
  },
  {
    name: "server/gcm",
    at: "packages/server/src/platform/gcm.ts",
    rooms: [],
    npm: [],
    node: ["node:crypto"],
  },
  {
    name: "server/platform",
    at: "packages/server/src/platform/",
    rooms: ["server/gcm", "server/ports"],
    npm: "*",
    node: "*",
  },
  {
    name: "server/store-access-port",
    at: "packages/server/src/store/access-port.ts",
    rooms: ["kernel", "server/store-person-port"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-person-port",
    at: "packages/server/src/store/person-port.ts",
    rooms: [],
    npm: [],
    node: [],
  },
  {
    name: "server/store-counts",
    at: "packages/server/src/store/counts.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-due-port",
    at: "packages/server/src/store/due-port.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-lease-port",
    at: "packages/server/src/store/lease-port.ts",
    rooms: ["kernel", "server/store-pause-port"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-plan-port",
    at: "packages/server/src/store/plan-port.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-epoch-port",
    at: "packages/server/src/store/epoch-port.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-event-port",
    at: "packages/server/src/store/event-port.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-made",
    at: "packages/server/src/store/made.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-duplicate-port",
    at: "packages/server/src/store/duplicate-port.ts",
    rooms: ["kernel", "server/store-facts"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-pause-port",
    at: "packages/server/src/store/pause-port.ts",
    rooms: [],
    npm: [],
    node: [],
  },
  {
    name: "server/store-webhook-port",
    at: "packages/server/src/store/webhook-port.ts",
    rooms: ["kernel", "server/store-facts"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-sole-port",
    at: "packages/server/src/store/sole-port.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-subscription-port",
    at: "packages/server/src/store/subscription-port.ts",
    rooms: [],
    npm: [],
    node: [],
  },
  {
    name: "server/store-history-port",
    at: "packages/server/src/store/history-port.ts",
    rooms: ["kernel", "server/store-facts"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-privacy-port",
    at: "packages/server/src/store/privacy-port.ts",
    rooms: ["kernel", "server/store-facts"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-proof-port",
    at: "packages/server/src/store/proof-port.ts",
    rooms: ["kernel", "model"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-statement-port",
    at: "packages/server/src/store/statement-port.ts",
    rooms: [],
    npm: [],
    node: [],
  },
  {
    name: "server/store-contract-port",
    at: "packages/server/src/store/contract-port.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-shared-port",
    at: "packages/server/src/store/shared-port.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-shown",
    at: "packages/server/src/store/shown.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-facts",
    at: "packages/server/src/store/facts.ts",
    rooms: ["kernel"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-identity",
    at: "packages/server/src/store/identity-port.ts",
    rooms: ["kernel", "server/store-facts", "server/store-lease-port", "server/store-resolution"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-resolution",
    at: "packages/server/src/store/resolution.ts",
    rooms: ["kernel", "server/store-facts"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-adopt-port",
    at: "packages/server/src/store/adopt-port.ts",
    rooms: ["kernel", "server/store-facts", "server/store-lease-port", "server/store-resolution"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-terms-port",
    at: "packages/server/src/store/terms-port.ts",
    rooms: ["kernel", "server/store-lease-port"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-telling-port",
    at: "packages/server/src/store/telling-port.ts",
    rooms: ["kernel", "server/store-lease-port", "server/store-shown"],
    npm: [],
    node: [],
  },
  {
    name: "server/store-port",
    at: "packages/server/src/store/port.ts",
    rooms: [
      "kernel",
      "model",
      "server/ports",
      "server/store-access-port",
      "server/store-person-port",
      "server/store-contract-port",
      "server/store-counts",
      "server/store-due-port",
      "server/store-duplicate-port",
      "server/store-epoch-port",
      "server/store-event-port",
      "server/store-lease-port",
      "server/store-plan-port",
      "server/store-made",
      "server/store-pause-port",
      "server/store-webhook-port",
      "server/store-subscription-port",
      "server/store-sole-port",
      "server/store-history-port",
      "server/store-privacy-port",
      "server/store-proof-port",
      "server/store-statement-port",
      "server/store-shared-port",
      "server/store-telling-port",
      "server/store-terms-port",
      "server/store-shown",
      "server/store-facts",
      "server/store-identity",
      "server/store-resolution",
      "server/store-adopt-port",
    ],
    npm: [],
    node: [],
  },
  {
    name: "server/store",
    at: "packages/server/src/store/",
    rooms: ["kernel", "model", "server/ports", "server/store-port"],
    npm: ["pg", "kysely", "@electric-sql/pglite"],
    node: "*",
  },
  {
    name: "server/runtime",
    at: "packages/server/src/runtime/",
    rooms: [...below, "matching", "server/store-port", "server/ports"],
    npm: [],
    node: ["node:crypto"],
  },
  { name: "server/html", at: "packages/server/src/http/html.ts", rooms: [], npm: [], node: [] },
  {
    name: "server/documents",
    at: "packages/server/src/documents/",
    rooms: [...below, "server/html", "server/config", "server/runtime", "server/store-port"],
    npm: ["pdfkit", "dejavu-fonts-ttf"],
    node: ["node:module"],
  },
  {
    name: "server/audit",
    at: "packages/server/src/audit/",
    rooms: ["kernel", "matching", "model", "server/html"],
    npm: [],
    node: "*",
  },
  {
    name: "server/exports",
    at: "packages/server/src/exports/",
    rooms: ["kernel", "model", "server/audit", "server/config", "server/platform", "server/runtime"],
    npm: [],
    node: ["node:fs", "node:path"],
  },
  {
    name: "server/http",
    at: "packages/server/src/http/",
    rooms: ["kernel", "model", "server/html", "server/runtime", "server/store-port", "server/ports", "api"],
    npm: ["hono", "@hono/node-server", "openid-client"],
    node: "*",
  },
  {
    name: "server/config",
    at: "packages/server/src/config/",
    rooms: [...below, "server/gcm", "server/ports"],
    npm: ["yaml"],
    node: "*",
  },
  {
    name: "server/cli",
    at: "packages/server/src/cli/",
    rooms: [
      "kernel",
      "matching",
      "model",
      "server/audit",
      "server/compose",
      "server/config",
      "server/documents",
      "server/exports",
      "server/runtime",
      "server/store-port",
      "server/ports",
      "api",
    ],
    npm: ["@clack/prompts", "commander", "cli-progress", "csv-parse"],
    node: "*",
  },
  {
    name: "server/agents",
    at: "packages/server/src/agents/",
    rooms: ["insight", "server/runtime"],
    npm: [],
    node: [],
  },
  {
    name: "server/demo",
    at: "packages/server/src/demo/",
    rooms: [...below, ...everyServerRoom, "twin"],
    npm: "*",
    node: "*",
  },

  // Parts of the composition.
  {
    name: "server/side",
    at: "packages/server/src/side.ts",
    rooms: [...below, "server/config", "server/platform", "server/ports", "server/runtime"],
    npm: "*",
    node: "*",
  },
  {
    name: "server/rules",
    at: "packages/server/src/rules/",
    rooms: below,
    npm: [],
    node: "*",
  },

  // Where everything is put together.
  ...["compose", "main", "index", "testing"].map((file): Room => ({
    name: `server/${file}`,
    at: `packages/server/src/${file}.ts`,
    rooms: [...below, ...everyServerRoom, "connectors", "twin"],
    npm: "*",
    node: "*",
  })),
  // The parts that the program loads, each when it is due.
  ...["command-line", "serving"].map((file): Room => ({
    name: `server/${file}`,
    at: `packages/server/src/${file}.ts`,
    rooms: [...below, ...everyServerRoom.filter((room) => room !== "server/main")],
    npm: [],
    node: "*",
  })),

  // What stands outside and looks in.
  { name: "sim", at: "packages/sim/", rooms: "*", npm: "*", node: "*" },
  { name: "test", at: "test/", rooms: "*", npm: "*", node: "*" },
  { name: "bench", at: "bench/", rooms: "*", npm: "*", node: "*" },
  { name: "examples", at: "examples/", rooms: "*", npm: "*", node: "*" },
  { name: "integrations", at: "integrations/", rooms: ["client", "api"], npm: "*", node: "*" },
  { name: "tidy", at: "tools/tidy/", rooms: [], npm: ["oxc-parser", "vitest"], node: "*" },
  { name: "gates", at: "tools/gates/", rooms: [], npm: ["fast-check", "vitest"], node: "*" },
];
