import { imagesOf } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import { decide, isEqual, isLines, pairLines } from "@crossfoot/kernel";
import type {
  ConnectionId,
  DecideInput,
  EntityPolicy,
  Fields,
  JsonMap,
  LinkId,
  MemberState,
  Plan,
  SideAbilities,
  Value,
  View,
} from "@crossfoot/kernel";
import { entities, isEntityName, labelFields } from "@crossfoot/model";
import type { LineLink, LinkBundle, MemberBundle } from "../store/port.ts";
import { lookUpLinks, readContext, readImages, readObservation, referringPart, viewOf } from "./canonical.ts";
import type { Links, Mappable } from "./canonical.ts";
import { heirsOf } from "./heirs.ts";
import { familiesOf, isSuperseded } from "./revisions.ts";
import type { Family } from "./revisions.ts";
import { linksNamed } from "./named-links.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { Side, World } from "./world.ts";

/** One link with its decision and everything that was looked up for it. */
export interface Assessed {
  readonly bundle: LinkBundle;
  readonly plan: Plan;
  readonly input: DecideInput;
  /** Lines that were paired now, to be remembered with the decision. */
  readonly lines: readonly LineLink[];
  /** Other revisions of a quote; missing where it is told of none. */
  readonly family?: Family;
  /** Who orders it though a newer revision is there; null where nobody does. */
  readonly purpose: string | null;
}

/** What deciding needs beside the bundles. */
export interface AssessContext {
  readonly world: World;
  readonly policy: EntityPolicy;
  readonly opened: ReadonlyMap<ConnectionId, Connection>;
  readonly ready: readonly ConnectionId[];
  /** Members that planned creates will make, so that a plan can show children with their parents. */
  readonly planned: ReadonlyMap<LinkId, ReadonlySet<ConnectionId>>;
  /** Links that a planned child cannot go on without. */
  readonly demanded: ReadonlyMap<LinkId, ReadonlySet<ConnectionId>>;
  /** Members that count as not there yet, so that an apply decides as its plan did. */
  readonly hidden: ReadonlyMap<LinkId, ReadonlySet<ConnectionId>>;
  /** Older revisions that somebody orders on purpose, and who. */
  readonly onPurpose?: ReadonlyMap<LinkId, string>;
}

/** Abilities of each side for one entity, from manifest and mapping. */
function sideAbilities(
  world: World,
  policy: EntityPolicy,
  opened: ReadonlyMap<ConnectionId, Connection>,
): { readonly [connection: string]: SideAbilities } {
  const sides: Record<string, SideAbilities> = {};
  for (const side of world.sides) {
    const mapping = mappingOf(side, policy.entity);
    const manifest = opened.get(side.id)?.manifest;
    const abilities = manifest?.entities[policy.entity];
    if (mapping === undefined || manifest === undefined || abilities === undefined) continue;
    const fields = Object.values(mapping.fields);
    sides[side.id] = {
      canCreate: abilities.create,
      canUpdate: abilities.update,
      canArchive: abilities.archive,
      canUnarchive: abilities.unarchive === true,
      reads: new Set(fields.filter((field) => field.isRead).map(({ field }) => field)),
      writes: new Set(
        fields.filter((field) => field.isWritten && !field.onCreateOnly).map(({ field }) => field),
      ),
      writesOnCreate: new Set(fields.filter((field) => field.isWritten).map(({ field }) => field)),
      transitions: abilities.transitions,
      initialStatus: abilities.initialStatus,
      stampGranularityMs: manifest.stampGranularityMs,
    };
  }
  return sides;
}

/** Decides a batch of links of one entity: look-ups in bulk first, then pure decisions one by one. */
export async function assess(
  context: AssessContext,
  bundles: readonly LinkBundle[],
): Promise<readonly Assessed[]> {
  const { world, policy } = context;
  const read = await readBundles(context, bundles);
  const referenced = read.flatMap(({ members }) =>
    Object.values(members).flatMap(({ view }) => linksIn(view.fields)),
  );
  const rows = await world.store.membersOf(referenced);
  const reach: Record<string, ConnectionId[]> = {};
  for (const row of rows) {
    if (context.hidden.get(row.link)?.has(row.connection) !== true)
      (reach[row.link] ??= []).push(row.connection);
  }
  for (const link of referenced) {
    for (const connection of context.planned.get(link) ?? []) (reach[link] ??= []).push(connection);
  }
  const sides = sideAbilities(world, policy, context.opened);
  const heirs = await heirsOf(world, policy, read);
  const families = await familiesOf(world, policy, read);
  return read.map(({ bundle, members, lines }) => {
    const own = heirs.get(bundle.id) ?? [];
    const made = inputOf(context, { bundle, members, sides, reach, heirs: own });
    const family = families.get(bundle.id);
    const by = context.onPurpose?.get(bundle.id) ?? null;
    const ready = made.readyTargets.filter(
      (target) => !isSuperseded(family, target, { isOnPurpose: by !== null }),
    );
    const input = { ...made, readyTargets: ready };
    const purpose = family?.siblings.some(({ isNewer, isTwin }) => isNewer || isTwin) === true ? by : null;
    const found = family === undefined ? {} : { family };
    return { bundle, input, lines, plan: decide(input), purpose, ...found };
  });
}

