import { customerRoute, linkRoute, listRecordsRoute, recordRoute, whyRoute } from "@crossfoot/api";
import { linkId } from "@crossfoot/kernel";
import { overviewOf } from "../../runtime/customer-overview.ts";
import type { Engine } from "../../runtime/engine.ts";
import type { LinkedRecord } from "../../runtime/looking-port.ts";
import { bind, done } from "./call.ts";
import type { Bound } from "./call.ts";
import { cursorOf, placeOf } from "./page.ts";
import { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** What the routes of records need of the engine. */
export type RecordEngine = Pick<Engine, "linkedRecords" | "linkedRecord" | "customer" | "why">;

const unknown = (): Problem => new Problem("record_unknown", "nothing is known under that name");

/** Throws a Problem for an entity that the role does not see. */
export function refuseHidden(sight: Sight, entity: string): void {
  if (sight.hidesEntity(entity)) throw new Problem("entity_hidden", `${entity} are not for this role`);
}

const shown = (sight: Sight, record: LinkedRecord): LinkedRecord => sight.conceal(record, record.entity);

/** Records, as both systems were last read. */
export function recordRoutes(engine: RecordEngine, now: () => number): readonly Bound[] {
  return [
    bind(listRecordsRoute, async ({ params, query, caller: { sight } }) => {
      const { entity } = params;
      refuseHidden(sight, entity);
      const list = `records ${entity}`;
      const place = placeOf(list, query.cursor);
      const after = place === null ? null : linkId(place);
      const found = await engine.linkedRecords({ entity, limit: query.limit, after });
      const last = found.at(-1);
      const isMore = found.length === query.limit && last !== undefined;
      return done({
        rows: found.map((record) => shown(sight, record)),
        next: isMore ? cursorOf(list, last.link) : null,
      });
    }),
    bind(recordRoute, async ({ params, caller: { sight } }) => {
      refuseHidden(sight, params.entity);
      const record = await engine.linkedRecord(params);
      if (record === null) throw unknown();
      return done(shown(sight, record));
    }),
    bind(whyRoute, async ({ params, caller: { sight } }) => {
      refuseHidden(sight, params.entity);
      const report = await engine.why(params);
      if (report === null || report.entity !== params.entity) throw unknown();
      return done(sight.conceal(report, report.entity));
    }),
    bind(customerRoute, async ({ params, query, caller: { sight } }) => {
      refuseHidden(sight, "accounts");
      const found = await engine.customer(params.id);
      if (found === null) throw unknown();
      const today = new Date(now()).toISOString().slice(0, 10);
      return done(overviewOf(sight.conceal(found), { today, limit: query.newest }));
    }),
    bind(linkRoute, async ({ params, caller: { sight } }) => {
      const record = await engine.linkedRecord({ entity: null, id: params.id });
      if (record === null) throw unknown();
      refuseHidden(sight, record.entity);
      return done(shown(sight, record));
    }),
  ];
}
