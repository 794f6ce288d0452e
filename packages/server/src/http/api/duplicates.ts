import {
  candidatesRoute,
  decideCandidateRoute,
  decideClusterRoute,
  duplicatesRoute,
  undecideCandidateRoute,
} from "@crossfoot/api";
import type { ClusterBody, UndecideBody } from "@crossfoot/api";
import { connectionId, externalId } from "@crossfoot/kernel";
import type { Engine } from "../../runtime/engine.ts";
import { bind, done } from "./call.ts";
import type { Bound } from "./call.ts";
import { isOf } from "./operations.ts";
import { pageOf } from "./page.ts";
import { Problem } from "./problem.ts";

/** What the routes about who is who need of the engine. */
export type DuplicateEngine = Pick<
  Engine,
  "candidates" | "decideCandidate" | "undecideCandidate" | "clusters" | "answerDuplicate"
>;

const recordOf = ({ entity, connection, id }: UndecideBody) => ({
  entity,
  connection: connectionId(connection),
  id: externalId(id),
});

/** Possible duplicates, across both systems and within one, and what people say of them. */
export function duplicateRoutes(engine: DuplicateEngine, now: () => number): readonly Bound[] {
  return [...candidateRoutes(engine), ...clusterRoutes(engine, now)];
}

function candidateRoutes(engine: DuplicateEngine): readonly Bound[] {
  const busy = () =>
    new Problem("candidate_taken", "a write of the record is under way; ask again once it has ended");
  return [
    bind(candidatesRoute, async ({ query, caller: { sight } }) => {
      const rows = sight.conceal((await engine.candidates()).filter(isOf(query.entity)));
      const place = ({ connection, entity, id }: (typeof rows)[number]): string =>
        `${connection} ${entity} ${id}`;
      return done(pageOf(rows, { list: "candidates", paging: query, place }));
    }),
    bind(decideCandidateRoute, async ({ body, caller }) => {
      const outcome = await engine.decideCandidate(recordOf(body), { with: body.with, by: caller.by });
      if (outcome === "unknown")
        throw new Problem("candidate_unknown", "there is no such open candidate, or no such link");
      if (outcome === "busy") throw busy();
      if (outcome !== "told")
        throw new Problem(
          "candidate_taken",
          "the record belongs to that link, or the link to another entity",
        );
      return done({ settled: true });
    }),
    bind(undecideCandidateRoute, async ({ body, caller }) => {
      const outcome = await engine.undecideCandidate(recordOf(body), caller.by);
      if (outcome === "unknown")
        throw new Problem("candidate_unknown", "nothing was decided about that record");
      if (outcome === "busy") throw busy();
      if (outcome !== "told")
        throw new Problem(
          "candidate_taken",
          "something came of the decision: it was consolidated, merged or written; take that back first",
        );
      return done({ settled: true });
    }),
  ];
}

/** The instant that a day of `assign` is. Throws a Problem that names what is wrong. */
function dueOf({ word, owner, due }: ClusterBody, now: number): string | undefined {
  const refuse = (path: string, message: string): never => {
    throw new Problem("request_invalid", message, { faults: [{ path, message }] });
  };
  if (word === "assign" && owner === undefined && due === undefined)
    return refuse("body.owner", "`assign` names `owner`, `due`, or both");
  if (word !== "assign" && (owner !== undefined || due !== undefined))
    return refuse("body.word", "`owner` and `due` go with `assign`");
  if (due === undefined) return undefined;
  const today = new Date(now).toISOString().slice(0, 10);
  if (due < today) return refuse("body.due", `the day is over; say ${today} or a later one`);
  return `${due}T00:00:00.000Z`;
}

function clusterRoutes(engine: DuplicateEngine, now: () => number): readonly Bound[] {
  return [
    bind(duplicatesRoute, async ({ query, caller: { sight } }) => {
      const { state, entity } = query;
      const clusters = (await engine.clusters()).filter((each) => each.state === state);
      const rows = sight.conceal(clusters.filter(isOf(entity)));
      const place = ({ dueAt, id }: (typeof rows)[number]): string => `${dueAt} ${id}`;
      return done(pageOf(rows, { list: `duplicates ${state}`, paging: query, place }));
    }),
    bind(decideClusterRoute, async ({ params: { id }, body, caller }) => {
      const dueAt = dueOf(body, now());
      const { word, owner } = body;
      const unknown = new Problem("cluster_unknown", "no cluster is called so, or its records are hidden");
      const known = (await engine.clusters()).find((each) => each.id === id);
      if (known === undefined || caller.sight.hidesEntity(known.entity)) throw unknown;
      const told = await engine.answerDuplicate(id, {
        ...{ word, by: caller.by },
        ...(owner === undefined ? {} : { owner }),
        ...(dueAt === undefined ? {} : { dueAt }),
      });
      if (told === null) throw unknown;
      if (word !== "assign" && told.state === "consolidated")
        throw new Problem("cluster_consolidated", "a plan made them one; an undo of that plan takes it back");
      return done(caller.sight.conceal(told));
    }),
  ];
}
