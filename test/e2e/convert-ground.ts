/** Where won quotes are turned into orders: a CRM twin and an ERP, each behind a rude line, and a project. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCrm, createErp, seedDemo } from "@crossfoot/twin";
import type { Crm } from "@crossfoot/twin";
import { tempFolder } from "crossfoot/testing";
import { openLiveStage } from "../live/scenarios/live-stage.ts";
import type { LiveSystem } from "../live/scenarios/live-erp.ts";
import { openRudeProxy, readsCrm } from "../live/scenarios/rude-proxy.ts";
import type { Fate, RudeProxy } from "../live/scenarios/rude-proxy.ts";
import { companyName } from "../live/scenarios/company.ts";
import { writeTwinProject } from "./twin-project.ts";

/** A sale of the ERP that came from Crossfoot. */
interface MadeSale {
  /** The ERP's id of the order, or of the quote that became none. */
  readonly id: string;
  readonly number: string;
  readonly isOrder: boolean;
}

/** The systems of a course. */
export interface ConvertGround {
  readonly crm: Crm;
  readonly folder: string;
  readonly lines: readonly RudeProxy[];
  /** What becomes of writing calls, each as likely as the others. */
  readonly fates: readonly Fate[];
  /** Heads and the line of a quote, but for its numbers. */
  readonly account: () => string;
  readonly goods: () => { readonly product: string; readonly unit: string; readonly warehouse: string };
  /** Every sale that Crossfoot made, those that became no order included. */
  readonly sales: () => Promise<readonly MadeSale[]>;
  /** How long a caller goes on asking, ms. */
  readonly patienceMs: number;
  readonly close: () => Promise<void>;
}

const settings = `
guard: { create: { countFree: 1000000 }, update: { countFree: 1000000 } }
cadence: { quotes: 2s, orders: 2s }
server: { port: 0, ratePerMinute: 1000000 }
`;
const troubles: readonly Fate[] = ["lose", "lose", "error", "gateway", "slow", "busy", "drop", "hang"];

/** A field of a twin's record that is text; empty when it shows none. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Both twins in agreement. */
export async function twinGround(storeUrl: string | undefined): Promise<ConvertGround> {
  const clock = (): number => Date.now();
  const [crm, erp] = [createCrm({ clock, seed: 1 }), createErp({ clock, seed: 1 })];
  const demo = seedDemo({ crm, erp, seed: 1, accounts: 4, products: 4, history: 0, quotes: 0, calm: true });
  const [crmUp, erpUp] = [await crm.listen(), await erp.listen()];
  const lines = [await openRudeProxy(crmUp.url, readsCrm), await openRudeProxy(erpUp.url, readsErp)] as const;
  const folder = tempFolder("memory");
  writeTwinProject(folder.path, {
    ...{ crm: lines[0].url, erp: lines[1].url },
    settings: ["timeoutSeconds: 2", "limits: { daily: 10000000, zone: Europe/Berlin }"],
    ...(storeUrl === undefined ? {} : { storeUrl }),
  });
  appendFileSync(join(folder.path, "crossfoot.yaml"), settings);
  const [shared, product] = [demo.shared[0], demo.sharedProducts[0]];
  if (shared === undefined || product === undefined) throw new Error("nothing is shared");
  const before = new Set(Object.keys(erp.state.records["sales_quotes"] ?? {}));
  const unit = crm.state.records["products"]?.[product.productId]?.["unit"];
  return {
    ...{ crm, folder: folder.path, lines, fates: troubles, patienceMs: 120_000 },
    account: () => shared.accountId,
    goods: () => ({
      product: product.productId,
      unit: typeof unit === "string" ? unit : "pcs",
      warehouse: "MAIN",
    }),
    sales: async () => {
      const orders = Object.values(erp.state.records["sales_orders"] ?? {});
      const quotes = Object.values(erp.state.records["sales_quotes"] ?? {});
      return quotes
        .filter(({ id }) => !before.has(String(id)))
        .flatMap((quote): readonly MadeSale[] => {
          const own = orders.filter((order) => order["source_quote_id"] === quote.id);
          if (own.length === 0) return [{ id: String(quote.id), number: "", isOrder: false }];
          return own.map(({ id, number }) => ({ id: String(id), number: textOf(number), isOrder: true }));
        });
    },
    close: async () => {
      for (const line of lines) await line.close();
      await crmUp.close();
      await erpUp.close();
      folder.remove();
    },
  };
}

const readsErp: typeof readsCrm = ({ method, path }) => method === "GET" || path.includes("/operations/");

/** A CRM twin and a real ERP. */
export async function liveGround(system: LiveSystem, storeUrl: string): Promise<ConvertGround> {
  if (system.reason !== null) throw new Error(system.reason);
  const stage = await openLiveStage(system, { seed: 1, accounts: 4, contactEvery: 100, products: 4 });
  const { crm, erp, folder, lines } = stage;
  const file = join(folder, "crossfoot.yaml");
  const text = readFileSync(file, "utf8").replace("embedded: ./store", 'url: "file:secrets/store"');
  writeFileSync(file, `${text}${settings}`);
  writeFileSync(join(folder, "secrets/store"), storeUrl, { mode: 0o600 });
  const find = (object: string, field: string, value: string): { readonly [field: string]: unknown } =>
    Object.values(crm.state.records[object] ?? {}).find((record) => record[field] === value) ?? {};
  const before = new Set((await erp.people.salesOf(erp.user)).map(({ id }) => id));
  return {
    ...{ crm, folder, lines: [lines.crm, lines.erp], patienceMs: 300_000 },
    // A call that never arrives is proven absent only after the longest transaction and a minute more.
    fates: ["lose", "lose", "lose", "error", "gateway", "slow", "busy"],
    account: () => String(find("accounts", "name", companyName(0))["id"]),
    goods: () => {
      const { id, unit } = find("products", "sku", erp.goods.code);
      return { product: String(id), unit: String(unit), warehouse: erp.goods.warehouse };
    },
    sales: async () => (await erp.people.salesOf(erp.user)).filter(({ id }) => !before.has(id)),
    close: stage.close,
  };
}
