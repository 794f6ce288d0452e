import { readingOf } from "@crossfoot/connector-sdk";
import type { Connection, Connector, Operations, Session } from "@crossfoot/connector-sdk";
import { readStockByIds, readStockIds, readStockPage } from "./inventory.ts";
import { closedPeriods } from "./lock-dates.ts";
import { manifestOf } from "./manifest.ts";
import { defaultMapping } from "./mapping.ts";
import type { EntityName, ExternalId } from "./native.ts";
import { createOdoo } from "./odoo.ts";
import { operationsOf } from "./operations.ts";
import { checkOptions, readOptions } from "./options.ts";
import type { Options } from "./options.ts";
import { prepare } from "./prepare.ts";
import { probe } from "./probe.ts";
import { readByIds, readIds, readPage } from "./reader.ts";
import { describe } from "./schema.ts";
import { shapes } from "./shapes.ts";
import { foreseeRefusal, sendWrites } from "./writer.ts";

export { createOdoo } from "./odoo.ts";
export type { Login, Odoo, Rows, Search } from "./odoo.ts";
export { ownReferenceField } from "./options.ts";
export type { Options as OdooOptions } from "./options.ts";
export type { Call } from "./wire.ts";

/** An Odoo connection, with all the operations that it offers. */
export interface OdooConnection extends Connection {
  readonly operations: Required<Operations>;
}

/** A record in the web client; the address without a view is the same in all versions. */
function recordUrl({ webClient, database }: Options, entity: EntityName, id: ExternalId): string | null {
  const model = entity === "inventory" ? "product.product" : shapes[entity]?.model;
  const key = String(id).split(":")[0];
  if (webClient === null || model === undefined || key === undefined) return null;
  const query = `db=${encodeURIComponent(database)}#id=${encodeURIComponent(key)}&model=${model}&view_type=form`;
  return `${webClient.replace(/\/+$/, "")}/web?${query}`;
}

/** Opens a connection to one database of an Odoo server. Nothing is sent before the first call. */
export function openOdoo(session: Session): OdooConnection {
  const options = readOptions(session.options);
  const odoo = createOdoo(session, options);
  return {
    manifest: manifestOf(options),
    describe: async () => describe(odoo),
    ...readingOf({
      title: "Odoo",
      shapes,
      records: {
        page: async (shape, request) => readPage(odoo, shape, request),
        byIds: async (shape, wanted) => readByIds(odoo, shape, wanted),
        ids: async (shape, cursor) => readIds(odoo, shape, cursor),
      },
      stock: {
        page: async (request) => readStockPage(odoo, request),
        byIds: async (wanted) => readStockByIds(odoo, wanted),
        ids: async (cursor) => readStockIds(odoo, cursor),
      },
    }),
    closedPeriods: async () => closedPeriods(odoo),
    write: async (writes) => sendWrites(odoo, writes),
    foreseeRefusal: async (write) => foreseeRefusal(odoo, write),
    probe: async (request) => probe(odoo, request),
    prepare: async (request) => prepare(odoo, request),
    recordUrl: (entity, id) => recordUrl(options, entity, id),
    operations: operationsOf(odoo),
    receive: () => ({ ok: false, fault: "forged", reason: "webhooks of Odoo are not set up" }),
  };
}

/** The connector for Odoo 17 to 19, over JSON-2 or JSON-RPC. */
export const odoo: Connector = {
  system: "odoo",
  checkOptions,
  open: async (session) => openOdoo(session),
  defaultMapping,
};
