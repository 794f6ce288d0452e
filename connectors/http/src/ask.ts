import { ConnectorError } from "@crossfoot/connector-sdk";
import { send } from "./call.ts";
import type { Call, System } from "./call.ts";
import { badAnswer, classifyRow } from "./failures.ts";
import type { CallKind } from "./failures.ts";
import type { Around, View } from "./figures.ts";
import type { BeforeSpec, DaySpec, RefusalSpec } from "./operation-language.ts";
import { at, holds } from "./path.ts";
import type { RequestSpec } from "./request-language.ts";
import { idValue } from "./rows.ts";
import type { ExternalId, Json } from "./wire.ts";

/** Values of variables of a request. */
export type Values = { readonly [name: string]: Json | undefined };

/** An operation that is being answered. */
export interface Asking {
  readonly system: System;
  readonly name: string;
  readonly kind: CallKind;
  readonly days: DaySpec;
  readonly decimals: "text" | "number" | undefined;
  /** The error for an answer as a whole that cannot be used. */
  readonly bad: View["bad"];
}

/** What is asked of a system, before anything is sent. */
export function askingOf(system: System, name: string): Asking {
  const { days, decimals } = system.description.operations ?? {};
  const kind = { on: "read", isWrite: false, what: name };
  const bad: View["bad"] = (problem) => badAnswer(kind, "answer_unreadable", problem);
  return { system, name, kind, days: days ?? {}, decimals, bad };
}

/** One request of a question. */
export const callOf = ({ kind }: Asking, spec: RequestSpec, values: Values): Call => ({
  spec,
  values,
  kind,
  method: spec.method ?? "GET",
});

/** An id in the JSON form in which bodies hold ids of an entity; text where nothing is said of it. */
export function sentId({ system }: Asking, entity: string, id: ExternalId): Json {
  const spec = system.description.entities[entity];
  return spec === undefined ? id : idValue({ system, entity, spec }, id);
}

/** Makes the requests that go before the main one; each may use the answers of those above it. */
export async function askBefore(asking: Asking, spec: BeforeSpec, values: Values): Promise<Values> {
  const before: Record<string, Json> = {};
  for (const [name, request] of Object.entries(spec.before ?? {})) {
    const { body = null } = await send(asking, callOf(asking, request, { ...values, before }));
    before[name] = body;
  }
  return { ...values, before };
}

/** What a view over an answer needs. */
export const aroundOf = (asking: Asking, { before = {} }: Values, bad: View["bad"]): Around => ({
  before,
  bad,
  days: asking.days,
});

/** The refusal that a row or an answer holds; undefined when it holds none. */
export function refusalIn(asking: Asking, spec: RefusalSpec, row: Json): ConnectorError | undefined {
  if (spec.refused === undefined || !holds(spec.refused, { body: row })) return undefined;
  const { session, description } = asking.system;
  const judge = { errors: description.errors, now: session.now() };
  const code = spec.code === undefined ? undefined : at(row, spec.code);
  const field = spec.field === undefined ? {} : { field: spec.field };
  return classifyRow(judge, asking.kind, { status: null, row, code, otherwise: "invalid", ...field });
}

/** A refusal of our own. */
export const refusal = (code: string, message: string): ConnectorError =>
  new ConnectorError({ failure: "invalid", code, message });

/** True for a failure that says no to what was asked, and nothing about the connection. */
export const isRefusal = (error: unknown): error is ConnectorError =>
  error instanceof ConnectorError && error.failure === "invalid";
