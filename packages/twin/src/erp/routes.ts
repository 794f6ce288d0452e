import { describeField } from "../describe.ts";
import type { ObjectSchema } from "../field.ts";
import { isList, isMap, numberIn, textIn, type Json, type JsonMap } from "../json.ts";
import type { Answer, Call, Route } from "../route.ts";
import type { Webhooks } from "../webhook.ts";
import { actingAs } from "./books.ts";
import { BULK, CHANGEABLE, DELETABLE, runBulk, WRITABLE, type ErpDesk } from "./desk.ts";
import { erpPage, listRecords, pagingOf } from "./list.ts";
import { askAvailability, askCredit, askPrice } from "./operations.ts";
import { QUESTIONS } from "./operation-schemas.ts";
import { actOnOrder } from "./order.ts";
import { askOrderPreview } from "./preview.ts";
import { actOnQuote, QUOTE_ACTIONS, type QuoteAction } from "./quote.ts";
import { stockRow } from "./stock.ts";
import { ERP_TEXT_MAX, erpRefusal } from "./wire.ts";

/** What the routes of the ERP need. */
export interface ErpRouteParts {
  readonly desk: ErpDesk;
  readonly webhooks: Webhooks;
  readonly listLagMs: number;
  readonly company: () => JsonMap;
}

const BULK_MAX = 200;
const LIST: JsonMap = { type: "object", properties: { count: { type: "integer" }, rows: { type: "array" } } };

function ref(object: string): JsonMap {
  return { $ref: `#/components/schemas/${object}` };
}

function listOf(object: string): JsonMap {
  return {
    type: "object",
    properties: { count: { type: "integer" }, rows: { type: "array", items: ref(object) } },
  };
}

function bodyOf(call: Call): JsonMap {
  if (!isMap(call.body)) throw erpRefusal("bad-value", "", "expected a JSON body");
  return call.body;
}

