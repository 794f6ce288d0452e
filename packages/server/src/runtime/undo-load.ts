import { ConnectorError } from "@crossfoot/connector-sdk";
import { isMap } from "@crossfoot/kernel";
import type { ConnectionId, EntityName, ExternalId, Json, JsonMap, LinkId } from "@crossfoot/kernel";
import type { MadeQuery, MadeWrite } from "../store/port.ts";
import { lookUpLinks, readContext, readImages } from "./canonical.ts";
import type { Mappable } from "./canonical.ts";
import type { Assessed } from "./assess.ts";
import { readIds } from "./observe.ts";
import type { Settling } from "./settle.ts";
import type { KnownWrite } from "./undo-inverse.ts";
import { mappingOf, noteTrouble, sideOf } from "./world.ts";
import type { World } from "./world.ts";

/** Writes asked for at once. */
const pageSize = 1_000;
/** Writes that one undo takes back: more is not looked through by anybody before it is approved. */
const writesMax = 100_000;

/** An undo that cannot be planned. The message says why. */
export class UndoRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UndoRefused";
  }
}

/** Which writes are asked for, without where a page ends. */
type Asked = MadeQuery extends infer Query
  ? Query extends unknown
    ? Omit<Query, "limit" | "after">
    : never
  : never;

/**
 * All writes asked for, the oldest first within each link. Rejects with UndoRefused when there are too many.
 */
export async function loadMade(world: World, query: Asked): Promise<readonly MadeWrite[]> {
  const made: MadeWrite[] = [];
  for (;;) {
    const last = made.at(-1);
    const after = last === undefined ? null : { shard: last.shard, seq: last.seq };
    const page = await world.store.madeWrites({ ...query, limit: pageSize, after });
    made.push(...page);
    if (page.length < pageSize) return made;
    if (made.length >= writesMax)
      throw new UndoRefused(
        `these are more than ${writesMax} writes; undo them in parts (--record, --write)`,
      );
  }
}

/**
 * Reads every record of these links again, by id, so that an edit that nobody had read yet is seen. Answers
 * the names of those that their systems left out. A system that cannot be asked is noted: the plan says so,
 * and is not applied.
 */
export async function readAgain(
  settling: Settling,
  entity: EntityName,
  links: readonly LinkId[],
): Promise<ReadonlySet<string>> {
  const { session } = settling;
  const members = (await session.world.store.membersOf(links)).filter((member) => !member.isAlias);
  const missing = new Set<string>();
  for (const [connection, rows] of Map.groupBy(members, (member) => member.connection)) {
    const side = sideOf(session.world, connection);
    if (session.away.has(connection)) continue;
    try {
      const read = await readIds(session, side, { entity, ids: rows.map(({ id }) => id), via: "hint" });
      for (const id of read.missing) missing.add(missingName(connection, id));
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      await noteTrouble(session, side, { entity, error });
    }
  }
  return missing;
}

/** Name of a record in what {@link readAgain} answers. */
export const missingName = (connection: ConnectionId, id: ExternalId): string => `${connection}\n${id}`;

/** Writes by link with canonical values, each read under the mapping of its own target. */
export async function knownWrites(
  world: World,
  decided: ReadonlyMap<LinkId, Assessed>,
  made: readonly MadeWrite[],
): Promise<ReadonlyMap<LinkId, readonly KnownWrite[]>> {
  const links = await lookUpLinks(
    world,
    made.flatMap((write) => mappablesOf(world, write)),
  );
  const known = made.flatMap((write): readonly KnownWrite[] => {
    const one = decided.get(write.link);
    const side = world.sides.find(({ id }) => id === write.target);
    const mapping = side === undefined ? undefined : mappingOf(side, write.entity);
    if (one === undefined || side === undefined || mapping === undefined) return [];
    const context = readContext(world, links, { connection: side.id, lines: one.bundle.lines });
    const was = readImages(mapping, write.before, context);
    const became = { ...write.sent, ...readImages(mapping, write.after ?? {}, context) };
    return [{ ...write, was, became }];
  });
  return Map.groupBy(known, ({ link }) => link);
}

function mappablesOf(world: World, write: MadeWrite): readonly Mappable[] {
  const side = world.sides.find(({ id }) => id === write.target);
  const mapping = side === undefined ? undefined : mappingOf(side, write.entity);
  if (side === undefined || mapping === undefined) return [];
  const images: readonly (Json | undefined)[] = [
    ...Object.values(write.before),
    ...Object.values(write.after ?? {}),
  ];
  return images
    .filter((native): native is JsonMap => isMap(native))
    .map((native) => ({ side, mapping, native }));
}
