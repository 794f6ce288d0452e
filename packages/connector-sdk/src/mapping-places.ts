import { report } from "./mapping-check.ts";
import type { Spot } from "./mapping-check.ts";
import type { FieldMapping, Path } from "./mapping-types.ts";

/** A place that a field writes to, with the keys of the file that say so. */
interface WrittenPlace {
  readonly path: Path;
  readonly keys: readonly string[];
}

/** The currency of an amount, or the unit of a quantity. */
export function markOf({ source }: FieldMapping): FieldMapping | undefined {
  if (source.from === "money") return source.currency;
  return source.from === "quantity" ? source.unit : undefined;
}

/** The amount of a money value, or the number of a quantity. */
export function numberOf({ source }: FieldMapping): FieldMapping | undefined {
  if (source.from === "money") return source.amount;
  return source.from === "quantity" ? source.value : undefined;
}

/** The path that a single value is at; undefined for other sources and for `^`, which is elsewhere. */
export function pathOf({ source }: FieldMapping): Path | undefined {
  return source.from === "path" && !source.path.fromRecord ? source.path : undefined;
}

/**
 * All places a field writes to in its record or row; currencies and units are left out, as amounts may
 * share them.
 */
function writtenPlaces(mapping: FieldMapping, keys: readonly string[]): readonly WrittenPlace[] {
  const { source } = mapping;
  if (!mapping.isWritten) return [];
  if (source.from === "path" || source.from === "list") {
    return source.path.fromRecord ? [] : [{ path: source.path, keys }];
  }
  if (source.from === "parts") {
    return Object.entries(source.parts).flatMap(([name, part]) =>
      writtenPlaces(part, [...keys, "parts", name]),
    );
  }
  const number = numberOf(mapping);
  return number === undefined ? [] : writtenPlaces(number, keys);
}

/** Roots of the record that a field sets only in part, so that the rest of them must be known. */
export function writtenInPart(mapping: FieldMapping): readonly string[] {
  const mark = markOf(mapping);
  const places = [...writtenPlaces(mapping, []), ...(mark === undefined ? [] : writtenPlaces(mark, []))];
  const isList = mapping.source.from === "list";
  return places.filter(({ path }) => isList || path.steps.length > 1).map(({ path }) => path.root);
}

/**
 * Notes fields that write to a place which another field writes to already: the last would win by chance.
 */
export function checkPlaces(spot: Spot, fields: { readonly [field: string]: FieldMapping }): void {
  const first = new Map<string, string>();
  for (const [field, mapping] of Object.entries(fields)) {
    if (mapping.source.from === "list") {
      checkPlaces({ ...spot, keys: [...spot.keys, field, "fields"] }, mapping.source.fields);
    }
    for (const { path, keys } of writtenPlaces(mapping, [...spot.keys, field])) {
      const before = first.get(path.text);
      first.set(path.text, before ?? field);
      if (before === undefined) continue;
      report(
        { ...spot, keys },
        `\`${path.text}\` is written by \`${before}\` already; say \`write: false\` on one of them`,
      );
    }
  }
}

/**
 * Where the place of a currency or unit is also mapped by a field of its own, that field alone writes it:
 * an amount in another currency must not change the currency of its whole document in passing.
 */
export function settleMarks(fields: { readonly [field: string]: FieldMapping }): {
  readonly [field: string]: FieldMapping;
} {
  const single = new Set(Object.values(fields).map((each) => pathOf(each)?.text));
  const settled = Object.entries(fields).map(([field, mapping]) => [field, settle(mapping, single)] as const);
  return Object.fromEntries(settled);
}

function settle(mapping: FieldMapping, single: ReadonlySet<string | undefined>): FieldMapping {
  const { source } = mapping;
  if (source.from === "list")
    return { ...mapping, source: { ...source, fields: settleMarks(source.fields) } };
  if (source.from === "parts") {
    const parts = Object.entries(source.parts).map(([name, part]) => [name, settle(part, single)] as const);
    return { ...mapping, source: { ...source, parts: Object.fromEntries(parts) } };
  }
  const mark = markOf(mapping);
  const text = mark === undefined ? undefined : pathOf(mark)?.text;
  if (mark === undefined || text === undefined || !single.has(text)) return mapping;
  const fixed: FieldMapping = { ...mark, isWritten: false };
  if (source.from === "money") return { ...mapping, source: { ...source, currency: fixed } };
  return source.from === "quantity" ? { ...mapping, source: { ...source, unit: fixed } } : mapping;
}
