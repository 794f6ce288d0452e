import { statusRoute } from "@crossfoot/api";
import type { Context } from "hono";
import type { PersonStore } from "../../store/port.ts";
import type { Door } from "../api/door.ts";
import { problemAnswer, problemOf } from "../api/problem.ts";
import { sightOf } from "../api/sight.ts";
import type { Sight, Visibility } from "../api/sight.ts";
import { isAskedLocally } from "./browser.ts";
import { formPage } from "./form.ts";
import { wordPage } from "./pages.ts";
import type { Sessions } from "./sessions.ts";

/** What whoever was let in sees. */
export interface Admitted {
  readonly sight: Sight;
  /** Name of the person; null for a key, and where nobody has to sign in. */
  readonly person: string | null;
}

/** Lets requests for pages in, or answers them. */
export type Gate = (context: Context, as: "page" | "json") => Promise<Admitted | Response>;

/** What the gate of the pages knows. */
export interface GateOptions {
  readonly access: Pick<PersonStore, "listPeople">;
  readonly door: Door;
  readonly sessions: Sessions;
  readonly visibility: Visibility;
  /** Whether it is closed while nobody can sign in yet. */
  readonly isClosed: boolean;
}

/** Everything is seen by whoever is at this machine, while nobody can sign in. */
const everything: Admitted = { sight: sightOf("administrator", {}), person: null };

/**
 * The gate before the pages. Open on this machine alone while there is nobody who could sign in; else it
 * wants a session or a key whose role may read the status.
 */
export function createGate({ access, door, sessions, visibility, isClosed }: GateOptions): Gate {
  let isShut = isClosed;
  return async (context, as) => {
    isShut ||= (await access.listPeople()).length > 0;
    const { method, headers } = context.req.raw;
    if (!isShut && isAskedLocally(headers)) return everything;
    const isStranger = headers.get("authorization") === null && !sessions.isCarried(headers);
    if (isStranger && as === "page") return context.redirect("/sign-in", 303);
    const isUse = context.req.query("renewed") === undefined;
    const { roles, scope } = statusRoute;
    const knock = { route: { id: "page", roles, scope }, method, headers, isUse };
    try {
      const visitor = await door.authenticate(knock);
      door.authorise(knock, visitor);
      const person = visitor.kind === "person" ? visitor.name : null;
      return { sight: sightOf(visitor.role, visibility), person };
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === "defect") throw error;
      if (as === "json") return problemAnswer(problem, "page");
      if (problem.code === "session_over") return context.redirect("/sign-in", 303);
      return formPage(context, wordPage("Not for you", `${problem.message}.`), { status: 403 });
    }
  };
}
