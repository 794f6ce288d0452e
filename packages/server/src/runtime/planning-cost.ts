import type { ConnectionId, EntityName } from "@crossfoot/kernel";
import type { PlanCost, PlanWrite } from "./plan-document.ts";
import type { Settling } from "./settle.ts";
import { abilitiesOf, mappingOf } from "./world.ts";

interface Counted {
  reads: number;
  writes: number;
}

/**
 * Least number of calls that an apply makes, by connection: sign-in apart, the look at each system and
 * entity before it begins, the records that the writes rest on by id, the writes in the batches that the
 * connectors declare, and reads before and after them where the system needs these.
 */
export function callsOf(
  settling: Settling,
  writes: readonly PlanWrite[],
): { readonly [connection: string]: Pick<PlanCost, "reads" | "writes"> } {
  const counted = new Map<ConnectionId, Counted>();
  const of = (connection: ConnectionId): Counted => {
    const known = counted.get(connection) ?? { reads: 0, writes: 0 };
    counted.set(connection, known);
    return known;
  };
  if (writes.length === 0) return {};
  const entities = new Set(writes.map(({ entity }) => entity));
  for (const side of settling.session.world.sides) {
    // Who is it, and what is there that was not there before.
    of(side.id).reads += 1;
    for (const entity of entities) if (mappingOf(side, entity) !== undefined) of(side.id).reads += 1;
  }
  for (const [connection, entity, ids] of restingOf(writes)) {
    of(connection).reads += Math.ceil(ids / batchOf(settling, { connection, entity }).read);
  }
  for (const stage of stagesOf(writes)) {
    const [{ target, entity }] = stage as [PlanWrite];
    const { read, write, before, after } = batchOf(settling, { connection: target, entity });
    const calls = of(target);
    const { length: known } = stage.filter(({ kind }) => kind !== "create");
    calls.writes += Math.ceil(stage.length / write);
    if (before) calls.reads += Math.ceil(known / read);
    if (after) calls.reads += Math.ceil(stage.length / read);
  }
  return Object.fromEntries([...counted].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many records of each entity are looked at by id, by connection. */
function restingOf(
  writes: readonly PlanWrite[],
): readonly (readonly [connection: ConnectionId, entity: EntityName, ids: number])[] {
  const direct = writes.filter(({ answers }) => answers.length === 0);
  const views = new Map(
    direct
      .flatMap(({ rests }) => rests)
      .map((view) => [`${view.connection}\n${view.entity}\n${view.id}`, view]),
  );
  const groups = Map.groupBy(views.values(), ({ connection, entity }) => `${connection}\n${entity}`);
  return [...groups.values()].map((own) => [
    own[0]?.connection ?? ("" as never),
    own[0]?.entity ?? "",
    own.length,
  ]);
}

/** Writes that go out together. */
function stagesOf(writes: readonly PlanWrite[]): readonly (readonly PlanWrite[])[] {
  const nameOf = ({ part, step, target, answers }: PlanWrite): string =>
    `${part}\n${answers.length > 0}\n${step}\n${target}`;
  return [...Map.groupBy(writes, nameOf).values()];
}

function batchOf(
  settling: Settling,
  at: { readonly connection: ConnectionId; readonly entity: EntityName },
): { readonly read: number; readonly write: number; readonly before: boolean; readonly after: boolean } {
  const connection = settling.opened.get(at.connection);
  const abilities = connection === undefined ? undefined : abilitiesOf(connection, at.entity);
  return {
    read: Math.max(abilities?.readBatchMax ?? 1, 1),
    write: Math.max(abilities?.writeBatchMax ?? 1, 1),
    before: abilities?.precondition === "compare",
    after: abilities?.answersRecord === false,
  };
}