/** A bundle with what its records show. */
export interface Read {
  readonly bundle: LinkBundle;
  readonly members: { readonly [connection: string]: MemberState };
  /** Lines that were paired now. */
  readonly lines: readonly LineLink[];
}

/** Reads a batch of links of one entity: what their records show in canonical fields. Decides nothing. */
export async function readBundles(
  context: Pick<AssessContext, "world" | "policy">,
  bundles: readonly LinkBundle[],
): Promise<readonly Read[]> {
  const { world } = context;
  const links = await lookUpLinks(
    world,
    bundles.flatMap((bundle) => mappablesOf(world, bundle)),
  );
  return bundles.map((bundle) => ({ bundle, ...readBundle(context, bundle, links) }));
}

function mappablesOf(world: World, bundle: LinkBundle): readonly Mappable[] {
  return bundle.members.flatMap((member) => {
    const side = sideOf(world, member.connection);
    const mapping = mappingOf(side, bundle.entity);
    if (mapping === undefined) return [];
    const { fields } = referringPart(mapping);
    const images = Object.entries(member.images)
      .filter(([field]) => fields[field] !== undefined)
      .map(([, native]) => ({ side, mapping, native }));
    return member.observation === null
      ? images
      : [{ side, mapping, native: member.observation.native }, ...images];
  });
}

const linksIn = (fields: Fields): readonly LinkId[] => Object.values(fields).flatMap(linksNamed);

function readBundle(
  context: Pick<AssessContext, "world" | "policy">,
  bundle: LinkBundle,
  links: Links,
): Omit<Read, "bundle"> {
  const { world, policy } = context;
  const first = readMembers(world, bundle, { links, lines: bundle.lines });
  const paired = pairOpenLines(policy, bundle, first);
  if (paired.length === 0) return { members: first, lines: [] };
  return {
    members: readMembers(world, bundle, { links, lines: [...bundle.lines, ...paired] }),
    lines: paired,
  };
}

function readMembers(
  world: World,
  bundle: LinkBundle,
  found: { readonly links: Links; readonly lines: readonly LineLink[] },
): { readonly [connection: string]: MemberState } {
  const members: Record<string, MemberState> = {};
  for (const member of bundle.members) {
    const state = readMember(world, { bundle, member, side: sideOf(world, member.connection) }, found);
    if (state !== undefined) members[member.connection] = state;
  }
  return members;
}

function readMember(
  world: World,
  at: { readonly bundle: LinkBundle; readonly member: MemberBundle; readonly side: Side },
  found: { readonly links: Links; readonly lines: readonly LineLink[] },
): MemberState | undefined {
  const { member, side } = at;
  const mapping = mappingOf(side, at.bundle.entity);
  if (mapping === undefined || member.observation === null) return undefined;
  const context = readContext(world, found.links, { connection: side.id, lines: found.lines });
  const view = viewOf(member.observation, readObservation(mapping, member.observation, context));
  const images = readImages(mapping, member.images, context);
  const base = Object.fromEntries(Object.entries(images).map(([field, value]) => [field, [value]]));
  return { view, base, baseKind: member.baseKind };
}

/**
 * Pairs lines of two records that both existed before they were linked: the master's lines keep their keys,
 * the other side's rows take them by our reference or by equal content.
 */
