import { ConnectorError } from "@crossfoot/connector-sdk";
import type { HttpAnswer, HttpRequest, Session } from "@crossfoot/connector-sdk";
import { authHeaders, refusedLogin } from "./auth.ts";
import { badAnswer, classify, tableError } from "./failures.ts";
import type { CallKind } from "./failures.ts";
import { parseJson, parseTail } from "./json.ts";
import type { Description, EntitySpec } from "./language.ts";
import type { Method, RequestSpec } from "./request-language.ts";
import { holds } from "./path.ts";
import { both, render, renderPath, renderTexts, scopeOf } from "./template.ts";
import type { Scope } from "./template.ts";
import type { Json } from "./wire.ts";

/** What every call needs: the description, the session, and the variables that hold everywhere. */
export interface System {
  readonly description: Description;
  readonly session: Session;
  readonly scope: Scope;
}

/** One entity of a system. */
export interface Target {
  readonly system: System;
  readonly entity: string;
  readonly spec: EntitySpec;
}

/** A successful answer. `body` is undefined where there was none. */
export interface Answer {
  readonly status: number;
  readonly headers: HttpAnswer["headers"];
  readonly body: Json | undefined;
}

/** One call: its specification, its variables, and what it is. */
export interface Call {
  readonly spec: RequestSpec;
  readonly values: { readonly [name: string]: Json | undefined };
  readonly kind: CallKind;
  readonly method: Method;
  /** The body as it goes, already rendered: a customer's text is never taken for a template. */
  readonly body?: Json;
  /** Added to the rendered ones. */
  readonly headers?: { readonly [name: string]: string };
  readonly query?: { readonly [name: string]: string };
  /** Statuses that are answers too, besides the successful ones. */
  readonly also?: readonly number[];
  /** Successes that are answers, although `errors.bodies` would take them for errors. */
  readonly accepts?: (answer: Answer) => boolean;
}

/** The entity of a request, or a ConnectorError `unsupported`. */
export function targetOf(system: System, entity: string): Target {
  const spec = system.description.entities[entity];
  if (spec !== undefined) return { system, entity, spec };
  const message = `${entity}: the description of ${system.description.title} has no such entity`;
  throw new ConnectorError({ failure: "unsupported", code: "entity_unknown", message });
}

/** What a call is, for messages and for the error table. */
export function kindOf(target: Target, on: string): CallKind {
  return { on, isWrite: on !== "read", what: `${target.entity} (${target.spec.object})` };
}

/**
 * Sends one request and gives its answer. Rejects with a ConnectorError: what `http` throws, else by the
 * error table; a success that holds an error, or no JSON, is transient on a read and in doubt on a write.
 */
export async function send(target: Pick<Target, "system"> & Partial<Target>, call: Call): Promise<Answer> {
  const { description, session } = target.system;
  const request = await requestOf(target, call);
  const given = await session.http(request);
  const isSuccess = successful(call.spec, given.status);
  if (!isSuccess && !(call.also ?? []).includes(given.status))
    throw refusedAnswer(target.system, call, { ...given, sent: request.headers?.["authorization"] });
  const isEmpty = given.body.trim() === "";
  const body = isEmpty ? undefined : parseJson(given.body);
  if (isSuccess && body === undefined && !(isEmpty && (call.kind.isWrite || given.status === 204))) {
    const code = call.kind.isWrite ? "answer_not_json" : "page_not_json";
    const held = isEmpty ? "nothing" : "a body that is no JSON";
    const message = `the system answered ${given.status} with ${held}`;
    throw badAnswer({ ...call.kind, status: given.status }, code, message);
  }
  const answer: Answer = { status: given.status, headers: given.headers, body };
  const isError = (description.errors.bodies ?? []).some((condition) => holds(condition, answer));
  if (isSuccess && isError && call.accepts?.(answer) !== true) {
    throw errorBody(target.system, call, answer);
  }
  return answer;
}

const successful = (spec: RequestSpec, status: number): boolean =>
  spec.success === undefined ? status >= 200 && status <= 299 : spec.success.includes(status);

/** The error for an answer that is no success; `sent` is the Authorization header that it answers. */
export function refusedAnswer(
  system: System,
  call: Call,
  given: HttpAnswer & { readonly sent?: string | undefined },
): ConnectorError {
  const { description, session } = system;
  // A success that was not among those expected is an answer nobody recognises.
  if (given.status >= 200 && given.status <= 299) {
    const message = `the system answered ${given.status}, which is not among the statuses that mean yes`;
    return badAnswer({ ...call.kind, status: given.status }, "status_unexpected", message);
  }
  const body =
    parseJson(given.body) ?? (description.errors.jsonTail === true ? parseTail(given.body) : undefined);
  const seen = { status: given.status, headers: given.headers, body };
  const error = classify({ errors: description.errors, now: session.now() }, call.kind, seen);
  return given.status === 401 ? refusedLogin(description.auth, session, { error, sent: given.sent }) : error;
}

/** An error inside a success: the table may know its code; else nobody can tell what happened. */
function errorBody(system: System, call: Call, answer: Answer): ConnectorError {
  const { errors } = system.description;
  return (
    tableError({ errors, now: system.session.now() }, call.kind, answer) ??
    badAnswer({ ...call.kind, status: answer.status }, "error_body", "a success with an error in its body")
  );
}

async function requestOf(target: Pick<Target, "system"> & Partial<Target>, call: Call): Promise<HttpRequest> {
  const { description, session } = target.system;
  const object = target.spec?.object;
  const scope = both(scopeOf({ object, ...call.values }), target.system.scope);
  const path = renderPath(description.base + call.spec.path, scope);
  if (path === undefined) {
    const message = `${call.kind.what}: the path of ${call.kind.on} has a variable without value`;
    throw new ConnectorError({ failure: "unsupported", code: "path_incomplete", message });
  }
  const template = call.spec.body;
  const rendered = call.body !== undefined || template === undefined ? call.body : render(template, scope);
  const body = rendered === undefined ? undefined : JSON.stringify(rendered);
  const query = { ...renderTexts(call.spec.query, scope), ...call.query };
  const headers = {
    ...lowerCased(renderTexts(description.headers, scope)),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...lowerCased(renderTexts(call.spec.headers, scope)),
    ...lowerCased(call.headers ?? {}),
    ...lowerCased(await authHeaders(description.auth, session, scope)),
  };
  const { isWrite } = call.kind;
  return { method: call.method, path, query, headers, isWrite, ...(body === undefined ? {} : { body }) };
}

/** Header names have no case: in one case, a later one replaces an earlier one. */
function lowerCased(headers: { readonly [name: string]: string }): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
