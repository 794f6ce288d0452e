import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Action, LineChange } from "./action.ts";
import type { Actor } from "./system/commit.ts";
import type { ModelSystem } from "./system/model-system.ts";
import { standing } from "./system/model-system.ts";
import { rootOf } from "./system/dialect.ts";
import { outOfScope, scopeRoot } from "./system/scope.ts";
import { atDesk } from "./system/erp-desk.ts";
import { shapesOn } from "./system/vocabulary.ts";
import type { Timeline } from "./virtual-time.ts";

/**
 * A person does something in a system's own screens. Answers false when it cannot be done: the record is not
 * there, or not in that state.
 */
export function act(timeline: Timeline, system: ModelSystem, action: Action): boolean {
  const { entity, tag, deed } = action;
  const actor: Actor = { kind: "person", name: action.who, action: action.id };
  if (deed.kind === "create") {
    const isThere = system.find(entity, tag) !== undefined && deed.isAgain !== true;
    if (isThere || !isKnown(system, action, deed.fields)) return false;
    system.create(entity, system.encode(entity, deed.fields), { actor, reference: null });
    return true;
  }
  const row =
    deed.kind === "restore" || deed.kind === "unmerge"
      ? system.rows(entity).find((each) => each.tag === tag && standing(each).life === "deleted")
      : system.find(entity, tag);
  if (row === undefined) return false;
  switch (deed.kind) {
    case "edit": {
      if (!isKnown(system, action, deed.fields)) return false;
      const native = system.encode(entity, deed.fields);
      const isUnmarked = deed.isUnmarked ?? false;
      const openedAt = system.clock.now();
      const shown = deed.isOurUser === true ? { shownActor: "crossfoot" } : {};
      const change = { op: "write", actor, native, isUnmarked, openedAt, ...shown } as const;
      const commit = (): unknown => system.commit(row, change);
      if (deed.openMs === undefined) commit();
      else timeline.after(deed.openMs, () => void (standing(row).life === "live" && commit()));
      return true;
    }
    case "delete":
      system.commit(row, { op: "delete", actor, life: "deleted" });
      return true;
    case "archive":
      system.commit(row, { op: "archive", actor, life: "archived" });
      return true;
    case "unarchive":
      system.commit(row, { op: "unarchive", actor, life: "live" });
      return true;
    case "restore":
      system.commit(row, { op: "restore", actor, life: "live" });
      return true;
    case "scope":
      system.commit(row, { op: "write", actor, native: { [scopeRoot]: deed.isIn ? null : outOfScope } });
      return true;
    case "merge": {
      const into = system.find(entity, deed.into);
      if (into === undefined || into === row) return false;
      system.commit(row, { op: "merge", actor, life: "deleted", into: into.id });
      system.repoint(row, into);
      return true;
    }
    case "unmerge":
      if (standing(row).into === null) return false;
      system.commit(row, { op: "unmerge", actor, life: "live", into: null });
      return true;
    case "step": {
      const status = system.decode(entity, standing(row).native)["status"];
      if (typeof status !== "string" || !deed.from.includes(status)) return false;
      const native = system.encode(entity, { status: deed.to });
      system.commit(row, { op: "write", actor, native });
      return true;
    }
    case "convert":
    case "ship":
    case "bill":
    case "pay":
    case "credit":
      return atDesk(system, row, { deed, actor });
    case "line": {
      const root = rootOf(system.name, "lines");
      const native = system.encode(entity, { lines: [] });
      const now = system.decode(entity, standing(row).native)["lines"] ?? [];
      const lines = changedLines(now, deed.change);
      if (lines === null) return false;
      const encoded = system.encode(entity, { lines });
      system.commit(row, { op: "write", actor, native: { ...native, [root]: encoded[root] ?? [] } });
      return true;
    }
  }
}

/** A person can only choose what is there. */
function isKnown(system: ModelSystem, { entity }: Action, fields: JsonMap): boolean {
  const shapes = shapesOn(system.name, entity);
  return Object.entries(fields).every(([field, value]) => {
    const shape = shapes[field];
    if (shape?.kind !== "ref" || value === null) return true;
    return typeof value === "string" && system.idOf(shape.entity, value) !== null;
  });
}

/** The lines of a document after a change of one of them; null when there is no such line. */
function changedLines(now: Json, change: LineChange): Json | null {
  if (!Array.isArray(now)) return null;
  const lines = now as readonly JsonMap[];
  if (change.kind === "add") return [...lines, change.line];
  if (lines.length === 0) return null;
  const at = change.at % lines.length;
  if (change.kind === "remove") return lines.length < 2 ? null : lines.filter((_, index) => index !== at);
  return lines.map((line, index) => (index === at ? { ...line, [change.field]: change.value } : line));
}
