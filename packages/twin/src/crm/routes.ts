import { isoInstant } from "../calendar.ts";
import { describeField } from "../describe.ts";
import { TwinError } from "../failure.ts";
import { isMap, textIn, type Json, type JsonMap } from "../json.ts";
import type { ObjectSchema } from "../field.ts";
import type { Answer, Call, Route } from "../route.ts";
import type { Webhooks } from "../webhook.ts";
import { runBatch } from "./batch.ts";
import type { CrmDesk } from "./desk.ts";
import { CrmNotes, noteRoutes } from "./notes.ts";
import { decodeCursor, instantOf, limitOf, pageOf, type ListRequest } from "./list.ts";
import { searchRecords } from "./search.ts";
import { CRM_TEXT_MAX, crmRefusal } from "./wire.ts";

/** What the routes of the CRM need. */
export interface CrmRouteParts {
  readonly desk: CrmDesk;
  readonly webhooks: Webhooks;
  readonly listLagMs: number;
  readonly tenant: JsonMap;
  readonly clock: () => number;
}

const IDS_MAX = 200;
const LIST: JsonMap = {
  type: "object",
  properties: { results: { type: "array" }, paging: { type: "object" } },
};

function ref(object: string): JsonMap {
  return { $ref: `#/components/schemas/${object}` };
}

function listOf(object: string): JsonMap {
  return {
    type: "object",
    properties: { results: { type: "array", items: ref(object) }, paging: { type: "object" } },
  };
}

/** The body as a map. Throws 400 when it is none. */
function bodyOf(call: Call): JsonMap {
  if (!isMap(call.body)) throw crmRefusal("bad-value", "", "expected a JSON body");
  return call.body;
}

function expectedVersion(call: Call): string | null {
  const given = call.headers.get("if-match");
  return given === null ? null : given.replace(/^"(.*)"$/, "$1");
}

function idOf(call: Call): string {
  return call.params["id"] ?? "";
}

/** The id in the path. Throws 403 where the API may not see its record. */
function allowed({ withheld }: CrmDesk, object: string, call: Call): string {
  const id = idOf(call);
  withheld.check({ object, id });
  return id;
}

function byIds(parts: CrmRouteParts, object: string, ids: readonly string[]): Answer {
  if (ids.length > IDS_MAX) throw crmRefusal("bad-value", "ids", `at most ${IDS_MAX}`);
  const results: Json[] = [];
  const missing: Json[] = [];
  for (const id of new Set(ids)) {
    if (parts.desk.withheld.has(object, id)) {
      missing.push({ id, reason: "forbidden" });
      continue;
    }
    try {
      results.push(parts.desk.read(object, id));
    } catch (failure) {
      const merged = failure instanceof TwinError && failure.code === "MERGED";
      missing.push(merged ? { reason: "merged", ...failure.extra } : { id, reason: "not_found" });
    }
  }
  return { status: 200, body: { results, missing } };
}

function list(parts: CrmRouteParts, object: string, call: Call): Answer {
  const { query, fault } = call;
  const ids = query.get("ids");
  if (ids !== null)
    return byIds(
      parts,
      object,
      ids.split(",").filter((id) => id !== ""),
    );
  const since = instantOf(query, "updatedSince");
  const order = since === null ? "id" : "stamp";
  const after = decodeCursor(query.get("after"), object, order);
  const request: ListRequest = { object, order, after, since, fault, limit: limitOf(query, 500, 50) };
  const archived = query.get("archived");
  const { ledger, withheld } = parts.desk;
  const all = withheld.seen(object, ledger.list(object, order, parts.listLagMs));
  const wanted =
    archived === null ? all : all.filter((record) => record["archived"] === (archived === "true"));
  return { status: 200, body: pageOf(wanted, request) };
}

function listIds(parts: CrmRouteParts, object: string, call: Call): Answer {
  const after = decodeCursor(call.query.get("after"), object, "id");
  const request: ListRequest = {
    object,
    order: "id",
    after,
    since: null,
    limit: limitOf(call.query, 2000, 500),
    fault: call.fault,
  };
  const { ledger, withheld } = parts.desk;
  const records = withheld.seen(object, ledger.list(object, "id", 0));
  const body = pageOf(records, request, ({ id, version = null }) => ({ id, version }));
  return { status: 200, body };
}

