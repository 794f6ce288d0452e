import { readingOf } from "@crossfoot/connector-sdk";
import type { Connection, Connector, Operations, Session } from "@crossfoot/connector-sdk";
import { readStockByIds, readStockIds, readStockPage } from "./inventory.ts";
import { manifestOf } from "./manifest.ts";

import { defaultMapping } from "./mapping.ts";
import type { EntityName, ExternalId } from "./native.ts";
import { closedPeriods } from "./period.ts";
import { operationsOf } from "./operations.ts";
import { checkOptions, readOptions } from "./options.ts";
import type { Options } from "./options.ts";
import { probe } from "./probe.ts";
import { readByIds, readIds, readPage } from "./reader.ts";
import { createRpc } from "./rpc.ts";
import { describe, shapes } from "./schema.ts";
import type { TrytonDescription } from "./schema.ts";
import { foreseeRefusal, sendWrites } from "./writer.ts";

export { referencePrefix } from "./party.ts";
export type { Options as TrytonOptions } from "./options.ts";
export type { TrytonDescription } from "./schema.ts";

/** A Tryton connection; `describe` also names the rights that are missing. */
export interface TrytonConnection extends Connection {
  describe(): Promise<TrytonDescription>;
  readonly operations: Required<Operations>;
}

/** Screens of the web client by entity. */
function recordUrl({ webClient, database }: Options, entity: EntityName, id: ExternalId): string | null {
  if (webClient === null) return null;
  const isStock = entity === "inventory";
  const model = isStock ? "product.product" : shapes[entity]?.model;
  const key = isStock ? String(id).split(":")[0] : String(id);
  if (model === undefined || key === undefined) return null;
  return `${webClient.replace(/\/+$/, "")}/#${encodeURIComponent(database)}/model/${model}/${encodeURIComponent(key)}`;
}

/** Opens a connection to one database of a Tryton server. Nothing is sent before the first call. */
export function openTryton(session: Session): TrytonConnection {
  const options = readOptions(session.options);
  const rpc = createRpc(session, options);
  return {
    manifest: manifestOf(options),
    describe: async () => describe(rpc),
    ...readingOf({
      title: "Tryton",
      shapes,
      records: {
        page: async (shape, request) => readPage(rpc, shape, request),
        byIds: async (shape, wanted) => readByIds(rpc, shape, wanted),
        ids: async (shape, cursor) => readIds(rpc, shape, cursor),
      },
      stock: {
        page: async (request) => readStockPage(rpc, request),
        byIds: async (wanted) => readStockByIds(rpc, wanted),
        ids: async (cursor) => readStockIds(rpc, cursor),
      },
    }),
    closedPeriods: async () => closedPeriods(rpc),
    write: async (writes) => sendWrites(rpc, writes),
    foreseeRefusal: async (write) => foreseeRefusal(rpc, write),
    probe: async (request) => probe(rpc, request),
    recordUrl: (entity, id) => recordUrl(options, entity, id),
    receive: () => ({ ok: false, fault: "forged", reason: "Tryton sends no webhooks" }),
    operations: operationsOf(rpc),
  };
}

/** The connector for Tryton 6.0 over JSON-RPC. */
export const tryton: Connector = {
  system: "tryton",
  checkOptions,
  open: async (session) => openTryton(session),
  defaultMapping,
};
