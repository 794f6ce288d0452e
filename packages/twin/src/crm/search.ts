import type { FaultEffect } from "../fault.ts";
import { isList, isMap, textIn, valueAt, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import type { CrmDesk } from "./desk.ts";
import { checkedLimit, decodeCursor, pageOf } from "./list.ts";
import { crmRefusal } from "./wire.ts";

const FILTERS_MAX = 10;
const VALUES_MAX = 500;

interface Filter {
  readonly field: string;
  readonly values: readonly Json[];
}

/** What a search goes to. */
interface Search {
  readonly desk: CrmDesk;
  readonly object: string;
  readonly listLagMs: number;
  readonly fault: FaultEffect | null;
}

function filterOf({ desk, object }: Search, given: Json, path: string): Filter {
  const field = isMap(given) ? textIn(given, "field") : null;
  if (!isMap(given) || field === null || desk.records.searchable(object, field) === null) {
    throw crmRefusal("bad-value", `${path}.field`, "not a searchable field");
  }
  const op = textIn(given, "op") ?? "eq";
  const { value = null } = given;
  if (op === "eq" && !isList(value) && !isMap(value)) return { field, values: [value] };
  if (op === "in" && isList(value) && value.length <= VALUES_MAX) return { field, values: value };
  throw crmRefusal(
    "bad-value",
    path,
    `expected op eq with a value, or op in with at most ${VALUES_MAX} values`,
  );
}

/** Answers `POST /{object}/search`. Throws 400 for a filter that cannot be. */
export function searchRecords(search: Search, body: JsonMap): JsonMap {
  const { object, listLagMs } = search;
  const { filters: given = [] } = body;
  if (!isList(given) || given.length > FILTERS_MAX) {
    throw crmRefusal("bad-value", "filters", `expected at most ${FILTERS_MAX} filters`);
  }
  const [first, ...others] = given.map((filter, index) => filterOf(search, filter, `filters[${index}]`));
  const { ledger } = search.desk;
  const found: readonly TwinRecord[] =
    first === undefined
      ? ledger.list(object, "id", listLagMs)
      : ledger.find({ object, path: first.field, values: first.values }, listLagMs);
  const matching = search.desk.withheld
    .seen(object, found)
    .filter((record) =>
      others.every((filter) => filter.values.includes(valueAt(record, filter.field) ?? null)),
    );
  const after = decodeCursor(textIn(body, "after"), object, "id");
  const limit = checkedLimit(body["limit"], 500, 50);
  return pageOf(matching, { object, order: "id", limit, after, since: null, fault: search.fault });
}
