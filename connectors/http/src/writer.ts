import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { fitsBatch, sendBatch } from "./batch.ts";
import { writeValues } from "./body.ts";
import { kindOf, send, targetOf } from "./call.ts";
import type { Answer, Call, System, Target } from "./call.ts";
import { badAnswer } from "./failures.ts";
import type { CallKind } from "./failures.ts";
import type { TransitionSpec, WriteSpec } from "./language.ts";
import type { Method } from "./request-language.ts";
import { at, holds } from "./path.ts";
import { asRead, readRow } from "./record.ts";
import { both, render, scopeOf } from "./template.ts";
import { withVersion } from "./version-now.ts";
import { idOf, isMap, textOf } from "./wire.ts";
import type { ExternalId, JsonMap } from "./wire.ts";

/**
 * Sends writes in their order and gives one outcome each. Neighbours of one entity that a batch can carry
 * go together; each row then has its own outcome. After a refusal that concerns the whole connection
 * (credentials, quota) the rest is not sent and carries that failure.
 */
export async function writeAll(
  system: System,
  writes: readonly NativeWrite[],
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  let stop: WriteOutcome | undefined;
  for (let from = 0; from < writes.length;) {
    const run = runFrom(system, writes, from);
    from += run.length;
    if (stop !== undefined) {
      for (let count = run.length; count > 0; count -= 1) outcomes.push(stop);
      continue;
    }
    const sent = await sendRun(system, run);
    outcomes.push(...sent);
    stop = sent.find((one) => one.kind === "failed" && isForAll(one));
  }
  return outcomes;
}

const isForAll = (outcome: WriteOutcome & { kind: "failed" }): boolean =>
  outcome.failure.failure === "unauthorised" || outcome.failure.failure === "throttled";

function runFrom(system: System, writes: readonly NativeWrite[], from: number): readonly NativeWrite[] {
  const first = writes[from];
  const spec = first === undefined ? undefined : system.description.entities[first.entity];
  if (first === undefined || spec?.batch === undefined || !fitsBatch(spec.batch, first))
    return writes.slice(from, from + 1);
  const ids = new Set<ExternalId>();
  let to = from;
  for (; to < writes.length && to - from < spec.batch.max; to += 1) {
    const write = writes[to];
    if (write === undefined || write.entity !== first.entity || !fitsBatch(spec.batch, write)) break;
    // Two writes to one record have an order; one batch has none.
    if (write.id !== null && ids.has(write.id)) break;
    if (write.id !== null) ids.add(write.id);
  }
  return writes.slice(from, to);
}

async function sendRun(system: System, run: readonly NativeWrite[]): Promise<readonly WriteOutcome[]> {
  const [first] = run;
  if (first === undefined) return [];
  try {
    const target = targetOf(system, first.entity);
    const hasSingle =
      first.kind === "create" ? target.spec.create !== undefined : target.spec.update !== undefined;
    const isBatch = target.spec.batch !== undefined && fitsBatch(target.spec.batch, first);
    if (isBatch && (run.length > 1 || !hasSingle)) return await sendBatch(target, run);
    return [await sendOne(target, first)];
  } catch (error) {
    const failed: WriteOutcome = { kind: "failed", failure: failureRecord(error) };
    return run.map(() => failed);
  }
}

async function sendOne(target: Target, decided: NativeWrite): Promise<WriteOutcome> {
  const spec = specOf(target, decided);
  const write = await withVersion(target, spec, decided);
  const kind = kindOf(target, write.kind);
  const values = writeValues(target, write);
  const precondition = preconditionOf(target, spec, values);
  const body = bodyOf(target, { spec, write, values, added: precondition.body });
  const { headers, query } = precondition;
  const method = spec.method ?? methodOf(write);
  const call: Call = { spec, values, kind, method, headers, query, ...(body === undefined ? {} : { body }) };
  return outcomeOf(target, { write, spec, kind, answer: await send(target, call) });
}

