import { isEqual, isMap, parseValue } from "@crossfoot/kernel";
import type { Json, JsonMap, Value } from "@crossfoot/kernel";
import { own } from "./mapping-json.ts";
import { markOf, numberOf, pathOf } from "./mapping-places.ts";
import { valueThere } from "./mapping-read.ts";
import type { FieldMapping } from "./mapping-types.ts";
import { isSent, writeSingle } from "./mapping-write-value.ts";
import type { Fault, Given, Site } from "./mapping-write-value.ts";

/**
 * Writes the number of an amount or quantity, and its currency or unit, or proves that the target has the
 * same one.
 */
export function writeMeasure(mapping: FieldMapping, value: Value, site: Site): Fault {
  const [number, mark] = [numberOf(mapping), markOf(mapping)];
  if (number === undefined || mark === undefined) return undefined;
  // The currency of an amount that goes away stays: it says something about the amounts beside it.
  if (value === null)
    return isSent(number, site.isCreate) ? writeSingle(number, { value: null, site }) : undefined;
  const parsed = parseValue(mapping.kind, value as Json);
  if (!parsed.ok) return parsed.problem;
  const parts = parsed.value as unknown as JsonMap;
  const [amount, code] =
    mapping.kind.kind === "money" ? [parts["amount"], parts["currency"]] : [parts["value"], parts["unit"]];
  const fault = writeMark(mapping, mark, { value: (code ?? null) as Value, site });
  if (fault !== undefined || !isSent(number, site.isCreate)) return fault;
  return writeSingle(number, { value: (amount ?? null) as Value, site });
}

function writeMark(mapping: FieldMapping, mark: FieldMapping, { value, site }: Given): Fault {
  const isMoney = mapping.kind.kind === "money";
  const word = isMoney ? "currency" : "unit";
  if (isSent(mark, site.isCreate)) {
    return isShared(mapping, mark, { value, site })
      ? { code: `${word}_unknown`, expected: `the ${word} that the other amounts at the same place have` }
      : writeSingle(mark, { value, site });
  }
  const there = valueThere(mark, { record: site.record ?? site.map, here: site.map });
  if (there === undefined || there === null || there === "") {
    return {
      code: `${word}_missing`,
      expected: `a ${word} in the target, to compare with; none is ever assumed`,
    };
  }
  return isEqual(there, value)
    ? undefined
    : { code: `${word}_unknown`, expected: `the ${word} that the target has` };
}

/**
 * Whether writing the mark would change it for an amount beside that shares its place and is not written
 * now.
 */
function isShared(mapping: FieldMapping, mark: FieldMapping, { value, site }: Given): boolean {
  const place = pathOf(mark);
  if (place === undefined) return false;
  const now = valueThere(mark, { record: site.map, here: site.map });
  if (now === undefined || now === null || now === "" || isEqual(now, value)) return false;
  const sharers = Object.entries(site.fields).filter(([, each]) => {
    const other = markOf(each);
    return each !== mapping && other !== undefined && pathOf(other)?.text === place.text;
  });
  return sharers.some(([field, each]) => {
    const given = own(site.values as JsonMap, field) as Value | undefined;
    if (given !== undefined && given !== null) return !isEqual(markValue(given), value);
    const number = numberOf(each);
    const there = number === undefined ? null : valueThere(number, { record: site.map, here: site.map });
    return given === undefined && there !== undefined && there !== null;
  });
}

function markValue(value: Value): Value | undefined {
  const map = value as unknown as Json;
  return isMap(map) ? ((own(map, "currency") ?? own(map, "unit")) as Value | undefined) : undefined;
}
