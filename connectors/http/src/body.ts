import type { NativeWrite } from "@crossfoot/connector-sdk";
import type { Target } from "./call.ts";
import type { WriteSpec } from "./language.ts";
import { idValues } from "./rows.ts";
import { isList, isMap, own } from "./wire.ts";
import type { Json, JsonMap } from "./wire.ts";

/** Variables of one write: what the templates of its request may name. */
export function writeValues(
  target: Target,
  write: NativeWrite,
): { readonly [name: string]: Json | undefined } {
  const spec =
    write.kind === "create" ? target.spec.create : write.kind === "update" ? target.spec.update : undefined;
  const patch = patchOf(target, write, spec);
  return {
    ...(write.id === null ? {} : idValues(target, write.id)),
    patch,
    merged: { ...write.current, ...patch },
    version: versionValue(target, write.precondition),
    reference: write.reference,
    key: write.key,
    from: write.transition?.from,
    to: write.transition?.to,
  };
}

/**
 * The patch as it is sent: our reference in it on a create, what is never sent left out, blank maps as
 * null.
 */
function patchOf(target: Target, write: NativeWrite, spec: WriteSpec | undefined): JsonMap {
  const field = target.spec.reference?.field;
  let patch: JsonMap =
    write.kind === "create" && field !== undefined
      ? { ...write.patch, [field]: write.reference }
      : write.patch;
  for (const path of spec?.omit ?? []) patch = changed(patch, path.split("."), () => undefined);
  for (const [path, key] of Object.entries(spec?.nullWhole ?? {})) {
    patch = changed(patch, path.split("."), (value) => (isMap(value) && value[key] === null ? null : value));
  }
  return patch;
}

/**
 * A map with the value at a path changed, in every row of the lists on the way; undefined takes the key
 * away.
 */
function changed(map: JsonMap, path: readonly string[], change: (value: Json) => Json | undefined): JsonMap {
  const [key = "", ...rest] = path;
  const value = own(map, key);
  if (value === undefined) return map;
  const inner = rest.length === 0 ? change(value) : changedIn(value, rest, change);
  const others = Object.entries(map).filter(([name]) => name !== key);
  return Object.fromEntries(inner === undefined ? others : [...others, [key, inner]]);
}

function changedIn(value: Json, path: readonly string[], change: (value: Json) => Json | undefined): Json {
  if (isList(value)) return value.map((row) => changedIn(row, path, change));
  return isMap(value) ? changed(value, path, change) : value;
}

function versionValue(target: Target, version: string | null): Json | undefined {
  if (version === null) return undefined;
  return target.spec.record.version?.as === "number" && /^\d{1,15}$/.test(version)
    ? Number(version)
    : version;
}