function specOf(target: Target, write: NativeWrite): WriteSpec & Partial<TransitionSpec> {
  const { spec } = target;
  const change = write.transition;
  const found =
    write.kind === "transition"
      ? spec.transitions?.find(
          (one) => one.from === change?.from && one.to === change.to && one.via === change.via,
        )
      : spec[write.kind];
  if (found !== undefined) return found;
  const message = `${target.entity} (${spec.object}): the description has no ${write.kind}`;
  throw new ConnectorError({ failure: "unsupported", code: `no_${write.kind}`, message });
}

const methodOf = (write: NativeWrite): Method =>
  write.kind === "update" ? "PATCH" : write.kind === "delete" ? "DELETE" : "POST";

interface Precondition {
  readonly headers: Record<string, string>;
  readonly query: Record<string, string>;
  readonly body: JsonMap;
}

/** How the version is told; nothing when it is not known. */
function preconditionOf(
  target: Target,
  spec: WriteSpec,
  values: ReturnType<typeof writeValues>,
): Precondition {
  const { precondition } = target.spec;
  const { version } = values;
  const none = { headers: {}, query: {}, body: {} };
  if (precondition === undefined || spec.precondition === false || version === undefined) return none;
  const scope = both(scopeOf({ object: target.spec.object, ...values }), target.system.scope);
  const value = precondition.value === undefined ? version : (render(precondition.value, scope) ?? version);
  if (precondition.body !== undefined) return { ...none, body: { [precondition.body]: value } };
  const text = textOf(value) ?? "";
  if (precondition.query !== undefined) return { ...none, query: { [precondition.query]: text } };
  return { ...none, headers: { [precondition.header ?? "if-match"]: text } };
}

interface BodyParts {
  readonly spec: WriteSpec;
  readonly write: NativeWrite;
  readonly values: ReturnType<typeof writeValues>;
  readonly added: JsonMap;
}

/** The body with the precondition in it. */
function bodyOf(target: Target, parts: BodyParts): JsonMap | undefined {
  const { spec, write, values, added } = parts;
  const scope = both(scopeOf({ object: target.spec.object, ...values }), target.system.scope);
  const isPatch = write.kind === "create" || write.kind === "update";
  const rendered =
    spec.body === undefined ? (isPatch ? values["patch"] : undefined) : render(spec.body, scope);
  if (!isMap(rendered)) return Object.keys(added).length === 0 ? undefined : added;
  return { ...rendered, ...added };
}

interface Answered {
  readonly write: NativeWrite;
  readonly spec: WriteSpec & Partial<TransitionSpec>;
  readonly kind: CallKind;
  readonly answer: Answer;
}

/**
 * What a successful answer says. One that cannot be read after a create is in doubt: the record is there,
 * without a name.
 */
function outcomeOf(target: Target, answered: Answered): WriteOutcome {
  const { write, spec, answer } = answered;
  const kind = { ...answered.kind, status: answer.status };
  const isPatch = write.kind === "create" || write.kind === "update";
  const answers = spec.answers ?? (isPatch ? "record" : "nothing");
  const told = at(answer.body, spec.at ?? "$");
  if (answers === "id") {
    const id = idOf(told) ?? write.id;
    if (id === null) throw badAnswer(kind, "answer_without_id", "the answer holds no id");
    return { kind: "done", id, record: null };
  }
  if (answers === "nothing" || answer.body === undefined) {
    if (write.id === null) throw badAnswer(kind, "answer_without_id", "the answer holds no record");
    return { kind: "done", id: write.id, record: null };
  }
  const reading = readRow(target, told, { roots: null, headers: answer.headers });
  if (!reading.ok) throw badAnswer(kind, "answer_without_id", "the answer holds no record");
  if (write.id !== null && reading.record.id !== write.id) {
    throw badAnswer(kind, "answer_other_id", "the answer holds another record");
  }
  if (spec.expect !== undefined && !holds(spec.expect, { body: told, headers: answer.headers })) {
    const asked = spec.via ?? write.kind;
    const message = `${kind.what}: the system answered ${answer.status} and did not ${asked}`;
    throw new ConnectorError({ failure: "invalid", code: "not_done", message, status: answer.status });
  }
  return { kind: "done", id: reading.record.id, record: asRead(target, write, reading.record) };
}
