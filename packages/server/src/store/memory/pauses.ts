import type { PauseRow, PauseStore } from "../port.ts";
import { pauseNote } from "../pauses.ts";
import { inOrder, instant } from "./basics.ts";
import { writeNotes } from "./journal.ts";
import type { State } from "./state.ts";

/** Pauses (see the SQL store). */
export function pausePart(state: State): PauseStore {
  const { pause } = state.tables;
  return {
    async listPauses() {
      return inOrder(pause.all(), ({ kind, name }) => [kind, name]).map((row): PauseRow => {
        const { kind, name, paused_by: by, paused_at } = row;
        return { kind, name, by, since: instant(paused_at) };
      });
    },
    async pause(what, by) {
      return state.commit((now) => {
        if (pause.get(what.kind, what.name) !== undefined) return false;
        pause.insert({ ...what, paused_by: by, paused_at: now });
        writeNotes(state, [pauseNote("paused", what, by)], null);
        return true;
      });
    },
    async resume(what, by) {
      return state.commit(() => {
        const row = pause.get(what.kind, what.name);
        if (row === undefined) return false;
        pause.remove(row);
        writeNotes(state, [pauseNote("resumed", what, by)], null);
        return true;
      });
    },
  };
}

/** Whether an entity of a connection is paused. */
export function isPaused(
  state: State,
  at: { readonly connection: string; readonly entity: string },
): boolean {
  const { pause } = state.tables;
  return pause.get("entity", at.entity) !== undefined || pause.get("connection", at.connection) !== undefined;
}
