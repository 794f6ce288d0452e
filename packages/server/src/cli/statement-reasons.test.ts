import { ConnectorError } from "@crossfoot/connector-sdk";
import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Statement } from "@crossfoot/model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { inMemory } from "../runtime/testing/random-world.ts";
import { customer, miniWorld } from "../runtime/testing/world.ts";
import type { MiniWorld } from "../runtime/testing/world.ts";
import { command } from "./testing.ts";

/** What a system shows of a record that one may not see, or that is outside what is asked for. */
type Hidden = Map<string, "not_permitted" | "out_of_scope">;

const contract = {
  entities: {
    accounts: { fields: { name: { policy: "review" }, number: { direction: "compare" } } },
    quotes: { direction: "both" },
  },
};

/** Tax of each line by itself, half up, as the small CRM reckons it; it keeps no total that it is told. */
function byLine(entity: string, fields: JsonMap): JsonMap {
  const { lines } = fields;
  if (entity !== "orders" || !Array.isArray(lines) || lines.length === 0) return fields;
  const nets = lines.map((line: Json) => (isMap(line) ? Number(line["net"]) : 0));
  const net = nets.reduce((sum, each) => sum + each, 0);
  const tax = nets.reduce((sum, each) => sum + Math.round(each * 19.000001) / 100, 0);
  return { ...fields, tax: tax.toFixed(2), gross: (net + tax).toFixed(2) };
}

/** The small ERP keeps this mail address in capital letters. */
const loud = (fields: JsonMap): JsonMap =>
  fields["email"] === "loud@x.example" ? { ...fields, email: "LOUD@X.EXAMPLE" } : fields;

async function open(hidden: Hidden): Promise<MiniWorld> {
  return miniWorld({
    database: inMemory,
    contract,
    hasDocuments: true,
    crm: { transform: byLine },
    erp: { transform: (entity, fields) => (entity === "accounts" ? loud(fields) : fields) },
    wrapConnection: (id, connection) => {
      if (id !== "erp") return connection;
      const shown = <Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] =>
        rows.map((row) => ({ ...row, kind: hidden.get(row.id) ?? ("kind" in row ? row.kind : "present") }));
      return {
        ...connection,
        read: async (request) => {
          const page = await connection.read(request);
          return { ...page, records: shown(page.records) };
        },
        readByIds: async (request) => shown(await connection.readByIds(request)),
      };
    },
  });
}

interface Planted {
  readonly mini: MiniWorld;
  readonly hidden: Hidden;
}

/** One difference of each reason. */
async function plantAll(): Promise<Planted> {
  const hidden: Hidden = new Map();
  const mini = await open(hidden);
  const { crm, erp, engine } = mini;
  const run = async (options: Parameters<typeof engine.run>[0] = {}) => {
    mini.pass(10_000);
    return engine.run(options);
  };
  const made = (name: string, more: JsonMap = {}): string =>
    crm.add("accounts", { ...customer, name, taxId: `FR-${name}`, email: `${name}@x.example`, ...more });
  const ids = Object.fromEntries(
    ["Conflict", "Parked", "Flight", "Undone", "Kept", "Denied", "Outside", "Books"].map((name) => [
      name,
      made(name),
    ]),
  );
  const id = (name: string): string => ids[name] ?? "";
  made("Loud", { email: "loud@x.example" });
  const lead = made("Lead", { status: "lead" });
  crm.add("contacts", { given: "Lea", family: "Lead", email: "lea@x.example", account: lead });
  const product = erp.add("products", { sku: "A-1", name: "Anvil", unit: "pcs" });
  await run();
  const there = (name: string): string =>
    erp.rows("accounts").find(({ fields }) => fields["name"] === name)?.id ?? "";
  // Documents of the books: one whose tax the CRM reckons by line, one that is deleted in the CRM.
  const line = (row: string): Json => ({
    id: row,
    product,
    qty: "1",
    unit: "pcs",
    price: "10.03",
    net: "10.03",
  });
  const order = { date: "2026-01-05", account: there("Books"), status: "open", currency: "EUR" };
  erp.add("orders", {
    ...order,
    number: "SO-1",
    lines: [line("1"), line("2")],
    net: "20.06",
    tax: "3.81",
    gross: "23.87",
  });
  erp.add("invoices", {
    ...order,
    number: "RE-1",
    lines: [],
    net: "1.00",
    tax: "0.19",
    gross: "1.19",
    open: "1.19",
  });
  const quote = crm.add("quotes", {
    ...{ number: "Q-1", date: "2026-01-05", account: id("Books"), status: "accepted", currency: "EUR" },
    lines: [{ id: "1", product: crm.rows("products")[0]?.id ?? "", qty: "2", unit: "pcs", price: "5" }],
  });
  await run();
  erp.edit("quotes", erp.rows("quotes")[0]?.id ?? "", { status: "converted" });
  await run();
  crm.edit("quotes", quote, { number: "Q-LATE" });
  crm.edit("accounts", id("Undone"), { email: "undone@x.example" });
  const { runId } = await run();
  mini.pass(10_000);
  await engine.apply(await engine.undo({ what: "run", id: runId, by: "ada" }));
  crm.edit("accounts", id("Kept"), { number: "K-1" });
  erp.edit("accounts", there("Kept"), { number: "K-2" });
  erp.faults = ["refused"];
  crm.edit("accounts", id("Parked"), { email: "parked@x.example" });
  await run();
  // A customer that the ERP refuses: its contact waits.
  const refused = made("Refused");
  crm.add("contacts", { given: "Wanda", family: "Waits", email: "wanda@x.example", account: refused });
  erp.faults = ["refused"];
  await run();
  crm.edit("accounts", id("Conflict"), { name: "Conflict crm" });
  erp.edit("accounts", there("Conflict"), { name: "Conflict erp" });
  made("Twin", { taxId: "FR-Books" });
  await run();
  hidden.set(there("Denied"), "not_permitted");
  hidden.set(there("Outside"), "out_of_scope");
  erp.edit("accounts", there("Denied"), { email: "denied@x.example" });
  erp.edit("accounts", there("Outside"), { email: "outside@x.example" });
  crm.remove("invoices", crm.rows("invoices")[0]?.id ?? "");
  await run({ sweep: true });
  crm.edit("accounts", id("Flight"), { email: "flight@x.example" });
  await run({ observe: true });
  return { mini, hidden };
}