function listFields(parts: CrmRouteParts, object: string): Answer {
  const schema = parts.desk.records.schema(object);
  const keys = { readOnly: "readOnly", maxLength: "maxLength", textMax: CRM_TEXT_MAX };
  const results = schema.fields.map((field) => describeField(field, keys, schema.readOnly === true));
  return { status: 200, body: { results } };
}

function listDeleted(parts: CrmRouteParts, call: Call): Answer {
  const since = instantOf(call.query, "since");
  const object = call.query.get("object");
  const after = decodeCursor(call.query.get("after"), object ?? "*", "stamp");
  const limit = limitOf(call.query, 500, 50);
  const now = parts.clock();
  const gone = parts.desk.ledger.state.deleted
    .filter((entry) => entry.visibleAt <= now && (object === null || entry.object === object))
    .map((entry) => ({ ...entry, updatedAt: isoInstant(entry.deletedAt) }))
    .toSorted(
      (left, right) => left.deletedAt - right.deletedAt || (String(left.id) < String(right.id) ? -1 : 1),
    );
  const { fault } = call;
  const request: ListRequest = { object: object ?? "*", order: "stamp", after, since, limit, fault };
  const body = pageOf(gone, request, (entry) => ({
    object: entry["object"] ?? null,
    id: entry.id,
    deletedAt: entry["updatedAt"] ?? null,
    deletedBy: `usr_${textIn(entry, "deletedBy") ?? ""}`,
    mergedInto: entry["mergedInto"] ?? null,
  }));
  return { status: 200, body };
}

function readRoutes(parts: CrmRouteParts, object: string): Route[] {
  const base = `/${object}`;
  return [
    {
      method: "GET",
      path: base,
      operationId: `${object}.list`,
      summary: `List ${object}`,
      success: 200,
      query: ["limit", "after", "updatedSince", "ids", "archived"],
      response: listOf(object),
      run: (call) => list(parts, object, call),
    },
    {
      method: "GET",
      path: `${base}/ids`,
      operationId: `${object}.ids`,
      summary: `All ids of ${object}`,
      success: 200,
      query: ["limit", "after"],
      response: LIST,
      run: (call) => listIds(parts, object, call),
    },
    {
      method: "GET",
      path: `${base}/fields`,
      operationId: `${object}.fields`,
      summary: `Fields of ${object}`,
      success: 200,
      response: LIST,
      run: () => listFields(parts, object),
    },
    {
      method: "GET",
      path: `${base}/:id`,
      operationId: `${object}.get`,
      summary: `One of ${object}`,
      success: 200,
      response: ref(object),
      run: (call) => ({ status: 200, body: parts.desk.read(object, allowed(parts.desk, object, call)) }),
    },
    {
      method: "POST",
      path: `${base}/search`,
      operationId: `${object}.search`,
      summary: `Search ${object}`,
      success: 200,
      request: { type: "object" },
      response: listOf(object),
      run: (call) => {
        const search = { desk: parts.desk, listLagMs: parts.listLagMs, object, fault: call.fault };
        return { status: 200, body: searchRecords(search, bodyOf(call)) };
      },
    },
  ];
}

function writeRoutes(parts: CrmRouteParts, object: string): Route[] {
  const { desk } = parts;
  const base = `/${object}`;
  const archive = (verb: "archive" | "unarchive"): Route => ({
    method: "POST",
    path: `${base}/:id/${verb}`,
    operationId: `${object}.${verb}`,
    summary: `${verb} a record`,
    success: 200,
    response: ref(object),
    run: (call) => {
      const options = { actor: call.actor, expected: expectedVersion(call) };
      return { status: 200, body: desk[verb]({ object, id: allowed(desk, object, call) }, options) };
    },
  });
  return [
    {
      method: "POST",
      path: base,
      operationId: `${object}.create`,
      summary: `Create in ${object}`,
      success: 201,
      request: ref(object),
      response: ref(object),
      run: (call) => ({
        status: 201,
        body: desk.records.create(object, bodyOf(call), { actor: call.actor }),
      }),
    },
    {
      method: "PATCH",
      path: `${base}/:id`,
      operationId: `${object}.update`,
      summary: `Update in ${object}`,
      success: 200,
      request: ref(object),
      response: ref(object),
      run: (call) => {
        const options = { actor: call.actor, expected: expectedVersion(call) };
        const id = allowed(desk, object, call);
        return { status: 200, body: desk.update({ object, id }, bodyOf(call), options) };
      },
    },
    {
      method: "DELETE",
      path: `${base}/:id`,
      operationId: `${object}.delete`,
      summary: `Delete in ${object}`,
      success: 204,
      run: (call) => {
        const id = allowed(desk, object, call);
        desk.mustExist({ object, id });
        desk.records.remove(object, id, { actor: call.actor, expected: expectedVersion(call) });
        return { status: 204 };
      },
    },
    archive("archive"),
    archive("unarchive"),
    {
      method: "POST",
      path: `${base}/batch`,
      operationId: `${object}.batch`,
      summary: `Several writes to ${object}`,
      success: 207,
      request: { type: "object" },
      response: LIST,
      run: (call) => ({ status: 207, body: runBatch({ desk, object, call }, bodyOf(call)) }),
    },
  ];
}

