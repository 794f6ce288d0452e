import {
  conflictsRoute,
  deadLettersRoute,
  decideConflictRoute,
  meRoute,
  pauseRoute,
  pausesRoute,
  redriveRoute,
  resumeRoute,
  runsRoute,
  statementRoute,
  statusRoute,
} from "@crossfoot/api";
import type { PausableParams } from "@crossfoot/api";
import { connectionId, linkId } from "@crossfoot/kernel";
import type { Statement } from "@crossfoot/model";
import { readCutOff, whyAhead } from "../../runtime/engine.ts";
import type { Engine } from "../../runtime/engine.ts";
import type { PauseOf } from "../../store/port.ts";
import { bind, done } from "./call.ts";
import type { Bound } from "./call.ts";
import { pageOf } from "./page.ts";
import { Problem } from "./problem.ts";
import { refuseHidden } from "./records.ts";
import type { Sight } from "./sight.ts";

/** What the routes of operations need of the engine. */
export type OperationEngine = Pick<
  Engine,
  | "status"
  | "runs"
  | "pauses"
  | "conflicts"
  | "decideConflict"
  | "deadLetters"
  | "redrive"
  | "pause"
  | "resume"
  | "statement"
>;

/** What there is to be paused. */
export interface Pausable {
  readonly connections: readonly string[];
  readonly entities: readonly string[];
}

/** Runs that are looked through at most. */
const runsMax = 200;

function pauseOf({ kind, name }: PausableParams, known: Pausable): PauseOf {
  const names = kind === "entity" ? known.entities : known.connections;
  if (!names.includes(name)) throw new Problem("pausable_unknown", `the names are ${names.join(", ")}`);
  return { kind, name };
}

/** Totals of documents are sums of fields: whoever does not see all of those sees none of them. */
function statementShown(statement: Statement, sight: Sight): unknown {
  const documents = ["quotes", "orders", "invoices"];
  const { footing, companyFooting, ...rest } = statement;
  const seesAll = Object.keys(sight.hidden).every((entity) => !documents.includes(entity));
  const sums = { footing, ...(companyFooting === undefined ? {} : { companyFooting }) };
  return { ...sight.conceal(rest), ...(seesAll ? sight.conceal(sums) : {}) };
}

/** Status and what waits for a person. */
export function operationRoutes(
  engine: OperationEngine,
  known: Pausable & { readonly now: () => number },
): readonly Bound[] {
  return [...lookingRoutes(engine, known.now), ...decidingRoutes(engine), ...pausingRoutes(engine, known)];
}

/** Rows of one entity, or of all. */
export const isOf =
  (entity: string | undefined) =>
  (row: { readonly entity: string }): boolean =>
    entity === undefined || row.entity === entity;

function lookingRoutes(engine: OperationEngine, now: () => number): readonly Bound[] {
  return [
    bind(statusRoute, async ({ caller: { sight } }) => done(sight.conceal(await engine.status()))),
    bind(runsRoute, async ({ query }) => {
      const runs = await engine.runs(runsMax);
      const places = new Map(runs.map((run, at) => [run, String(at).padStart(4, "0")]));
      // The newest run comes first: its place is behind that of every run that came later.
      return done(pageOf(runs, { list: "runs", paging: query, place: (run) => places.get(run) ?? "" }));
    }),
    bind(conflictsRoute, async ({ query, caller: { sight } }) => {
      const rows = sight.conceal((await engine.conflicts()).filter(isOf(query.entity)));
      const place = ({ link, field }: (typeof rows)[number]): string => `${link} ${field}`;
      return done(pageOf(rows, { list: "conflicts", paging: query, place }));
    }),
    bind(deadLettersRoute, async ({ query, caller: { sight } }) => {
      const rows = sight.conceal((await engine.deadLetters()).filter(isOf(query.entity)));
      return done(pageOf(rows, { list: "dead-letters", paging: query, place: ({ parkId }) => parkId }));
    }),
    bind(statementRoute, async ({ query: { entity, asOf }, caller: { sight } }) => {
      if (entity !== undefined) refuseHidden(sight, entity);
      const cutOff = asOf === undefined ? undefined : readCutOff(asOf);
      const why = cutOff === undefined ? null : whyAhead(asOf ?? "", cutOff, now());
      if (why !== null) throw new Problem("request_invalid", `asOf: ${why}`);
      const statement = await engine.statement({
        ...(entity === undefined ? {} : { only: [entity] }),
        ...(cutOff === undefined ? {} : { asOf: cutOff }),
      });
      return done(statementShown(statement, sight));
    }),
    bind(meRoute, async ({ caller: { visitor, sight } }) => {
      const { kind, id, ...rest } = visitor;
      return done({ kind, key: kind === "key" ? `cf_${id}` : null, ...rest, hidden: sight.hidden });
    }),
  ];
}

function decidingRoutes(engine: OperationEngine): readonly Bound[] {
  return [
    bind(decideConflictRoute, async ({ params, body, caller }) => {
      const unknown = new Problem("conflict_unknown", "there is no such open conflict, or it is settled");
      const { field } = params;
      const link = linkId(params.link);
      const open = (await engine.conflicts()).find((each) => each.link === link && each.field === field);
      if (open === undefined || caller.sight.hides(open.entity, field)) throw unknown;
      if (!Object.hasOwn(open.values, body.take)) {
        const sides = Object.keys(open.values).join(", ");
        throw new Problem("request_invalid", `\`take\` is one of ${sides}`, {
          faults: [{ path: "body.take", message: `is one of ${sides}` }],
        });
      }
      const decision = { take: connectionId(body.take), by: caller.by };
      if (!(await engine.decideConflict(link, field, decision))) throw unknown;
      return done({ settled: true });
    }),
    bind(redriveRoute, async ({ body, caller }) =>
      done({ redriven: await engine.redrive([...new Set(body.ids)], caller.by) }),
    ),
  ];
}

function pausingRoutes(engine: OperationEngine, known: Pausable): readonly Bound[] {
  return [
    bind(pausesRoute, async () => done({ rows: await engine.pauses() })),
    bind(pauseRoute, async ({ params, caller }) =>
      done({ isChanged: await engine.pause(pauseOf(params, known), caller.by) }),
    ),
    bind(resumeRoute, async ({ params, caller }) =>
      done({ isChanged: await engine.resume(pauseOf(params, known), caller.by) }),
    ),
  ];
}
