import { isBlank, isEqual, isLines, isPlainGroup } from "@crossfoot/kernel";
import type { ConnectionId, Discard, Fields, Line, Value } from "@crossfoot/kernel";
import { isSameQuantity } from "@crossfoot/model";
import { causesIn } from "../store/port.ts";
import type { Intent } from "../store/port.ts";

/**
 * Values that a target does not keep as they were sent: cut, rounded, rewritten. The whole value stays
 * where it came from, and both images count as agreed (INVARIANTS.md I13); that the target shows another
 * one is told. Empty for a write that carries no value.
 */
export function lossesOf(
  intent: Pick<Intent, "target" | "fields" | "causes">,
  shown: Fields,
): readonly Discard[] {
  return Object.entries(intent.fields).flatMap(([field, sent]) => {
    const { connection, actor } = sourceOf(intent, field);
    const tell = (name: string, value: Value, kept: Value): Discard => {
      return { field: name, connection, value, actor, reason: "lossy_target", winner: intent.target, kept };
    };
    return unkept(field, sent, shown[field]).map(([name, value, kept]) => tell(name, value, kept));
  });
}

/** Whose value a field of the write is, and who committed it. */
function sourceOf(
  intent: Pick<Intent, "causes" | "target">,
  field: string,
): { readonly connection: ConnectionId; readonly actor: string | null } {
  const { target } = intent;
  const cause = causesIn(intent).find(({ fields }) => Array.isArray(fields) && fields.includes(field));
  if (cause === undefined) return { connection: target, actor: null };
  const { connection, actor } = cause;
  return {
    connection: (typeof connection === "string" ? connection : target) as ConnectionId,
    actor: typeof actor === "string" ? actor : null,
  };
}

type Unkept = readonly (readonly [field: string, sent: Value, kept: Value])[];

function unkept(field: string, sent: Value, shown: Value | undefined): Unkept {
  if (shown === undefined || isBlank(sent)) return [];
  if (!isLines(sent) || !isLines(shown)) return isKept(sent, shown) ? [] : [[field, sent, shown]];
  const rows = new Map(shown.map((line) => [line.key, line]));
  return sent.flatMap((line) => unkeptOfLine(field, line, rows.get(line.key)));
}

function unkeptOfLine(field: string, line: Line, row: Line | undefined): Unkept {
  if (row === undefined) return [[field, [line], null]];
  return Object.entries(line.fields).flatMap(([part, value]) =>
    unkept(`${field}[${line.key}].${part}`, value, row.fields[part]),
  );
}

/** True when nothing the target shows of a value differs from it; a part without a place says nothing. */
function isKept(sent: Value, shown: Value | undefined): boolean {
  if (shown === undefined || isBlank(sent)) return true;
  if (isQuantity(sent) && isQuantity(shown)) return isSameQuantity(sent, shown);
  if (!isPlainGroup(sent) || !isPlainGroup(shown)) return isEqual(sent, shown);
  return Object.entries(sent).every(([part, value]) => isKept(value, shown[part]));
}

type Quantity = Parameters<typeof isSameQuantity>[0];

function isQuantity(value: Value): value is Value & Quantity {
  return isPlainGroup(value) && typeof value["unit"] === "string" && typeof value["value"] === "string";
}