function refusedRoutes(object: string): Route[] {
  const refuse = (): never => {
    throw crmRefusal("forbidden", "", `${object} are read-only`);
  };
  return (["POST", "PATCH", "DELETE"] as const).map((method) => ({
    method,
    path: method === "POST" ? `/${object}` : `/${object}/:id`,
    success: 403,
    run: refuse,
    operationId: `${object}.${method.toLowerCase()}`,
    summary: `Refused: ${object} are read-only`,
  }));
}

function mergeRoutes(desk: CrmDesk): Route[] {
  return [
    {
      method: "POST",
      path: "/accounts/:id/merge",
      operationId: "accounts.merge",
      summary: "Merge a loser into an account",
      success: 200,
      request: { type: "object", properties: { loserId: { type: "string" } } },
      response: ref("accounts"),
      run: (call) => {
        const loserId = textIn(bodyOf(call), "loserId");
        if (loserId === null) throw crmRefusal("required", "loserId", "a value is required");
        return { status: 200, body: desk.merge(idOf(call), loserId, { actor: call.actor }) };
      },
    },
    {
      method: "POST",
      path: "/accounts/:id/unmerge",
      operationId: "accounts.unmerge",
      summary: "Bring a loser back",
      success: 200,
      response: ref("accounts"),
      run: (call) => ({ status: 200, body: desk.unmerge(idOf(call), { actor: call.actor }) }),
    },
  ];
}

function webhookRoutes(webhooks: Webhooks): Route[] {
  const show = (id: string): Json => {
    const subscription = webhooks.state.subscriptions.find((candidate) => candidate.id === id);
    if (!subscription) throw crmRefusal("not-found", "", "no such webhook");
    return { id, url: subscription.url, events: subscription.patterns, active: subscription.active };
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
        const { events } = body;
        if (url === null || !URL.canParse(url)) throw crmRefusal("bad-value", "url", "expected a URL");
        if (secret === null) throw crmRefusal("required", "secret", "a value is required");
        const patterns = Array.isArray(events) ? events.filter((event) => typeof event === "string") : ["*"];
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
      run: () => ({
        status: 200,
        body: {
          results: webhooks.state.subscriptions
            .filter((entry) => entry.active)
            .map((entry) => show(entry.id)),
          paging: {},
        },
      }),
    },
    {
      method: "DELETE",
      path: "/webhooks/:id",
      operationId: "webhooks.delete",
      summary: "Unsubscribe",
      success: 204,
      run: (call) => {
        if (!webhooks.unsubscribe(idOf(call))) throw crmRefusal("not-found", "", "no such webhook");
        return { status: 204 };
      },
    },
  ];
}

/** All routes of the CRM; the OpenAPI document is made from the same list. */
export function crmRoutes(parts: CrmRouteParts, schemas: Iterable<ObjectSchema>): Route[] {
  const routes: Route[] = [
    {
      method: "GET",
      path: "/tenant",
      operationId: "tenant",
      summary: "Which company this is",
      success: 200,
      response: { type: "object" },
      run: () => ({ status: 200, body: parts.tenant }),
    },
    {
      method: "GET",
      path: "/deleted",
      operationId: "deleted",
      summary: "Records that are gone",
      success: 200,
      query: ["object", "since", "limit", "after"],
      response: LIST,
      run: (call) => listDeleted(parts, call),
    },
    ...webhookRoutes(parts.webhooks),
    ...mergeRoutes(parts.desk),
  ];
  const notes = new CrmNotes();
  for (const schema of schemas) {
    if (schema.readOnly !== true) routes.push(...noteRoutes({ ...parts, notes }, schema.name));
    routes.push(...readRoutes(parts, schema.name));
    routes.push(...(schema.readOnly === true ? refusedRoutes(schema.name) : writeRoutes(parts, schema.name)));
  }
  return routes;
}
