import { isMap } from "@crossfoot/kernel";
import type { ExternalId, Fields, Json, JsonMap, LinkId, Problem, Value } from "@crossfoot/kernel";
import { writeForm } from "./mapping-form.ts";
import { own, textForm } from "./mapping-json.ts";
import { setPath } from "./mapping-path.ts";
import type { Awaited, FieldMapping, Path, WriteContext } from "./mapping-types.ts";

/** What one write is made in; the same for all fields of the record. */
interface Writing {
  readonly context: WriteContext;
  readonly awaits: Awaited[];
}

/** A record or row as it is being written. */
export interface Site {
  readonly writing: Writing;
  /** The record or row with what was written so far. */
  map: JsonMap;
  /** The record that `^` starts at; null where the site is the record itself. */
  readonly record: JsonMap | null;
  readonly isCreate: boolean;
  readonly touched: Set<string>;
  /** Mappings of the fields beside, and the values that are written now. */
  readonly fields: { readonly [field: string]: FieldMapping };
  readonly values: Fields;
}

/** Sub-fields and marks of a place answer with a problem, or with nothing when all went well. */
export type Fault = Problem | undefined;

/** Whether a field is written at all, and now. */
export const isSent = (mapping: FieldMapping, isCreate: boolean): boolean =>
  mapping.isWritten && (isCreate || !mapping.onCreateOnly);

/** A value, and where it is written. */
export interface Given {
  readonly value: Value;
  readonly site: Site;
}

/** Writes a single value to its place; a constant has none. */
export function writeSingle(mapping: FieldMapping, given: Given): Fault {
  const { source } = mapping;
  const { site, value } = given;
  if (source.from !== "path") return undefined;
  const id = source.form.reference === null ? value : nativeIdOf(source.form.reference, given);
  if (id === undefined) return undefined;
  const written = writeForm(mapping.kind, source.form, id);
  if (!written.ok) return written.problem;
  return placeAt(source.path, site, {
    value: written.native,
    addsMissing: value !== null,
    canStart: source.form.missingIsNull,
  });
}

/** Native id behind a reference; undefined when there is none yet, which is noted. */
function nativeIdOf(entity: string, { value, site }: Given): string | null | undefined {
  if (!isMap(value as Json)) return value === null ? null : "";
  const { link, awaits } = value as unknown as { readonly link?: LinkId; readonly awaits?: JsonMap };
  if (typeof link === "string") {
    const id = site.writing.context.idOf(entity, link);
    if (id === undefined) site.writing.awaits.push({ entity, link });
    return id;
  }
  if (!isMap(awaits)) return "";
  const [connection, id] = [
    textForm(own(awaits, "connection")) ?? "",
    (textForm(own(awaits, "id")) ?? "") as ExternalId,
  ];
  if (connection === site.writing.context.connection) return id;
  site.writing.awaits.push({ entity, connection, id });
  return undefined;
}

interface Placement {
  readonly value: Json;
  readonly addsMissing: boolean;
  /** Whether the root may be begun, although the current record does not show it. */
  readonly canStart: boolean;
}

/** Sets a value, unless that would drop what stands beside it in a root that was not delivered. */
export function placeAt(path: Path, site: Site, placement: Placement): Fault {
  const isPart = path.steps.length > 1;
  if (isPart && !site.isCreate && !placement.canStart && own(site.map, path.root) === undefined) {
    return {
      code: "not_a_map",
      expected: `the current \`${path.root}\`, to keep what stands beside the value`,
    };
  }
  const placed = setPath(path, site.map, placement);
  if (!placed.ok) return placed.problem;
  if (placed.map !== site.map) site.touched.add(path.root);
  site.map = placed.map;
  return undefined;
}
