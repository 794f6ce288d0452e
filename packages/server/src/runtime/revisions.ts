import { decimals } from "@crossfoot/connector-sdk";
import { matchKeysOf, normalDecimal } from "@crossfoot/kernel";
import type { ConnectionId, DecideInput, EntityPolicy, Fields, LinkId } from "@crossfoot/kernel";
import type { LinkBundle } from "../store/port.ts";
import { canonicalFields } from "./canonical.ts";
import type { World } from "./world.ts";

/** Which quote it is a revision of, and the how manieth. */
interface Revised {
  readonly number: string;
  readonly revision: string;
}

/** Null for what is no quote, and where its system tells no number or no revision. */
function revisedIn({ entity }: EntityPolicy, fields: Fields): Revised | null {
  const { number, revision } = fields;
  if (entity !== "quotes" || typeof number !== "string" || typeof revision !== "string") return null;
  const counted = normalDecimal(revision);
  return number.trim() === "" || counted === undefined ? null : { number: number.trim(), revision: counted };
}

const keyOf = ({ number }: Revised): string => `revision of=${number}`;

/**
 * Keys that a link keeps: its match keys, and the one under which revisions of one quote find each other.
 * Nothing is ever joined by that one. Pure.
 */
export function keptKeys(policy: EntityPolicy, fields: Fields): readonly string[] {
  const revised = revisedIn(policy, fields);
  return [...matchKeysOf(policy, fields), ...(revised === null ? [] : [keyOf(revised)])];
}

/** Another revision of the same quote. */
interface Sibling {
  readonly link: LinkId;
  readonly revision: string;
  readonly isNewer: boolean;
  /** Name of its record where it is a quote of the same system, `<connection>:<id>`. */
  readonly name: string;
  /** Connections on which it is, or may be made by now. */
  readonly on: readonly ConnectionId[];
}

/** A link with its members as they are decided on. */
interface Read {
  readonly bundle: Pick<LinkBundle, "id">;
  readonly members: DecideInput["members"];
}

/**
 * Other revisions of quotes, by link. Some systems revise a quote by a new record under the same number, with
 * the next revision. Asks the store only for quotes that tell both.
 */
export async function siblingsOf(
  world: World,
  policy: EntityPolicy,
  read: readonly Read[],
): Promise<ReadonlyMap<LinkId, readonly Sibling[]>> {
  const own = read.flatMap(({ bundle, members }) =>
    Object.values(members).flatMap(({ view }) => {
      const revised = revisedIn(policy, view.fields);
      return revised === null ? [] : [{ link: bundle.id, connection: view.connection, ...revised }];
    }),
  );
  if (own.length === 0) return new Map();
  const keys = [...new Set(own.map((one) => keyOf(one)))];
  const holders = (await world.store.holdersOf(policy.entity, keys)).filter(
    ({ key, link, state }) => state !== "ended" && own.some((one) => keyOf(one) === key && one.link !== link),
  );
  const bundles = await world.store.loadBundles([...new Set(holders.map(({ link }) => link))]);
  const members = bundles.flatMap((bundle) => bundle.members.map((member) => ({ bundle, member })));
  const seen = members.flatMap(({ member: { observation } }) => observation ?? []);
  const fields = new Map((await canonicalFields(world, policy, seen)).map((one) => [one.record, one.fields]));
  const found = new Map<LinkId, Sibling[]>();
  for (const { bundle, member } of members) {
    const { observation } = member;
    const revised = observation === null ? null : revisedIn(policy, fields.get(observation) ?? {});
    if (observation === null || revised === null || observation.kind === "deleted") continue;
    const on = [...bundle.members.map(({ connection }) => connection), ...bundle.openTargets];
    for (const one of own) {
      const isOther = one.link !== bundle.id && one.connection === member.connection;
      const order = decimals.compare(revised.revision, one.revision);
      if (!isOther || revised.number !== one.number || order === 0) continue;
      const name = `${member.connection}:${member.id}`;
      const sibling = { link: bundle.id, revision: revised.revision, isNewer: order > 0, name, on };
      found.set(one.link, [...(found.get(one.link) ?? []), sibling]);
    }
  }
  return found;
}

/**
 * Whether a revision is not made on a connection by itself: a newer one is there, or another one of the same
 * quote is on that connection, or may be by now. Pure.
 */
export const isSuperseded = (siblings: readonly Sibling[] | undefined, target: ConnectionId): boolean =>
  (siblings ?? []).some(({ isNewer, on }) => isNewer || on.includes(target));
