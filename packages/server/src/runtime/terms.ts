import { canonicalBytes, hasAgreed, isAlike, isChanged, isLikelyImage } from "@crossfoot/kernel";
import type { EntityPolicy, FieldPolicy, Json, JsonMap, LinkId, Value } from "@crossfoot/kernel";
import { assess } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import type { DecidedTerms, Lease } from "../store/port.ts";
import { matchAlone } from "./resolve.ts";
import { contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import type { World } from "./world.ts";

const batchSize = 200;

/** What an entity is decided under: its contract, and the mappings of all sides. Plain JSON. */
interface Terms {
  readonly policy: EntityPolicy;
  readonly mappings: { readonly [connection: string]: string };
}

/** The policy in force as terms, for the mappings that it was asked for last: neither ever changes. */
const inForce = new WeakMap<EntityPolicy, { readonly mappings: string; readonly terms: Json }>();
/** Terms as the text by which they are compared. They are long, compared by each run, and never changed. */
const texts = new WeakMap<object, string>();

function termsOf(world: World, policy: EntityPolicy): Json {
  const mappings = Object.fromEntries(world.sides.map((side) => [side.id, side.mappingHash]));
  const hashes = JSON.stringify(mappings);
  const known = inForce.get(policy);
  if (known?.mappings === hashes) return known.terms;
  const terms = JSON.parse(JSON.stringify({ policy, mappings } satisfies Terms)) as Json;
  inForce.set(policy, { mappings: hashes, terms });
  return terms;
}

function textOf(terms: object): string {
  const text = texts.get(terms) ?? canonicalBytes(terms);
  texts.set(terms, text);
  return text;
}

/** Who may write a field where, and in which states: what a difference that stands is explained by. */
const ownershipOf = ({ ownership }: EntityPolicy, field: FieldPolicy | undefined): string =>
  canonicalBytes({
    ownership,
    master: field?.master ?? null,
    writers: field?.writers ?? null,
    targets: field?.targets ?? null,
    onForeignEdit: field?.onForeignEdit ?? null,
  });

/** Fields that belong to somebody else under the other contract. */
export function flippedFields(before: EntityPolicy, after: EntityPolicy): readonly string[] {
  return Object.keys(after.fields).filter(
    (field) => ownershipOf(before, before.fields[field]) !== ownershipOf(after, after.fields[field]),
  );
}

/** A difference that both sides agreed to leave. */
export interface Standing {
  readonly field: string;
  readonly values: { readonly [connection: string]: Value };
}

/**
 * Differences of a record that stand: each side shows what it showed when both agreed, and they are not the
 * same. What one system keeps of the other's value (cut, folded, rounded) is agreement, and not among them.
 */
export function standingOf({ input }: Assessed, fields: readonly string[]): readonly Standing[] {
  return fields.flatMap((field): readonly Standing[] => {
    const sides = Object.entries(input.members).flatMap(([connection, { view, base }]) => {
      const value = view.fields[field];
      return value === undefined ? [] : [{ connection, value, base: base[field] }];
    });
    const isSettled = sides.every(({ value, base }) => hasAgreed(value, base) && !isChanged(value, base));
    const [first, ...others] = sides;
    if (first === undefined || others.length === 0 || !isSettled) return [];
    const isSame = others.every(({ value }) => isAlike(value, first.value) || areImages(value, first.value));
    if (isSame) return [];
    return [{ field, values: Object.fromEntries(sides.map(({ connection, value }) => [connection, value])) }];
  });
}

const areImages = (a: Value, b: Value): boolean => isLikelyImage(a, b) || isLikelyImage(b, a);

/** The bundle as if these fields had never been agreed on. */
export function reopened(one: Assessed["bundle"], fields: readonly string[]): Assessed["bundle"] {
  if (fields.length === 0) return one;
  const members = one.members.map((member) => ({
    ...member,
    images: Object.fromEntries(Object.entries(member.images).filter(([field]) => !fields.includes(field))),
  }));
  return { ...one, members };
}

/** Walks through all links of an entity, decided under a context, batch by batch. */
async function eachLink(
  context: AssessContext,
  work: (assessed: readonly Assessed[]) => Promise<void> | void,
): Promise<void> {
  const { store } = context.world;
  let after: LinkId | null = null;
  for (;;) {
    const links: readonly LinkId[] = await store.linksOfEntity(context.policy.entity, batchSize, after);
    if (links.length === 0) return;
    after = links.at(-1) ?? null;
    await work(await assess(context, await store.loadBundles(links)));
  }
}

/**
 * Takes the contract and the mappings in force as what things are decided under. Where an entity was decided
 * under others, each of its links is decided again, and a difference that stood by the old contract is open
 * where its field belongs to somebody else now: the other contract decides it as when two records meet. One
 * commit for each entity.
 */
export async function takeTerms(settling: Settling): Promise<void> {
  const { session, policies } = settling;
  const known = await session.world.store.listTerms();
  const changed = policies.filter((policy) => changeOf(session.world, policy, known) !== null);
  for (const policy of changed)
    await matchAlone(session, policy, (lease) => takeChanged(settling, policy, lease));
}

/** What an entity was decided under, where that is something else; null when it is what is in force. */
function changeOf(
  world: World,
  policy: EntityPolicy,
  known: readonly DecidedTerms[],
): { readonly before: Terms | null; readonly terms: Json } | null {
  const before = known.find(({ entity }) => entity === policy.entity)?.terms as unknown as Terms | undefined;
  const terms = termsOf(world, policy);
  if (before !== undefined && textOf(before) === textOf(terms as JsonMap)) return null;
  return { before: before ?? null, terms };
}

/** True when an entity was decided under the contract and the mappings in force: what is to do is due. */
export const isDecidedUnder = (world: World, policy: EntityPolicy, known: readonly DecidedTerms[]): boolean =>
  changeOf(world, policy, known) === null;

/** Takes the terms of an entity as the only one who does; another worker may have done so a moment before. */
async function takeChanged(settling: Settling, policy: EntityPolicy, lease: Lease): Promise<void> {
  const { session } = settling;
  const { world, runId } = session;
  const { entity } = policy;
  const change = changeOf(world, policy, await world.store.listTerms());
  if (change === null) return;
  const { before, terms } = change;
  const reopened = before === null ? [] : await standingIn(settling, policy, before.policy);
  await world.store.changeTerms({ entity, terms, isFirst: before === null, reopened }, runId, lease);
  if (before === null) return;
  const message = `${entity} is decided again: contract or mapping changed`;
  session.report({ phase: "decide", entity, connection: null, done: 0, total: null, message });
}

async function standingIn(
  settling: Settling,
  policy: EntityPolicy,
  before: EntityPolicy,
): Promise<readonly { readonly link: LinkId; readonly fields: readonly string[] }[]> {
  const flipped = flippedFields(before, policy);
  if (flipped.length === 0) return [];
  const found: { link: LinkId; fields: readonly string[] }[] = [];
  await eachLink(await contextOf(settling, policy), (assessed) => {
    for (const one of assessed) {
      const fields = standingOf(one, flipped).map(({ field }) => field);
      if (fields.length > 0) found.push({ link: one.bundle.id, fields });
    }
  });
  return found;
}
