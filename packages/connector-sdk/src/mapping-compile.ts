import { isMap } from "@crossfoot/kernel";
import type { FieldKinds, Json, JsonMap } from "@crossfoot/kernel";
import { below, checkKeys, mapAt, report } from "./mapping-check.ts";
import type { Compilation, MappingProblem, Spot } from "./mapping-check.ts";
import { compileCodeMaps } from "./mapping-compile-form.ts";
import { compileFields } from "./mapping-compile-field.ts";
import { isList, isScalar, own, withKey } from "./mapping-json.ts";
import { nearestName } from "@crossfoot/model";
import { parsePath } from "./mapping-path.ts";
import { checkPlaces, settleMarks, writtenInPart } from "./mapping-places.ts";
import type { EntityMapping, Expression, Mapping, Path } from "./mapping-types.ts";

export type { MappingProblem } from "./mapping-check.ts";

/** Either a mapping, or every fault of the file. */
export type CompiledMapping =
  | { readonly mapping: Mapping; readonly problems?: never }
  | { readonly mapping?: never; readonly problems: readonly MappingProblem[] };

/**
 * Compiles the parsed form of a mapping file against the kinds of the entities' fields. All faults are
 * reported at once, each with the path of its key, so that the caller can name file and line. Never throws.
 */
export function compileMapping(
  json: Json,
  kinds: { readonly [entity: string]: FieldKinds },
): CompiledMapping {
  const top = json ?? {};
  const start: Compilation = { problems: [], entities: Object.keys(kinds), valueMaps: new Map() };
  const valueMaps = compileCodeMaps(start, isMap(top) ? own(top, "valueMaps") : undefined);
  const compilation: Compilation = { ...start, valueMaps };
  const spot = spotOf(compilation, []);
  const map = mapAt(spot, top, "a mapping file is a map with `entities`");
  const entities: [string, EntityMapping][] = [];
  if (map !== undefined) {
    checkKeys(spot, map, ["valueMaps", "entities"]);
    const given = mapAt(
      below(spot, "entities"),
      own(map, "entities") ?? {},
      "`entities` is a map of entities",
    );
    for (const [entity, each] of Object.entries(given ?? {})) {
      const at = spotOf(compilation, ["entities", entity]);
      const fields = Object.hasOwn(kinds, entity) ? kinds[entity] : undefined;
      const compiled =
        fields === undefined || each === null ? undefined : compileEntity(at, { entity, fields }, each);
      if (fields === undefined)
        report(at, `unknown entity \`${entity}\``, nearestName(entity, compilation.entities));
      if (compiled !== undefined) entities.push([entity, compiled]);
    }
  }
  const { problems } = compilation;
  return problems.length > 0 ? { problems } : { mapping: { entities: Object.fromEntries(entities) } };
}

const spotOf = (compilation: Compilation, keys: readonly string[]): Spot => ({
  compilation,
  keys,
  name: "",
  list: null,
  expressions: [],
  isMeasure: false,
});

interface Kind {
  readonly entity: string;
  readonly fields: FieldKinds;
}

function compileEntity(spot: Spot, { entity, fields: kinds }: Kind, json: Json): EntityMapping | undefined {
  const map = mapAt(spot, json, "an entity is a map with `fields`");
  if (map === undefined) return undefined;
  checkKeys(spot, map, ["scope", "constants", "fields"]);
  const scope = compileScope(below(spot, "scope"), own(map, "scope"));
  const constants = compileConstants(below(spot, "constants"), own(map, "constants"));
  const compiled = compileFields(below(spot, "fields"), kinds, own(map, "fields"));
  if (compiled === undefined) return undefined;
  checkPlaces(below(spot, "fields"), compiled);
  const fields = settleMarks(compiled);
  const { expressions } = spot;
  return { entity, scope, constants, fields, roots: rootsOf({ scope, fields, expressions }), expressions };
}

