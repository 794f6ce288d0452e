import { failureRecord } from "@crossfoot/connector-sdk";
import type { NativeRecord, NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { writeValues } from "./body.ts";
import { kindOf, send } from "./call.ts";
import type { Answer, Call, Target } from "./call.ts";
import { badAnswer, classifyRow } from "./failures.ts";
import type { BatchSpec } from "./language.ts";
import { at, holds } from "./path.ts";
import { asRead, readRow } from "./record.ts";
import { both, render, scopeOf } from "./template.ts";
import { idOf, isList, own, textOf } from "./wire.ts";
import type { Json } from "./wire.ts";

/** True when a batch has a place for this kind of write. */
export function fitsBatch(batch: BatchSpec, write: NativeWrite): boolean {
  return (write.kind === "create" || write.kind === "update") && batch[write.kind] !== undefined;
}

/**
 * Sends several writes in one call and gives each its own outcome. An answer that cannot be matched to the
 * rows for certain leaves the unmatched ones in doubt, one by one: never one row's outcome for another.
 */
export async function sendBatch(
  target: Target,
  writes: readonly NativeWrite[],
): Promise<readonly WriteOutcome[]> {
  const spec = target.spec.batch as BatchSpec;
  const kind = kindOf(target, writes.some((write) => write.kind === "create") ? "create" : "update");
  const rows = writes.map((write) => rowOf(target, spec, write));
  const call: Call = { spec, values: { rows }, kind, method: spec.method ?? "POST" };
  const answer = await send(target, call);
  const results = at(answer.body, spec.results);
  if (!isList(results) || results.length !== writes.length) {
    const message = `${writes.length} rows were sent and not as many outcomes came back`;
    throw badAnswer({ ...kind, status: answer.status }, "batch_count", message);
  }
  const outcomes = results.map((result) => readResult(target, spec, result));
  return matched(target, { spec, writes, results, outcomes, answer });
}

function rowOf(target: Target, spec: BatchSpec, write: NativeWrite): Json {
  const scope = both(
    scopeOf({ object: target.spec.object, ...writeValues(target, write) }),
    target.system.scope,
  );
  return render((write.kind === "create" ? spec.create : spec.update) ?? null, scope) ?? null;
}

/** One outcome before it is known whose it is. */
interface Result {
  readonly isOk: boolean;
  readonly id: string | undefined;
  readonly record: NativeRecord | null;
  /** Our reference as the record in the answer shows it. */
  readonly reference: string | undefined;
}

function readResult(target: Target, spec: BatchSpec, result: Json): Result {
  const status = spec.status === undefined ? undefined : at(result, spec.status);
  const isDone = typeof status !== "number" || (status >= 200 && status <= 299);
  const isOk = isDone && (spec.ok === undefined || holds(spec.ok, { body: result }));
  const told = spec.record === undefined ? undefined : at(result, spec.record);
  const reading = told === undefined ? undefined : readRow(target, told, { roots: null });
  const record = isOk && reading?.ok === true ? reading.record : null;
  const id = spec.id === undefined ? undefined : idOf(at(result, spec.id));
  const field = target.spec.reference?.field;
  const reference = record === null || field === undefined ? undefined : textOf(own(record.native, field));
  return { isOk, id: record?.id ?? id, record, reference };
}

interface Batch {
  readonly spec: BatchSpec;
  readonly writes: readonly NativeWrite[];
  readonly results: readonly Json[];
  readonly outcomes: readonly Result[];
  readonly answer: Answer;
}

function matched(target: Target, batch: Batch): readonly WriteOutcome[] {
  const { spec, writes, outcomes } = batch;
  if (spec.match !== undefined)
    return writes.map((write, index) =>
      outcomeAt(target, batch, { write, place: told(batch, write, index) }),
    );
  const isInOrder = writes.every((write, index) => agrees(write, outcomes[index]) !== false);
  return writes.map((write, index) => {
    const place = isInOrder ? index : outcomes.findIndex((result) => agrees(write, result) === true);
    return outcomeAt(target, batch, { write, place });
  });
}

/** Whether a result belongs to a write: undefined when the result does not say whose it is. */
function agrees(write: NativeWrite, result: Result | undefined): boolean | undefined {
  if (result === undefined) return false;
  if (write.id !== null) return result.id === undefined ? undefined : result.id === write.id;
  return result.reference === undefined ? undefined : result.reference.trim() === write.reference.trim();
}

/** Place of a write's result by the value that the description names, or -1. */
function told(batch: Batch, write: NativeWrite, index: number): number {
  const { match } = batch.spec;
  const values = { id: write.id, key: write.key, reference: write.reference, index: String(index) };
  return batch.results.findIndex(
    (result) => textOf(at(result, match?.path ?? "$")) === values[match?.to ?? "index"],
  );
}

function outcomeAt(
  target: Target,
  batch: Batch,
  { write, place }: { readonly write: NativeWrite; readonly place: number },
): WriteOutcome {
  const result = batch.outcomes[place];
  const row = batch.results[place];
  const kind = kindOf(target, write.kind);
  const inDoubt = (code: string, message: string): WriteOutcome => ({
    kind: "failed",
    failure: failureRecord(badAnswer({ ...kind, status: batch.answer.status }, code, message)),
  });
  if (result === undefined || row === undefined) {
    return inDoubt("batch_order", "the outcomes came in another order, and none says that it is this row's");
  }
  if (result.isOk) {
    const id = result.id === undefined ? write.id : idOf(result.id);
    if (id === null || id === undefined)
      return inDoubt("answer_without_id", "the outcome of a row holds no id");
    return { kind: "done", id, record: asRead(target, write, result.record) };
  }
  const { description, session } = target.system;
  const { code, status, field } = batch.spec;
  const rowStatus = status === undefined ? undefined : at(row, status);
  const seen = {
    status: typeof rowStatus === "number" ? rowStatus : null,
    row,
    code: code === undefined ? undefined : at(row, code),
    ...(field === undefined ? {} : { field }),
  };
  return {
    kind: "failed",
    failure: failureRecord(classifyRow({ errors: description.errors, now: session.now() }, kind, seen)),
  };
}
