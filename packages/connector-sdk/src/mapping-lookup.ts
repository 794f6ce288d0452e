import type { EntityName, ExternalId, JsonMap } from "@crossfoot/kernel";
import { idForm, own, textForm } from "./mapping-json.ts";
import { getPath } from "./mapping-path.ts";
import { blank, isRows, readFields, rowsOf } from "./mapping-read.ts";
import type { EntityMapping } from "./mapping-types.ts";

/**
 * Whether the record is in the scope of its mapping; `unknown` when the place was not delivered or cannot
 * be walked. Values are compared by their text form.
 */
export function isInScope(mapping: EntityMapping, native: JsonMap): boolean | "unknown" {
  if (mapping.scope === null) return true;
  const reached = getPath(mapping.scope.path, native);
  if (reached.kind !== "value") return "unknown";
  const { value } = reached;
  return mapping.scope.in.some((each) =>
    each === null ? value === null : textForm(each) === textForm(value),
  );
}

/**
 * References of a record, also inside lines, without repetition: to look their links up in bulk. Never
 * throws.
 */
export function referencesOf(
  mapping: EntityMapping,
  native: JsonMap,
): readonly { readonly entity: EntityName; readonly id: ExternalId }[] {
  const found = new Map<string, { readonly entity: EntityName; readonly id: ExternalId }>();
  const linkOf = (entity: EntityName, id: ExternalId): undefined => {
    found.set(`${entity} ${id}`, { entity, id });
  };
  readFields(mapping, native, { ...blank, linkOf });
  return [...found.values()];
}

/** A row of a list: its native id, and our line key when the system stores it. */
export interface LineId {
  readonly field: string;
  readonly nativeId: string;
  readonly lineRef: string | null;
}

/**
 * Native ids of all rows, with the line key that we left there: to look line keys up in bulk. Never throws.
 */
export function lineIdsOf(mapping: EntityMapping, native: JsonMap): readonly LineId[] {
  const found: LineId[] = [];
  for (const [field, { source }] of Object.entries(mapping.fields)) {
    const rows = source.from === "list" ? rowsOf(source.path, native) : null;
    if (source.from !== "list" || !isRows(rows)) continue;
    for (const row of rows) {
      const nativeId = idForm(own(row, source.key));
      if (nativeId === undefined) continue;
      const mark = source.lineRef === null ? undefined : own(row, source.lineRef);
      found.push({ field, nativeId, lineRef: typeof mark === "string" && mark !== "" ? mark : null });
    }
  }
  return found;
}