/**
 * What to ask the system for: nothing that only our expressions make, and everything that is needed to make
 * it.
 */
function rootsOf({
  scope,
  fields,
  expressions,
}: Pick<EntityMapping, "scope" | "fields" | "expressions">): readonly string[] {
  const roots = new Set<string>(scope === null ? [] : [scope.path.root]);
  for (const field of Object.values(fields)) {
    for (const root of field.isRead ? field.roots : []) roots.add(root);
    for (const root of writtenInPart(field)) roots.add(root);
  }
  const named = expressions
    .filter((each: Expression) => each.list === null)
    .flatMap((each) => each.reads ?? []);
  for (const root of named) roots.add(root);
  return [...roots].filter((root) => !root.startsWith("=")).toSorted();
}

function compileScope(spot: Spot, json: Json | undefined): EntityMapping["scope"] {
  if (json === undefined || json === null) return null;
  const map = mapAt(spot, json, "`scope` is a map with `path` and `in`");
  if (map === undefined) return null;
  checkKeys(spot, map, ["path", "in"]);
  const path = recordPath(below(spot, "path"), own(map, "path"));
  const values = own(map, "in");
  if (!isList(values) || values.length === 0 || !values.every((each) => each === null || isScalar(each))) {
    report(below(spot, "in"), "`in` is a list of native values");
    return null;
  }
  return path === undefined ? null : { path, in: values };
}

function recordPath(spot: Spot, json: Json | undefined): Path | undefined {
  const parsed = typeof json === "string" ? parsePath(json) : { problem: "a path is text" };
  if ("problem" in parsed) report(spot, parsed.problem);
  else if (parsed.path.fromRecord) report(spot, "`^` is for the rows of a list only");
  else return parsed.path;
  return undefined;
}

function compileConstants(spot: Spot, json: Json | undefined): JsonMap {
  if (json === undefined || json === null) return {};
  const map = mapAt(spot, json, "`constants` is a map of path: native value");
  for (const key of Object.keys(map ?? {})) recordPath(below(spot, key), key);
  return map ?? {};
}

/**
 * A connector's default mapping with a file laid over it: what the file says replaces the default entity by
 * entity and field by field (a field, a value map, `scope` and `constants` as a whole). Null takes a field
 * or an entity away. Both are parsed forms; faults are left to {@link compileMapping}, which finds them
 * under the same paths. Never throws.
 */
export function overlayMapping(base: Json, over: Json): Json {
  return overlay(base, withoutEmptySections(over), {
    valueMaps: (maps, above) => overlay(maps, above, {}),
    entities: overlayEntities,
  });
}

/** A section that holds comments only says nothing: it does not take everything away. */
function withoutEmptySections(over: Json): Json {
  if (!isMap(over)) return over;
  return Object.fromEntries(Object.entries(over).filter(([, section]) => section !== null));
}

function overlayEntities(base: Json, over: Json): Json {
  const entity: Overlay = (below, above) =>
    overlay(below, above, { fields: (fields, above) => overlay(fields, above, {}) });
  return overlay(
    base,
    over,
    Object.fromEntries(Object.keys(isMap(over) ? over : {}).map((name) => [name, entity])),
  );
}

type Overlay = (base: Json, over: Json) => Json;

/**
 * Lays one map over another key by key; where both have a key that is named, its values are laid over each
 * other.
 */
function overlay(base: Json, over: Json, deeper: { readonly [key: string]: Overlay }): Json {
  if (over === null) return base;
  if (!isMap(base) || !isMap(over)) return over;
  let result: JsonMap = base;
  for (const [key, given] of Object.entries(over)) {
    const below = own(base, key);
    const lay = Object.hasOwn(deeper, key) ? deeper[key] : undefined;
    const isLaid = lay !== undefined && below !== undefined && given !== null;
    result = withKey(result, key, isLaid ? lay(below, given) : given);
  }
  return result;
}
