import type { Page } from "@crossfoot/connector-sdk";
import { isMap } from "@crossfoot/kernel";
import type { ExternalId, Json } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { CandidateRow } from "../store/port.ts";
import { adoptRows } from "./adopt.ts";
import type { Adopting } from "./adopt.ts";
import { AdoptTally, listedMax } from "./adopt-report.ts";
import type { AdoptReport, AdoptRow, BadRow, FieldSource } from "./adopt-report.ts";
import { runCommand } from "./command.ts";
import type { AdoptOptions, RunOptions } from "./engine.ts";
import { settle } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { reading, sideOf } from "./world.ts";
import type { Session, World } from "./world.ts";

/** Records asked for in one page of a field. */
const pageSize = 500;

/** Takes over a cross-reference table as links. Writes to no connected system. */
export async function adoptCommand(world: World, options: AdoptOptions): Promise<AdoptReport> {
  const { onDifference, field } = options;
  const tally = new AdoptTally();
  const entities = field === undefined ? undefined : [field.entity];
  const run: RunOptions = {
    ...{ observe: true, waitMsMax: 0, sweep: options.sweep === true },
    ...(entities === undefined ? {} : { only: entities }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const held = new Set((await world.store.listCandidates()).map(recordName));
  let runId = "";
  const summary = await runCommand(
    world,
    { command: "adopt", options: run, reads: true, lane: "poll", isAlone: true, isHarmless: true },
    async (settling) => {
      runId = settling.session.runId ?? "";
      const adopting: Adopting = {
        session: settling.session,
        tally,
        terms: onDifference === "contract" ? null : (onDifference ?? "review"),
        areTermsAsked: onDifference !== undefined,
        isCheck: options.isCheck === true,
        imagined: new Map(),
      };
      await adoptRows(adopting, options.rows ?? fieldRows(settling.session, field));
      if (adopting.isCheck || settling.session.signal?.aborted === true) return;
      await settle(settling);
      await tellRest(settling, tally, held);
    },
  );
  const planned: Record<string, Record<string, number>> = {};
  for (const { observed } of summary.entities) {
    for (const [target, kinds] of Object.entries(observed)) {
      const into = (planned[target] ??= {});
      for (const [kind, count] of Object.entries(kinds)) into[kind] = (into[kind] ?? 0) + count;
    }
  }
  return {
    runId,
    isCheck: options.isCheck === true,
    counts: tally.counts,
    findings: tally.findings,
    found: tally.found,
    differences: await differences(world, tally),
    alone: await alone(world, tally),
    planned,
    troubles: summary.troubles.map(({ connection, failure }) => ({ connection, message: failure.message })),
  };
}

/** Pairs from a field, read page by page from the system that has it; the field need not be mapped. */
async function* fieldRows(
  session: Session,
  source: FieldSource | undefined,
): AsyncIterable<AdoptRow | BadRow> {
  if (source === undefined) return;
  const side = sideOf(session.world, source.on);
  const other = session.world.sides.find(({ role }) => role !== side.role);
  const [root = ""] = source.field.split(".");
  if (other === undefined) return;
  const seen = new Set<string>();
  let line = 0;
  for (let next: string | null = null; ;) {
    const cursor: string | null = next;
    const page: Page = await reading(session, side, (open) =>
      open.read({ entity: source.entity, roots: [root], since: null, cursor, pageSize }),
    );
    for (const record of page.records) {
      line += 1;
      if (record.kind !== "present" && record.kind !== "archived") continue;
      const id = textAt(record.native, source.field);
      // A record without the other side's id was never integrated: nothing is wrong with it.
      if (id === null) continue;
      yield {
        line,
        entity: source.entity,
        ids: [
          { connection: side.id, id: record.id },
          { connection: other.id, id },
        ],
      };
    }
    next = page.next;
    if (next === null || seen.has(next)) return;
    seen.add(next);
  }
}

/** The value at a path of names, as the text of an id; null when there is none. */
function textAt(native: Json, path: string): ExternalId | null {
  let value: Json | undefined = native;
  for (const name of path.split(".")) value = isMap(value) ? value[name] : undefined;
  if (typeof value === "number") return String(value) as ExternalId;
  return typeof value === "string" && value.trim() !== "" ? (value.trim() as ExternalId) : null;
}

/** What the declared keys say of records that the table does not know. */
async function tellRest(settling: Settling, tally: AdoptTally, held: ReadonlySet<string>): Promise<void> {
  const { world, runId } = settling.session;
  const joined = runId === null ? [] : await world.store.joinedIn(runId, listedMax);
  for (const { entity, members } of await world.store.loadLinks(joined)) {
    if (tally.counts[entity] === undefined) continue;
    const records = members.map(({ connection, id }) => `${connection}:${id}`);
    tally.note({ kind: "missed", entity, line: null, records, detail: "joined by a declared key" });
  }
  const candidates = await world.store.listCandidates();
  for (const candidate of candidates) {
    if (tally.counts[candidate.entity] === undefined || held.has(recordName(candidate))) continue;
    if (isOwnHold(candidate)) continue;
    const records = [`${candidate.connection}:${candidate.id}`];
    const detail = `shares ${candidate.keys.join(", ")}`;
    tally.note({ kind: "duplicate", entity: candidate.entity, line: null, records, detail });
  }
}

/** Candidates that the table itself led to have been told with their lines. */
const isOwnHold = ({ keys }: CandidateRow): boolean =>
  keys.some((key) => key === "consolidate" || key.startsWith("adopt:"));

/** Fields in which linked records differ and a person has not decided. */
async function differences(world: World, tally: AdoptTally): Promise<AdoptReport["differences"]> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { entity, field, reason } of await world.store.listConflicts("open")) {
    if (reason !== "first_link_differs" || tally.counts[entity] === undefined) continue;
    const fields = (counts[entity] ??= {});
    fields[field] = (fields[field] ?? 0) + 1;
  }
  return counts;
}

/** Records without a counterpart, by entity and connection. */
async function alone(world: World, tally: AdoptTally): Promise<AdoptReport["alone"]> {
  const counts = await world.store.countAlone(Object.keys(tally.counts));
  const by: Record<string, Record<string, number>> = {};
  for (const { entity, connection, count } of counts) (by[entity] ??= {})[connection] = count;
  return by;
}
