import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { isEntityName, labelFields } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import type { KeyRole } from "../../store/port.ts";

/** Fields that roles do not see, by role and entity; `*` is the whole entity. */
export type Visibility = {
  readonly [role in KeyRole]?: { readonly [entity in EntityName]?: readonly string[] };
};

/** What one role sees. The one place in which values are left out of answers. */
export interface Sight {
  readonly hidden: { readonly [entity: string]: readonly string[] };
  readonly hides: (entity: string, field: string) => boolean;
  readonly hidesEntity: (entity: string) => boolean;
  /**
   * The same without what is hidden, however deep it stands: keys that name a hidden field, rows that are
   * about one, its name among `fields` and in the sentences of `now`, rows of a hidden entity, and what
   * people call a record by a hidden field. What a value belongs to is told by the nearest `entity` around
   * it.
   */
  readonly conceal: <T>(answer: T, entity?: string) => T;
}

/** The field that a path such as `lines[l-1].price` or `address.city` is part of. */
const fieldOf = (path: string): string => /^[^.[]*/.exec(path)?.[0] ?? path;

/** What stands in a sentence for the name of a hidden field. */
const unnamed = "(hidden)";

/** Whether a map tells of a failure: that names a field, and never holds its value. */
const isFailure = (map: JsonMap): boolean => "failure" in map && "code" in map && "message" in map;

/** What a role sees. */
export function sightOf(role: KeyRole, visibility: Visibility): Sight {
  const hidden = visibility[role] ?? {};
  const fieldsOf = (entity: string | null): readonly string[] =>
    (entity !== null && isEntityName(entity) ? hidden[entity] : undefined) ?? [];
  const hides = (entity: string | null, field: string): boolean => fieldsOf(entity).includes(fieldOf(field));
  const hidesEntity = (entity: string | null): boolean => fieldsOf(entity).includes("*");
  const isNothing = Object.keys(hidden).length === 0;

  const entityOf = (map: JsonMap, around: string | null): string | null => {
    const own = map["entity"];
    return typeof own === "string" ? own : around;
  };
  /** A row about a hidden field or entity: `field` of conflicts and losses, `what` of a what-if. */
  const isHiddenRow = (map: JsonMap, around: string | null): boolean => {
    const entity = entityOf(map, around);
    if (hidesEntity(entity)) return true;
    const names = [map["field"], map["what"]].filter((name) => typeof name === "string");
    return !isFailure(map) && names.some((name) => hides(entity, name));
  };
  /** A key such as `name+taxId=[...]` holds values of the fields before the `=`. */
  const isHiddenKey = (key: Json, entity: string | null): boolean =>
    typeof key === "string" && (key.split("=")[0] ?? "").split("+").some((name) => hides(entity, name));
  /** What people call a record is the value of one of these fields. */
  const isUnnamed = (entity: string | null): boolean =>
    entity !== null && labelFields(entity).some((name) => hides(entity, name));
  const isSomeUnnamed = Object.keys(hidden).some((entity) => hidesEntity(entity) || isUnnamed(entity));
  /** The name of a record, or of the one that a planned write waits for, which may be of any entity. */
  const isHiddenLabel = (map: JsonMap, key: string, entity: string | null): boolean =>
    key === "label" ? isUnnamed(entity) : key === "parent" && "target" in map && isSomeUnnamed;
  /** The names of fields, or sentences about them, that stand under a key. */
  const textsShown = (key: string, texts: readonly Json[], entity: string | null): readonly Json[] => {
    const isText = (each: Json): each is string => typeof each === "string";
    if (key === "names" && isUnnamed(entity)) return [];
    if (key === "keys") return texts.filter((each) => !isHiddenKey(each, entity));
    if (key === "fields") return texts.filter((each) => !isText(each) || !hides(entity, each));
    if (key !== "now") return texts;
    return texts.map((each) =>
      isText(each) ? each.replaceAll(/\w+/g, (word) => (hides(entity, word) ? unnamed : word)) : each,
    );
  };
  const walk = (json: Json, around: string | null): Json => {
    if (Array.isArray(json))
      return json
        .filter((each: Json) => !(isMap(each) && isHiddenRow(each, around)))
        .map((each: Json) => walk(each, around));
    if (!isMap(json)) return json;
    const entity = entityOf(json, around);
    const left = Object.entries(json).flatMap(([key, value]): readonly (readonly [string, Json])[] => {
      if (hides(entity, key)) return [];
      if (typeof value === "string" && isHiddenLabel(json, key, entity)) return [[key, ""]];
      if (isMap(value) && isHiddenRow(value, entity)) return [[key, null]];
      return [[key, walk(Array.isArray(value) ? textsShown(key, value, entity) : value, entity)]];
    });
    return Object.fromEntries(left);
  };
  return {
    hidden,
    hides,
    hidesEntity,
    conceal: <T>(answer: T, entity?: string): T =>
      isNothing ? answer : (walk(answer as Json, entity ?? null) as T),
  };
}