function pairOpenLines(
  policy: EntityPolicy,
  bundle: LinkBundle,
  members: { readonly [connection: string]: MemberState },
): readonly LineLink[] {
  const paired: LineLink[] = [];
  if (Object.keys(members).length < 2) return paired;
  for (const { field, kind, master } of Object.values(policy.fields)) {
    if (kind.kind !== "collection") continue;
    const lead = members[master]?.view.fields[field];
    if (!isLines(lead)) continue;
    for (const [connection, { view }] of Object.entries(members)) {
      const rows = view.fields[field];
      if (connection === master || !isLines(rows)) continue;
      const taken = new Set(
        bundle.lines
          .filter((line) => line.connection === connection && line.field === field)
          .map(({ key }) => key),
      );
      const known = lead.filter(({ key }) => !taken.has(key) && !rows.some((row) => row.key === key));
      const open = rows.filter(
        ({ key }) => key.startsWith(`${connection}:`) && !lead.some((line) => line.key === key),
      );
      const ids = open.map(({ key, fields }) => ({
        id: key.slice(connection.length + 1),
        fields,
        lineRef: null,
      }));
      if (known.length === 0 || ids.length === 0) continue;
      const { pairs } = pairLines(known, ids, Object.keys(kind.parts));
      for (const [nativeId, key] of pairs)
        paired.push({ connection: connection as ConnectionId, field, nativeId, key });
    }
  }
  return paired;
}

function inputOf(
  context: AssessContext,
  at: {
    readonly bundle: LinkBundle;
    readonly members: DecideInput["members"];
    readonly sides: DecideInput["sides"];
    readonly reach: DecideInput["reach"];
    readonly heirs: readonly ConnectionId[];
  },
): DecideInput {
  const { bundle } = at;
  const unseen = bundle.members.filter(({ observation }) => observation === null);
  const demands = bundle.demands.filter(({ entity }) => isEntityName(entity) && entities[entity].isDocument);
  const demandedOn = [...demands.map(({ target }) => target), ...(context.demanded.get(bundle.id) ?? [])];
  return {
    link: {
      id: bundle.id,
      generation: bundle.generation,
      state: bundle.state,
      adopted: bundle.adopted,
      isTakenBack: isTakenBack(bundle),
    },
    policy: context.policy,
    sides: at.sides,
    members: at.members,
    readyTargets: context.ready,
    demandedOn,
    // A member that nobody has seen yet is as good as under way: what it holds is not known.
    inFlight: [...bundle.openTargets, ...unseen.map(({ connection }) => connection)],
    hasTombstone: bundle.hasTombstone,
    words: bundle.words,
    heirs: at.heirs,
    reach: at.reach,
    resolutions: standingResolutions(bundle, at.members),
    customRules: context.world.customRules,
  };
}

/** Whether the creation of one of its records was undone: only that of a link that ended still stands. */
export const isTakenBack = ({ state, members }: LinkBundle): boolean =>
  state === "ended" && members.some(({ undone }) => undone["*"] !== undefined);

/**
 * Decisions of persons that still hold: the side whose value was taken shows that value. One that moved
 * since is in conflict again, with what it shows now; nobody decided on that.
 */
function standingResolutions(bundle: LinkBundle, members: DecideInput["members"]): Fields {
  return Object.fromEntries(
    Object.entries(bundle.resolutions).filter(([field, value]) => {
      const side = bundle.resolutionSides[field];
      return side === undefined || isEqual(members[side]?.view.fields[field], value);
    }),
  );
}

/** Native images of named fields of a member, as they are now. */
export function currentImages(
  world: World,
  at: { readonly bundle: LinkBundle; readonly connection: ConnectionId; readonly fields: readonly string[] },
): { readonly [field: string]: JsonMap } {
  const member = at.bundle.members.find((candidate) => candidate.connection === at.connection);
  const mapping = mappingOf(sideOf(world, at.connection), at.bundle.entity);
  if (member?.observation === undefined || member.observation === null || mapping === undefined) return {};
  const images = imagesOf(mapping, member.observation.native);
  return Object.fromEntries(
    at.fields.flatMap((field): [string, JsonMap][] => {
      const image = images[field];
      return image === undefined ? [] : [[field, image]];
    }),
  );
}

/** A name that a person recognises, for plans and statements. Falls back to the native id. */
export function labelOf(
  entity: string,
  views: readonly (Pick<View, "connection" | "fields"> & { readonly id: string })[],
): string {
  for (const name of labelFields(entity)) {
    for (const view of views) {
      const text = textOf(view.fields[name]);
      if (text !== undefined) return text;
    }
  }
  return views.map(({ connection, id }) => `${connection}:${id}`).join(" ");
}

function textOf(value: Value | undefined): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  if (typeof value !== "object" || value === null || isLines(value)) return undefined;
  const parts = Object.values(value).filter((part) => typeof part === "string");
  return parts.length === 0 ? undefined : parts.join(" ");
}
