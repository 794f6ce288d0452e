import { isoInstant } from "../calendar.ts";
import { isMap, textIn, type Json, type JsonMap } from "../json.ts";
import type { Call, Route } from "../route.ts";
import type { CrmDesk } from "./desk.ts";
import { crmRefusal } from "./wire.ts";

/** Longest text of a note. */
const TEXT_MAX = 4_000;

/** Notes that people and programs leave on records, beside their fields: no note changes a record. */
export class CrmNotes {
  readonly #notes = new Map<string, Map<string, JsonMap>>();

  /** Notes on a record, in the order in which they were left. */
  of(object: string, id: string): readonly JsonMap[] {
    return [...(this.#notes.get(`${object}/${id}`)?.values() ?? [])];
  }

  /** Leaves a note, or answers the one that is there under its key. */
  leave(object: string, id: string, note: JsonMap): { readonly note: JsonMap; readonly isFirst: boolean } {
    const key = textIn(note, "key") ?? "";
    const own = this.#notes.get(`${object}/${id}`) ?? new Map<string, JsonMap>();
    const known = own.get(key);
    if (known !== undefined) return { note: known, isFirst: false };
    this.#notes.set(`${object}/${id}`, own.set(key, note));
    return { note, isFirst: true };
  }
}

function textOf(call: Call, field: string, longest: number): string {
  const value = isMap(call.body) ? textIn(call.body, field) : null;
  if (value === null || value === "") throw crmRefusal("required", field, "a value is required");
  if (value.length > longest) throw crmRefusal("bad-value", field, `at most ${longest} characters`);
  return value;
}

/** Routes of the notes on records of one object. */
export function noteRoutes(
  parts: { readonly desk: CrmDesk; readonly notes: CrmNotes; readonly clock: () => number },
  object: string,
): Route[] {
  const { desk, notes, clock } = parts;
  const idOf = (call: Call): string => {
    const id = call.params["id"] ?? "";
    desk.mustExist({ object, id });
    return id;
  };
  return [
    {
      method: "POST",
      path: `/${object}/:id/notes`,
      operationId: `${object}.note`,
      summary: "Leave a note on a record; a key leaves one note however often it is sent",
      success: 201,
      request: { type: "object", properties: { key: { type: "string" }, text: { type: "string" } } },
      response: { type: "object" },
      run: (call) => {
        const id = idOf(call);
        const key = textOf(call, "key", 100);
        const text = textOf(call, "text", TEXT_MAX);
        const at = isoInstant(clock());
        const { note, isFirst } = notes.leave(object, id, { key, text, at, by: `usr_${call.actor}` });
        return { status: isFirst ? 201 : 200, body: note };
      },
    },
    {
      method: "GET",
      path: `/${object}/:id/notes`,
      operationId: `${object}.notes`,
      summary: "Notes on a record",
      success: 200,
      response: { type: "object", properties: { results: { type: "array" } } },
      run: (call) => ({ status: 200, body: { results: [...notes.of(object, idOf(call))] as Json[] } }),
    },
  ];
}
