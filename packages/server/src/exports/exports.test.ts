import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectionId } from "@crossfoot/kernel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ExportTerms } from "../config/project.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { inMemory } from "../runtime/testing/random-world.ts";
import { customer, miniWorld } from "../runtime/testing/world.ts";
import type { MiniWorld } from "../runtime/testing/world.ts";
import { exportText } from "./export-file.ts";
import type { ExportName, ExportSource } from "./export-rows.ts";
import { exportWhenDue } from "./scheduled.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const line = (product: string, qty: string, price: string, unit = "pcs"): Record<string, string> => ({
  ...{ id: `${product}${qty}`, product, qty, unit, price, net: price },
});

interface Scene extends MiniWorld {
  readonly source: ExportSource;
}

/** A customer whose name a spreadsheet would compute, three orders and two quotes. */
async function traded(): Promise<Scene> {
  const mini = await miniWorld({ database: inMemory, hasDocuments: true });
  const account = mini.erp.add("accounts", { ...customer, name: '=HYPERLINK("x"), Ltd', number: "D-1" });
  const bolt = mini.erp.add("products", { sku: "B-1", name: "Bolt; long", unit: "pcs" });
  const nut = mini.erp.add("products", { sku: "N-1", name: "Nut", unit: "pcs" });
  const head = { account, currency: "EUR" };
  const order = (number: string, date: string, status: string, ...lines: Record<string, string>[]): void =>
    void mini.erp.add("orders", { ...head, number, date, status, lines });
  order("O-1", "2026-01-05", "open", line(bolt, "0.1", "2.00"), line(nut, "4", "1.00"));
  order("O-2", "2026-01-20", "delivered", line(bolt, "0.2", "2.00"), line(bolt, "3", "20.00", "box"));
  order("O-3", "2026-02-01", "cancelled", line(bolt, "50", "2.00"));
  await mini.engine.run();
  const crmAccount = mini.crm.rows("accounts")[0]?.id ?? "";
  const crmBolt = mini.crm.rows("products").find(({ fields }) => fields["sku"] === "B-1")?.id ?? "";
  const quote = (number: string, status: string): void =>
    void mini.crm.add("quotes", {
      ...{ account: crmAccount, currency: "EUR", number, date: "2026-02-03", status },
      lines: [line(crmBolt, "7", "1.90")],
    });
  quote("Q-1", "sent");
  quote("Q-2", "rejected");
  await mini.engine.run();
  return {
    ...mini,
    source: {
      records: (entity, connection) => mini.engine.records(entity, connection),
      ...{ crm: connectionId("crm"), erp: connectionId("erp"), has: () => true },
    },
  };
}

async function text(
  { source }: Scene,
  name: ExportName,
  more: { readonly format?: "csv" | "jsonl"; readonly since?: string } = {},
): Promise<string> {
  let all = "";
  const { format = "csv", since = null } = more;
  for await (const part of exportText(source, { name, format, since })) all += part;
  return all;
}
const rows = async (scene: Scene, name: ExportName, since?: string): Promise<Record<string, string>[]> =>
  (await text(scene, name, { format: "jsonl", ...(since === undefined ? {} : { since }) }))
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => JSON.parse(each) as Record<string, string>);

