import { decimals } from "@crossfoot/connector-sdk";
import { canonicalBytes, matchKeysOf, normalDecimal } from "@crossfoot/kernel";
import type { ConnectionId, DecideInput, EntityPolicy, Fields, LinkId } from "@crossfoot/kernel";
import type { KeyHolder, LinkBundle, SoleClaim } from "../store/port.ts";
import { canonicalFields } from "./canonical.ts";
import type { World } from "./world.ts";

/** Which quote it is a revision of, the how manieth, and whose. */
interface Revised {
  readonly number: string;
  readonly revision: string;
  /** The customer, as bytes to compare. */
  readonly customer: string;
}

/** Null for what is no quote, and where its system tells no number or no revision. */
function revisedIn({ entity }: EntityPolicy, fields: Fields): Revised | null {
  const { number, revision } = fields;
  if (entity !== "quotes" || typeof number !== "string" || typeof revision !== "string") return null;
  const counted = normalDecimal(revision);
  if (number.trim() === "" || counted === undefined) return null;
  const customer = canonicalBytes(fields["account"] ?? null);
  return { number: number.trim(), revision: counted, customer };
}

const keyOf = ({ number }: Pick<Revised, "number">): string => `revision of=${number}`;

/**
 * Keys that a link keeps: its match keys, and the one under which revisions of one quote find each other.
 * Nothing is ever joined by that one. Pure.
 */
export function keptKeys(policy: EntityPolicy, fields: Fields): readonly string[] {
  const revised = revisedIn(policy, fields);
  return [...matchKeysOf(policy, fields), ...(revised === null ? [] : [keyOf(revised)])];
}

/** Fields beside those of match keys that say which keys a link keeps. Pure. */
export const keptFields = ({ entity }: EntityPolicy): readonly string[] =>
  entity === "quotes" ? ["number", "revision"] : [];

/** Another revision of the same quote in the same system, or the same one once more for the same customer. */
export interface Sibling {
  readonly link: LinkId;
  readonly revision: string;
  /** Whether it is there, and a later one. */
  readonly isNewer: boolean;
  /** Whether it is there, and the same revision. */
  readonly isTwin: boolean;
  /** Whether it was deleted in its system. */
  readonly isGone: boolean;
  /** Name of its record, `<connection>:<id>`. */
  readonly name: string;
  /** Connections on which it is, or may be made by now. */
  readonly on: readonly ConnectionId[];
}

/** The revisions of a quote beside itself, and what a create of it rests on. */
export interface Family {
  readonly siblings: readonly Sibling[];
  readonly claims: readonly SoleClaim[];
}

/** A quote as one system shows it; its link is null where it has none yet. */
interface Shown {
  readonly link: LinkId | null;
  readonly connection: ConnectionId;
  readonly fields: Fields;
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
export async function familiesOf(
  world: World,
  policy: EntityPolicy,
  read: readonly Read[],
): Promise<ReadonlyMap<LinkId | null, Family>> {
  return familiesShown(
    world,
    policy,
    read.flatMap(({ bundle, members }) =>
      Object.values(members).map(({ view: { connection, fields } }) => {
        return { link: bundle.id, connection, fields };
      }),
    ),
  );
}

/** Like {@link familiesOf}, of what is shown now. */
export async function familiesShown(
  world: World,
  policy: EntityPolicy,
  shown: readonly Shown[],
): Promise<ReadonlyMap<LinkId | null, Family>> {
  const own = shown.flatMap((one) => {
    const revised = revisedIn(policy, one.fields);
    return revised === null ? [] : [{ ...one, ...revised, key: keyOf(revised) }];
  });
  if (own.length === 0) return new Map();
  const keys = [...new Set(own.map(({ key }) => key))];
  const holders = (await world.store.holdersOf(policy.entity, keys)).filter(
    ({ key, link, state }) => state !== "ended" && own.some((one) => one.key === key && one.link !== link),
  );
  const seen = await revisionsSeen(world, policy, holders);
  const found = new Map<LinkId | null, Family>();
  for (const { link, connection, key, number, revision, customer } of own) {
    const others = holders.filter(
      (each) => each.key === key && each.connection === connection && each.link !== link,
    );
    const siblings = others.flatMap((holder): readonly Sibling[] => {
      const { isGone, name, ...other } = seen.get(`${holder.link}\n${connection}`) ?? unseen;
      if (other.number !== number) return [];
      const order = decimals.compare(other.revision, revision);
      if (order === 0 && other.customer !== customer) return [];
      const on = [...holder.members, ...holder.coming];
      const [isNewer, isTwin] = [order > 0 && !isGone, order === 0 && !isGone];
      return [{ link: holder.link, revision: other.revision, isNewer, isTwin, isGone, name, on }];
    });
    const judged = others.flatMap((holder) =>
      siblings.some((sibling) => sibling.link === holder.link) ? [] : [holder.link],
    );
    const before = found.get(link) ?? { siblings: [], claims: [] };
    found.set(link, {
      siblings: [...before.siblings, ...siblings],
      claims: [...before.claims, { key, connection, judged }],
    });
  }
  return found;
}

interface Seen extends Revised {
  readonly isGone: boolean;
  readonly name: string;
}

const unseen: Seen = { number: "", revision: "0", customer: "", isGone: true, name: "" };

/** What the records of holders show, by link and connection. One that was deleted keeps what it showed. */
async function revisionsSeen(
  world: World,
  policy: EntityPolicy,
  holders: readonly KeyHolder[],
): Promise<ReadonlyMap<string, Seen>> {
  const bundles = await world.store.loadBundles([...new Set(holders.map(({ link }) => link))]);
  const members = bundles.flatMap(({ id: link, members: own }) => own.map((one) => ({ link, ...one })));
  const records = members.flatMap(({ observation }) => observation ?? []);
  const fields = new Map(
    (await canonicalFields(world, policy, records)).map((one) => [one.record, one.fields]),
  );
  return new Map(
    members.flatMap(({ link, connection, id, observation }): [string, Seen][] => {
      const revised = observation === null ? null : revisedIn(policy, fields.get(observation) ?? {});
      if (observation === null || revised === null) return [];
      const isGone = observation.kind === "deleted";
      return [[`${link}\n${connection}`, { ...revised, isGone, name: `${connection}:${id}` }]];
    }),
  );
}

/**
 * Whether a revision is not made on a connection by itself: a newer one is there, or the same one twice, or
 * another one of the same quote is on that connection, or may be by now. On purpose an older one is made, and
 * one of two that are the same. Pure.
 */
export const isSuperseded = (
  family: Family | undefined,
  target: ConnectionId,
  { isOnPurpose }: { readonly isOnPurpose: boolean },
): boolean =>
  (family?.siblings ?? []).some(
    ({ isNewer, isTwin, on }) => ((isNewer || isTwin) && !isOnPurpose) || on.includes(target),
  );

/**
 * Links of revisions that are decided again once this one was: nothing else shows them that it does not hold
 * them back any more, since its create was refused or taken back, or its record is gone. What is gone wakes
 * those that are there, and of these each the newer ones alone, so that it ends. Pure.
 */
export function wokenBy(
  family: Family | undefined,
  own: { readonly isGone: boolean; readonly holds: boolean },
): readonly LinkId[] {
  if (family === undefined || own.holds) return [];
  const isWaiting = ({ on, isGone, name }: Sibling): boolean =>
    !isGone && on.every((connection) => name.startsWith(`${connection}:`));
  return family.siblings
    .filter((sibling) => isWaiting(sibling) && (own.isGone || sibling.isNewer))
    .map(({ link }) => link);
}