function idOf(call: Call): number {
  const text = call.params["id"] ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

function readRoutes(parts: ErpRouteParts, schema: ObjectSchema): Route[] {
  const { desk } = parts;
  const object = schema.name;
  const writable = WRITABLE.includes(object) || CHANGEABLE.includes(object);
  const keys = { readOnly: "read_only", maxLength: "max_length", textMax: ERP_TEXT_MAX };
  const described = (): Json[] =>
    desk.books.records.schema(object).fields.map((field) => describeField(field, keys, !writable));
  const searchable = schema.fields.filter((field) => field.searchable === true).map((field) => field.name);
  return [
    {
      method: "GET",
      path: `/${object}`,
      operationId: `${object}.list`,
      summary: `List ${object}`,
      success: 200,
      query: ["offset", "limit", "changed_from", "id", ...searchable],
      response: listOf(object),
      run: (call) => ({
        status: 200,
        body: listRecords({ desk, object, listLagMs: parts.listLagMs }, call),
      }),
    },
    {
      method: "GET",
      path: `/${object}/ids`,
      operationId: `${object}.ids`,
      summary: `All ids of ${object}`,
      success: 200,
      query: ["offset", "limit"],
      response: LIST,
      run: (call) => {
        const all = desk.books.ledger.list(object, "id", 0);
        const show = (record: JsonMap): Json => ({
          id: record["id"] ?? null,
          row_version: record["row_version"] ?? null,
        });
        return { status: 200, body: erpPage(all, pagingOf(call, { most: 1000, usual: 500 }), show) };
      },
    },
    {
      method: "GET",
      path: `/meta/${object}`,
      operationId: `${object}.meta`,
      summary: `Fields of ${object}`,
      success: 200,
      response: LIST,
      run: () => ({ status: 200, body: { count: described().length, rows: described() } }),
    },
    {
      method: "GET",
      path: `/${object}/:id`,
      operationId: `${object}.get`,
      summary: `One of ${object}`,
      success: 200,
      response: ref(object),
      run: (call) => ({ status: 200, body: desk.show(object, desk.read(object, idOf(call))) }),
    },
  ];
}

function update(desk: ErpDesk, object: string, call: Call): Answer {
  const { expected_row_version: expected = null, ...body } = bodyOf(call);
  const options = { actor: call.actor, expected: typeof expected === "string" ? expected : null };
  return { status: 200, body: desk.show(object, desk.update({ object, id: idOf(call) }, body, options)) };
}

function bulk(desk: ErpDesk, object: string, call: Call): Answer {
  const given = bodyOf(call)["rows"];
  if (!isList(given) || given.length > BULK_MAX) {
    throw erpRefusal("bad-value", "rows", `expected at most ${BULK_MAX} rows`);
  }
  const { fault } = call;
  const failing = fault?.kind === "fail-rows" ? fault.rows : [];
  const code = fault?.kind === "fail-rows" ? (fault.code ?? "INTERNAL") : "INTERNAL";
  const results = runBulk({ desk, object, actor: call.actor, failing, code }, given);
  return { status: 200, body: { results: fault?.kind === "shuffle" ? results.toReversed() : results } };
}

function updateRoute(desk: ErpDesk, object: string): Route {
  return {
    method: "PUT",
    path: `/${object}/:id`,
    operationId: `${object}.update`,
    summary: `Update in ${object}`,
    success: 200,
    request: ref(object),
    response: ref(object),
    run: (call) => update(desk, object, call),
  };
}

function writeRoutes(desk: ErpDesk, object: string): Route[] {
  const routes: Route[] = [
    {
      method: "POST",
      path: `/${object}`,
      operationId: `${object}.create`,
      summary: `Create in ${object}`,
      success: 201,
      request: ref(object),
      response: ref(object),
      run: (call) => ({
        status: 201,
        body: desk.show(object, desk.create(object, bodyOf(call), call.actor)),
      }),
    },
    updateRoute(desk, object),
  ];
  if (DELETABLE.includes(object)) {
    routes.push({
      method: "DELETE",
      path: `/${object}/:id`,
      operationId: `${object}.delete`,
      summary: `Delete in ${object}`,
      success: 204,
      run: (call) => {
        desk.remove(object, idOf(call), call.actor);
        return { status: 204 };
      },
    });
  }
  if (BULK.includes(object)) {
    routes.push({
      method: "POST",
      path: `/${object}/bulk`,
      operationId: `${object}.bulk`,
      summary: `Several writes to ${object}`,
      success: 200,
      request: { type: "object", properties: { rows: { type: "array" } } },
      response: LIST,
      run: (call) => bulk(desk, object, call),
    });
  }
  return routes;
}

function refusedRoutes(object: string, methods: readonly ("POST" | "PUT" | "DELETE")[]): Route[] {
  return methods.map((method) => ({
    method,
    path: method === "POST" ? `/${object}` : `/${object}/:id`,
    success: 405,
    operationId: `${object}.${method.toLowerCase()}`,
    summary: `Refused for ${object}`,
    run: () => {
      throw erpRefusal("forbidden", "", `${method} is not for ${object}`);
    },
  }));
}

function quoteAction(desk: ErpDesk, action: QuoteAction): Route {
  return {
    method: "POST",
    path: `/sales_quotes/:id/actions/${action}`,
    operationId: `sales_quotes.${action}`,
    summary: `${action} a sales quote; in the wrong state nothing happens`,
    success: 200,
    response: ref("sales_quotes"),
    request: {
      type: "object",
      properties: { expected_row_version: { type: "string" }, reason: { type: "string" } },
    },
    run: (call) => {
      const body = isMap(call.body) ? call.body : {};
      const { records } = desk.books;
      const id = idOf(call);
      records.checkVersion(records.need("sales_quotes", id), textIn(body, "expected_row_version"));
      records.checkLock("sales_quotes", id);
      const press = { action, reason: textIn(body, "reason") };
      const { record, refused } = actOnQuote(actingAs(desk.books, call.actor), id, press);
      if (refused === null) return { status: 200, body: desk.show("sales_quotes", record) };
      const field = refused.field === null ? {} : { field: refused.field };
      return { status: refused.status, body: { code: refused.code, text: refused.message, ...field } };
    },
  };
}

function orderAction(desk: ErpDesk, action: "cancel" | "close"): Route {
  return {
    method: "POST",
    path: `/sales_orders/:id/actions/${action}`,
    operationId: `sales_orders.${action}`,
    summary: `${action} a sales order; in the wrong state nothing happens`,
    success: 200,
    response: ref("sales_orders"),
    run: (call) => {
      desk.books.records.need("sales_orders", idOf(call));
      desk.books.records.checkLock("sales_orders", idOf(call));
      return {
        status: 200,
        body: desk.show("sales_orders", actOnOrder(actingAs(desk.books, call.actor), idOf(call), action)),
      };
    },
  };
}

function stockList(desk: ErpDesk, call: Call): Answer {
  const given = call.query.get("item_id");
  const warehouse = call.query.get("warehouse");
  const ids = given === null ? null : given.split(",").map(Number);
  const warehouses = warehouse === null ? null : warehouse.split(",");
  const all = desk.books.ledger
    .all("stock")
    .filter((record) => ids === null || ids.includes(numberIn(record, "item_id") ?? -1))
    .filter((record) => warehouses === null || warehouses.includes(textIn(record, "warehouse") ?? ""))
    .toSorted(
      (left, right) =>
        Number(left["item_id"]) - Number(right["item_id"]) ||
        ((textIn(left, "warehouse") ?? "") < (textIn(right, "warehouse") ?? "") ? -1 : 1),
    );
  const paging = pagingOf(call, { most: 200, usual: 50 });
  const body = erpPage(all, paging, (record) => stockRow(desk.books, record));
  return { status: 200, body };
}

function operationRoutes(desk: ErpDesk): Route[] {
  const ask = (name: keyof typeof QUESTIONS, answer: (body: JsonMap) => JsonMap): Route => ({
    method: "POST",
    path: `/operations/${name}`,
    operationId: `operations.${name}`,
    summary: `Ask for ${name}`,
    success: 200,
    ...QUESTIONS[name],
    run: (call) => ({ status: 200, body: answer(bodyOf(call)) }),
  });
  return [
    {
      method: "GET",
      path: "/stock",
      operationId: "stock.list",
      summary: "Stock by item and warehouse",
      success: 200,
      query: ["offset", "limit", "item_id", "warehouse"],
      response: LIST,
      run: (call) => stockList(desk, call),
    },
    ask("price", (body) => askPrice(desk.books, body)),
    ask("order_preview", (body) => askOrderPreview(desk.books, body)),
    ask("availability", (body) => askAvailability(desk.books, body)),
    ask("credit", (body) => askCredit(desk.books, body)),
  ];
}

function webhookRoutes(webhooks: Webhooks): Route[] {
  const show = (id: string): Json => {
    const found = webhooks.state.subscriptions.find((candidate) => candidate.id === id);
    if (!found) throw erpRefusal("not-found", "", "no such webhook");
    return { id, url: found.url, topics: found.patterns, active: found.active };
  };
  return [
    {
      method: "POST",
      path: "/webhooks",
      operationId: "webhooks.create",
      summary: "Subscribe",
      success: 201,
      request: { type: "object" },
      run: (call) => {
        const body = bodyOf(call);
        const url = textIn(body, "url");
        const secret = textIn(body, "secret");
        const { topics } = body;
        if (url === null || !URL.canParse(url)) throw erpRefusal("bad-value", "url", "expected a URL");
        if (secret === null) throw erpRefusal("required", "secret", "a value is required");
        const patterns = Array.isArray(topics) ? topics.filter((topic) => typeof topic === "string") : ["*"];
        return { status: 201, body: show(webhooks.subscribe(url, secret, patterns).id) };
      },
    },
    {
      method: "GET",
      path: "/webhooks",
      operationId: "webhooks.list",
      summary: "Subscriptions",
      success: 200,
      response: LIST,
      run: () => {
        const rows = webhooks.state.subscriptions
          .filter((entry) => entry.active)
          .map((entry) => show(entry.id));
        return { status: 200, body: { count: rows.length, rows } };
      },
    },
    {
      method: "DELETE",
      path: "/webhooks/:id",
      operationId: "webhooks.delete",
      summary: "Unsubscribe",
      success: 204,
      run: (call) => {
        if (!webhooks.unsubscribe(call.params["id"] ?? ""))
          throw erpRefusal("not-found", "", "no such webhook");
        return { status: 204 };
      },
    },
  ];
}

/** All routes of the ERP; the OpenAPI document is made from the same list. */
export function erpRoutes(parts: ErpRouteParts, schemas: readonly ObjectSchema[]): Route[] {
  const { desk } = parts;
  const routes: Route[] = [
    {
      method: "GET",
      path: "/company",
      operationId: "company",
      summary: "Which company this is",
      success: 200,
      response: { type: "object" },
      run: () => ({ status: 200, body: parts.company() }),
    },
    ...webhookRoutes(parts.webhooks),
    ...operationRoutes(desk),
    ...(Object.keys(QUOTE_ACTIONS) as QuoteAction[]).map((action) => quoteAction(desk, action)),
    orderAction(desk, "cancel"),
    orderAction(desk, "close"),
  ];
  for (const schema of schemas.filter((candidate) => candidate.hidden !== true)) {
    routes.push(...readRoutes(parts, schema));
    const writable = WRITABLE.includes(schema.name);
    if (CHANGEABLE.includes(schema.name))
      routes.push(updateRoute(desk, schema.name), ...refusedRoutes(schema.name, ["POST", "DELETE"]));
    else if (writable) routes.push(...writeRoutes(desk, schema.name));
    else routes.push(...refusedRoutes(schema.name, ["POST", "PUT", "DELETE"]));
    if (writable && !DELETABLE.includes(schema.name)) routes.push(...refusedRoutes(schema.name, ["DELETE"]));
  }
  return routes;
}
