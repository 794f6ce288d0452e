import { TwinError } from "../failure.ts";
import { isList, isMap, numberIn, textIn, type Json, type JsonMap } from "../json.ts";
import type { Call } from "../route.ts";
import type { CrmDesk } from "./desk.ts";
import { crmRefusal } from "./wire.ts";

const OPERATIONS_MAX = 100;

/** What a batch goes to, and the call it came in. */
interface Batch {
  readonly desk: CrmDesk;
  readonly object: string;
  readonly call: Call;
}

function runOperation({ desk, object, call }: Batch, operation: Json): Json {
  const { actor } = call;
  if (!isMap(operation) || !isMap(operation["body"]))
    throw crmRefusal("bad-value", "body", "expected a body");
  const { method } = operation;
  if (method === "create")
    return { status: 201, body: desk.records.create(object, operation["body"], { actor }) };
  const id = textIn(operation, "id");
  if (method !== "update" || id === null)
    throw crmRefusal("bad-value", "method", "expected create, or update with id");
  desk.withheld.check({ object, id });
  const version = numberIn(operation, "ifVersion");
  const expected = version === null ? textIn(operation, "ifVersion") : String(version);
  return { status: 200, body: desk.update({ object, id }, operation["body"], { actor, expected }) };
}

/** Answers `POST /{object}/batch`: each operation by itself, results in order. */
export function runBatch(batch: Batch, body: JsonMap): JsonMap {
  const { operations } = body;
  if (!isList(operations) || operations.length > OPERATIONS_MAX) {
    throw crmRefusal("bad-value", "operations", `expected at most ${OPERATIONS_MAX} operations`);
  }
  const { fault } = batch.call;
  const results = operations.map((operation, index): Json => {
    try {
      if (fault?.kind === "fail-rows" && fault.rows.includes(index)) {
        throw new TwinError(500, fault.code ?? "INTERNAL", "something went wrong");
      }
      return runOperation(batch, operation);
    } catch (failure) {
      if (!(failure instanceof TwinError)) throw failure;
      if (failure.code === "MERGED") return { status: 410, error: { code: "MERGED", ...failure.extra } };
      const field = failure.field === null ? {} : { field: failure.field };
      const error = { code: failure.code, message: failure.message, ...field, ...failure.extra };
      return { status: failure.status, error };
    }
  });
  return { results: fault?.kind === "shuffle" ? results.toReversed() : results };
}
