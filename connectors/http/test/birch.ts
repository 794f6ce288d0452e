import type { HttpAnswer, HttpRequest } from "@crossfoot/connector-sdk";
import type { JsonMap } from "../src/wire.ts";
import { reply } from "./session.ts";
import type { Answering } from "./session.ts";

/** One row of the made-up ERP: a number, a stamp in whole seconds, a version. */
export interface BirchRow extends JsonMap {
  readonly id: number;
  readonly changed: number;
  readonly row_version: string;
}

type Query = { readonly [name: string]: string };

/**
 * Birch: a list ordered by (changed, id), read by offset; fields without value are left out; rows of a bulk
 * call have no status. `between` runs before each answer, so that a test can move rows while a list is
 * read.
 */
export class Birch {
  readonly rows: Map<number, BirchRow> = new Map();
  between: (requestNumber: number) => void = () => undefined;
  #requests = 0;
  #versions = 0;

  constructor(count: number, stampOf: (id: number) => number = (id) => 1_700_000_000 + id) {
    for (let id = 1; id <= count; id += 1) this.put(id, { name: `row ${id}`, changed: stampOf(id) });
  }

  put(id: number, fields: JsonMap): BirchRow {
    this.#versions += 1;
    const before = this.rows.get(id) ?? { changed: 0 };
    const merged = { ...before, ...fields, id, row_version: `v${this.#versions}` };
    const kept = Object.entries(merged).filter(([, value]) => value !== null);
    const row = Object.fromEntries(kept) as unknown as BirchRow;
    this.rows.set(id, row);
    return row;
  }

  readonly answer: Answering = (request: HttpRequest): HttpAnswer => {
    this.#requests += 1;
    this.between(this.#requests);
    const { path, query = {} } = request;
    const parts = path.split("/").slice(1);
    if (parts[1] === "ids") return this.#page(this.#byId(), query);
    if (parts[1] === "bulk") return this.#bulk(JSON.parse(request.body ?? "{}") as JsonMap);
    if (parts[1] !== undefined) return this.#one(Number(parts[1]), request);
    if (request.method === "POST") return this.#create(JSON.parse(request.body ?? "{}") as JsonMap);
    const { id, ext } = query;
    if (id !== undefined) return this.#page(this.#named("id", id.split(",")), { limit: "100" });
    if (ext !== undefined) return this.#page(this.#named("ext", [ext]), { limit: "100" });
    const from = Number(query["from"] ?? "0");
    const stamped = [...this.rows.values()].filter((row) => row.changed >= from);
    return this.#page(
      stamped.toSorted((a, b) => a.changed - b.changed || a.id - b.id),
      query,
    );
  };

  #byId(): readonly BirchRow[] {
    return [...this.rows.values()].toSorted((a, b) => a.id - b.id);
  }

  #named(field: string, values: readonly string[]): readonly BirchRow[] {
    return this.#byId().filter((row) => values.includes(String(row[field] as string | number | undefined)));
  }

  #page(rows: readonly JsonMap[], query: Query): HttpAnswer {
    const offset = Number(query["offset"] ?? "0");
    const shown = rows.slice(offset, offset + Number(query["limit"] ?? "5"));
    return reply(200, { count: rows.length, rows: shown });
  }

  #one(id: number, request: HttpRequest): HttpAnswer {
    const row = this.rows.get(id);
    if (row === undefined) return reply(404, { code: "NOT_THERE" });
    if (request.method === "GET") return reply(200, row);
    const { expected, ...fields } = JSON.parse(request.body ?? "{}") as JsonMap;
    if (expected !== undefined && expected !== row.row_version) return reply(409, { code: "OLD_VERSION" });
    return reply(200, this.put(id, fields));
  }

  #create(fields: JsonMap): HttpAnswer {
    return reply(201, this.put(this.rows.size + 1, { changed: 1_800_000_000, ...fields }));
  }

  #bulk(body: JsonMap): HttpAnswer {
    const results = (body["rows"] as readonly JsonMap[]).map(({ id, expected, ...fields }): JsonMap => {
      if (fields["name"] === "bad") return { ok: false, code: "BAD", field: "name" };
      if (fields["name"] === "odd") return { ok: false, code: "SURPRISE" };
      const before = typeof id === "number" ? this.rows.get(id) : undefined;
      const isStale = before !== undefined && expected !== undefined && expected !== before.row_version;
      if (isStale) return { ok: false, code: "OLD_VERSION" };
      const place = typeof id === "number" ? id : this.rows.size + 1;
      return { ok: true, row: this.put(place, { changed: 1_800_000_000, ...fields }) };
    });
    return reply(200, { results });
  }
}
