import { customerRoute, linkRoute, listRecordsRoute, recordRoute, whyRoute } from "@crossfoot/api";
import type { RecordsQuery } from "@crossfoot/api";
import { linkId } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import { overviewOf } from "../../runtime/customer-overview.ts";
import type { Engine } from "../../runtime/engine.ts";
import type { LinkedRecord } from "../../runtime/looking-port.ts";
import { searchFor } from "../../runtime/record-search.ts";
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

/** Records that a search reads at once. */
const readAtOnce = 200;
/** Records that a search looks at before it answers what it has. */
const lookedMax = 2_000;

/** A page of records as the role sees them. What it does not see is taken out first: a search would tell. */
async function pageOfRecords(
  engine: RecordEngine,
  sight: Sight,
  query: RecordsQuery & { readonly entity: EntityName },
): Promise<{ readonly rows: readonly LinkedRecord[]; readonly next: string | null }> {
  const { entity, search, limit } = query;
  const list = `records ${entity}${search === undefined ? "" : ` ${search}`}`;
  const atOnce = search === undefined ? limit : readAtOnce;
  const finds = search === undefined ? () => true : searchFor(search);
  const place = placeOf(list, query.cursor);
  const rows: LinkedRecord[] = [];
  let after = place === null ? null : linkId(place);
  for (let looked = 0; looked < lookedMax; looked += atOnce) {
    const found = await engine.linkedRecords({ entity, limit: atOnce, after });
    for (const record of found) {
      after = record.link;
      const seen = shown(sight, record);
      if (finds(seen)) rows.push(seen);
      if (rows.length === limit) return { rows, next: cursorOf(list, after) };
    }
    if (found.length < atOnce) return { rows, next: null };
  }
  return { rows, next: after === null ? null : cursorOf(list, after) };
}

/** Records, as both systems were last read. */
export function recordRoutes(engine: RecordEngine, now: () => number): readonly Bound[] {
  return [
    bind(listRecordsRoute, async ({ params, query, caller: { sight } }) => {
      const { entity } = params;
      refuseHidden(sight, entity);
      return done(await pageOfRecords(engine, sight, { entity, ...query }));
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