/** Differences and missing records, `entity label field reason`. */
const toldBy = ({ entities }: Statement): readonly string[] =>
  entities
    .flatMap(({ entity, differences, missing }) => [
      ...differences.map(({ label, field, reason }) => `${entity} ${label} ${field} ${reason}`),
      ...missing.map(({ label, missingOn, reason }) => `${entity} ${label} not in ${missingOn} ${reason}`),
    ])
    .toSorted();

/** What a person sees of it, and only that. */
const every = [
  "accounts Conflict crm name conflict",
  "accounts Denied not in erp not_permitted",
  "accounts Flight email in_flight",
  "accounts Kept number kept_difference",
  "accounts Lead not in erp not_wanted",
  "accounts Loud email lossy_target",
  "accounts Outside not in erp out_of_scope",
  "accounts Parked email parked",
  "accounts Refused not in erp parked",
  "accounts Twin (crm:crm-20) not in erp candidate",
  "accounts Undone email undone",
  "contacts lea@x.example not in erp parent_not_wanted",
  "contacts wanda@x.example not in erp waiting_for_parent",
  "invoices RE-1 not in crm deleted_elsewhere",
  "orders SO-1 gross explained_cent",
  "orders SO-1 tax explained_cent",
  "quotes Q-LATE number closed_by_state",
];
/** What no command settles, since it is what was agreed, or lies in a system. */
const staying = [
  ...["not_permitted", "out_of_scope", "kept_difference", "not_wanted", "lossy_target", "undone"],
  ...["parent_not_wanted", "explained_cent", "closed_by_state"],
];

describe("a difference of every reason, planted at once through the runtime", () => {
  let folder: TempFolder;
  let planted: Planted;
  beforeAll(async () => {
    folder = tempFolder();
    writeFiles(folder.path, { "crossfoot.yaml": plainProject });
    planted = await plantAll();
  });
  afterAll(() => folder.remove());
  const cli = (line: string) =>
    command([...line.replace(/^crossfoot /, "").split(" "), "--project", folder.path], {
      engine: { ...planted.mini.engine, close: () => Promise.resolve() },
    });

  /** Commands by the difference that they settle. */
  const commandsOf = ({ entities }: Statement): ReadonlyMap<string, string> =>
    new Map(
      entities.flatMap(({ entity, differences, missing }) =>
        [...differences, ...missing].map(({ label, reason, command: line }): [string, string] => [
          `${entity} ${label} ${reason}`,
          line,
        ]),
      ),
    );

  test("is found by its reason, and nothing else is; the totals tie", async () => {
    const statement = await planted.mini.engine.statement();
    expect(toldBy(statement)).toEqual(every);
    expect([statement.isExplained, statement.footing.isTied, statement.isEqual]).toEqual([true, true, false]);
    const cents = statement.entities.flatMap(({ differences }) =>
      differences.filter(({ reason }) => reason === "explained_cent"),
    );
    expect(cents.map(({ because }) => because.join().includes("per line"))).toEqual([true, true]);
    const told = statement.footing.byReason.map(({ reason, difference }) => [reason, difference]);
    expect(told).toEqual([
      ["deleted_elsewhere", { invoiced: "-1.19", open: "-1.19" }],
      ["explained_cent", { orders: "0.01" }],
    ]);
  });

  test("is found by the same reason when only its own entity is looked at", async () => {
    for (const entity of ["contacts", "orders", "invoices"])
      expect(toldBy(await planted.mini.engine.statement({ only: [entity] }))).toEqual(
        every.filter((line) => line.startsWith(entity)),
      );
  });

  test("is found as well while a system is away, and nothing counts as not wanted that is", async () => {
    const { world, restart, engine } = planted.mini;
    const away = new ConnectorError({ failure: "transient", code: "away", message: "away" });
    const sides = world.sides.map((side) =>
      side.id === "erp" ? { ...side, open: () => Promise.reject(away) } : side,
    );
    const statement = await restart({ sides }).statement();
    expect(toldBy(statement)).toEqual(toldBy(await engine.statement()));
  });

  test("is settled by its command where one can, and the rest stays as it is", async () => {
    const { engine, pass } = planted.mini;
    const commands = commandsOf(await engine.statement());
    for (const line of new Set(commands.values())) {
      const { code, err } = await cli(line);
      expect([line, [0, 2].includes(code), err]).toEqual([line, true, ""]);
    }
    for (let runs = 0; runs < 3; runs += 1) {
      pass(10_000);
      await engine.run({ sweep: true });
    }
    const after = await engine.statement();
    const kept = "invoices RE-1 not in crm kept_difference";
    const rest = [
      ...every.filter((line) => staying.some((reason) => line.endsWith(reason))),
      kept,
    ].toSorted();
    expect(toldBy(after)).toEqual(rest);
    expect(after.isExplained).toBe(true);
  });
});
