import { ConnectorError } from "./failure.ts";
import type { Connection, IdPage, NativeRecord, Page, ReadRequest } from "./ports.ts";

/** A record of which only its id and what became of it are known; `into` is where a merged one went. */
export const goneRecord = (
  id: NativeRecord["id"],
  kind: NativeRecord["kind"] = "deleted",
  into: NativeRecord["into"] = null,
): NativeRecord => ({
  id,
  kind,
  native: {},
  version: null,
  versionOrder: null,
  modifiedAt: null,
  actor: null,
  into,
});

type Ids = { readonly roots: readonly string[]; readonly ids: readonly NativeRecord["id"][] };
type Reading = Pick<Connection, "read" | "readByIds" | "readIds">;

/**
 * The reading half of a connection to an ERP whose entities are each read in a shape, with stock by product
 * and warehouse beside them, which has no record of its own there. An entity without a shape is refused
 * (`entity_unknown`).
 */
export function readingOf<Shape>(system: {
  readonly title: string;
  readonly shapes: { readonly [entity: string]: Shape };
  readonly records: {
    readonly page: (shape: Shape, request: ReadRequest) => Promise<Page>;
    readonly byIds: (shape: Shape, wanted: Ids) => Promise<readonly NativeRecord[]>;
    readonly ids: (shape: Shape, cursor: string | null) => Promise<IdPage>;
  };
  readonly stock: {
    readonly page: (request: ReadRequest) => Promise<Page>;
    readonly byIds: (wanted: Ids) => Promise<readonly NativeRecord[]>;
    readonly ids: (cursor: string | null) => Promise<IdPage>;
  };
}): Reading {
  const { title, shapes, records, stock } = system;
  const shapeOf = (entity: string): Shape => {
    const shape = shapes[entity];
    if (shape !== undefined) return shape;
    const message = `${title} has no entity ${entity}`;
    throw new ConnectorError({ failure: "unsupported", code: "entity_unknown", message });
  };
  return {
    read: async (request) =>
      request.entity === "inventory" ? stock.page(request) : records.page(shapeOf(request.entity), request),
    readByIds: async ({ entity, ...wanted }) =>
      entity === "inventory" ? stock.byIds(wanted) : records.byIds(shapeOf(entity), wanted),
    readIds: async ({ entity, cursor }) =>
      entity === "inventory" ? stock.ids(cursor) : records.ids(shapeOf(entity), cursor),
  };
}