describe("an export", () => {
  test("of orders has a row a line, with names, and nothing that a spreadsheet computes", async () => {
    const scene = await traded();
    const told = await rows(scene, "order-history");
    expect(
      told.map(({ number, date, account, sku, quantity, unit, net }) => [
        ...[number, date, account, sku],
        ...[quantity, unit, net],
      ]),
    ).toEqual([
      ["O-1", "2026-01-05", '=HYPERLINK("x"), Ltd', "B-1", "0.1", "pcs", "2"],
      ["O-1", "2026-01-05", '=HYPERLINK("x"), Ltd', "N-1", "4", "pcs", "1"],
      ["O-2", "2026-01-20", '=HYPERLINK("x"), Ltd', "B-1", "0.2", "pcs", "2"],
      ["O-2", "2026-01-20", '=HYPERLINK("x"), Ltd', "B-1", "3", "box", "20"],
      ["O-3", "2026-02-01", '=HYPERLINK("x"), Ltd', "B-1", "50", "pcs", "2"],
    ]);
    const csv = await text(scene, "order-history");
    expect(csv).toContain(`"'=HYPERLINK(""x""), Ltd"`);
    expect(csv.split("\n")[0]).toContain("order_id,number,date,status,account_id");
    expect((await rows(scene, "order-history", "2026-01-20")).map(({ number }) => number)).toEqual([
      ...["O-2", "O-2", "O-3"],
    ]);
  });

  test("of demand adds up exactly, each unit apart, and leaves out what is no order", async () => {
    const told = await rows(await traded(), "demand");
    expect(
      told.map(({ month, sku, unit, orders, quantity }) => [month, sku, unit, orders, quantity]),
    ).toEqual([
      ["2026-01", "B-1", "box", "1", "3"],
      ["2026-01", "B-1", "pcs", "2", "0.3"],
      ["2026-01", "N-1", "pcs", "1", "4"],
    ]);
  });

  test("of the pipeline has the open quotes", async () => {
    const told = await rows(await traded(), "pipeline");
    expect(
      told.map(({ number, status, sku, quantity, unit_price }) => [
        ...[number, status, sku, quantity, unit_price],
      ]),
    ).toEqual([["Q-1", "sent", "B-1", "7", "1.9"]]);
  });

  test("where neither system has orders there is a header and no row", async () => {
    const scene = await traded();
    const none = { ...scene, source: { ...scene.source, has: () => false } };
    expect((await text(none, "order-history")).split("\n")).toHaveLength(2);
  });
});

describe("scheduled exports", () => {
  const hour = 3_600_000;
  const noon = Date.UTC(2026, 1, 3, 12, 30);
  const terms = (more: Partial<ExportTerms> = {}): ExportTerms => ({
    ...{ everyMs: hour, folder: join(folder.path, "out"), format: "csv", keep: 2, ...more },
  });
  const at = (now: number, isReady = true): Parameters<typeof exportWhenDue>[2] => ({
    ...{ now, signal: new AbortController().signal, isReady: () => Promise.resolve(isReady) },
  });
  const files = (): readonly string[] => readdirSync(join(folder.path, "out")).toSorted();

  test("are written once a step of time, for their owner alone, and the oldest go", async () => {
    const { source } = await traded();
    expect(await exportWhenDue(source, terms(), at(noon))).toHaveLength(3);
    expect(await exportWhenDue(source, terms(), at(noon + 60_000))).toEqual([]);
    writeFileSync(join(folder.path, "out", "demand-mine.csv"), "kept");
    for (const hours of [1, 2]) await exportWhenDue(source, terms(), at(noon + hours * hour));
    expect(files()).toEqual([
      ...["demand-2026-02-03T1300Z.csv", "demand-2026-02-03T1400Z.csv", "demand-mine.csv"],
      ...["order-history-2026-02-03T1300Z.csv", "order-history-2026-02-03T1400Z.csv"],
      ...["pipeline-2026-02-03T1300Z.csv", "pipeline-2026-02-03T1400Z.csv"],
    ]);
    const file = join(folder.path, "out", "demand-2026-02-03T1400Z.csv");
    expect([statSync(file).mode & 0o777, readFileSync(file, "utf8").split("\n").length]).toEqual([0o600, 5]);
  });

  test("wait until everything was loaded, and leave nothing half", async () => {
    const { source } = await traded();
    expect(await exportWhenDue(source, terms(), at(noon, false))).toEqual([]);
    const broken: ExportSource = {
      ...source,
      async *records(entity, connection) {
        yield* source.records(entity, connection);
        if (entity === "orders") throw new Error("the store is away");
      },
    };
    await expect(exportWhenDue(broken, terms(), at(noon))).rejects.toThrow("the store is away");
    const stopped = { ...at(noon), signal: AbortSignal.abort() };
    expect(await exportWhenDue(source, terms(), stopped)).toEqual([]);
    expect(files()).toEqual([]);
    expect(await exportWhenDue(source, terms(), at(noon))).toHaveLength(3);
  });

  test("that cannot be written reject, and come when they can", async () => {
    const { source } = await traded();
    writeFileSync(join(folder.path, "out"), "a file in the way");
    await expect(exportWhenDue(source, terms(), at(noon))).rejects.toThrow("out");
  });
});
