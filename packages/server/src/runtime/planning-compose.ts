import { canonicalBytes, checkGuard } from "@crossfoot/kernel";
import type { Wait } from "@crossfoot/kernel";
import type { OpenPark } from "../store/port.ts";
import { planFormat } from "./plan-document.ts";
import type { PlanDocument, PlanWrite } from "./plan-document.ts";
import { costsOf } from "./planning-cost.ts";
import { effectsOf, notesOf } from "./planning-effects.ts";
import { summaryOf } from "./planning-summary.ts";
import { orderedWrites, placeOf } from "./planning-writes.ts";
import type { Draft } from "./planning-writes.ts";
import { promised } from "./sendable.ts";
import { linkNames } from "./link-names.ts";
import { harmSince } from "./guarded.ts";
import type { Settling } from "./settle.ts";
import type { World } from "./world.ts";

/** How long a plan is good when the project does not say: a week, ms. */
const expiresMsDefault = 7 * 86_400_000;

/** The plan document of what was decided. */
export async function composePlan(
  settling: Settling,
  draft: Draft,
  whatIf: PlanDocument["whatIf"] = null,
): Promise<PlanDocument> {
  const { world } = settling.session;
  const all = [...draft.decided.values()];
  const writes = orderedWrites(settling, draft);
  // A change of contract is shown alone: what waits for a person anyway is no part of it.
  const candidates = whatIf === null ? await world.store.listCandidates() : [];
  const parents = all.flatMap(({ plan }) =>
    plan.waits.flatMap(({ parent }) => ("link" in parent ? [parent.link] : [])),
  );
  const unplanned = [
    ...candidates.flatMap(({ links }) => links),
    ...parents.filter((link) => !draft.decided.has(link)),
  ];
  const names = new Map(
    (await linkNames(world, new Set(unplanned))).map(({ link, label }): [string, string] => [link, label]),
  );
  const lists = {
    entities: settling.policies.map(({ entity }) => entity),
    writes,
    conflicts: all.flatMap((one) =>
      one.plan.conflicts.map(({ field, reason, values }) => ({ ...placeOf(one), field, reason, values })),
    ),
    losses: lossesOf(draft, writes),
    parks: parksOf(world, draft, whatIf === null ? await world.store.listParks() : []),
    candidates: candidates.map(({ entity, connection, id, links }) => ({
      ...{ entity, connection, id, links },
      names: links.map((link) => names.get(link) ?? link),
    })),
    waits: all.flatMap((one) =>
      one.plan.waits
        .filter(({ isBlocking }) => isBlocking)
        .map(({ field, target, parent }) => ({
          ...placeOf(one),
          field,
          target,
          parent: parentText(draft, parent, names),
        })),
    ),
  };
  return documentOf(settling, {
    ...lists,
    demanded: demandedBy(draft, writes),
    verdicts: verdictsOf(draft),
    whatIf,
  });
}

/** What a plan says of its own, beside when, where and for which contract it was made. */
export type PlanLists = Pick<
  PlanDocument,
  | "entities"
  | "writes"
  | "conflicts"
  | "losses"
  | "parks"
  | "candidates"
  | "waits"
  | "demanded"
  | "verdicts"
  | "whatIf"
  | "undo"
  | "consolidation"
  | "repair"
>;

/** The document of a plan: its lists, and what holds for all plans. */
export async function documentOf(settling: Settling, lists: PlanLists): Promise<PlanDocument> {
  const { world } = settling.session;
  const { writes } = lists;
  const now = world.clock.now();
  const head: Omit<PlanDocument, "id"> = {
    format: planFormat,
    madeAt: new Date(now).toISOString(),
    expiresAt: new Date(now + (world.planExpiresMs ?? expiresMsDefault)).toISOString(),
    store: await world.store.storeId(world.entropy.uuid()),
    contract: world.contractHash,
    mappings: Object.fromEntries(world.sides.map((side) => [side.id, side.mappingHash])),
    tenants: await tenantsOf(world),
    ...lists,
    summary: summaryOf(lists),
    effects: [...effectsOf(settling, writes), ...notesOf(settling, lists.losses)],
    troubles: settling.session.troubles.map(({ connection, entity, failure }) => {
      return { connection, entity, code: failure.code, message: failure.message };
    }),
    ...(await costsOf(settling, writes)),
    guardStops: await guardOf(settling, writes),
  };
  return { id: planId(world.entropy.digest, head), ...head };
}

/** Name of a plan: the hash of everything else in it. */
export function planId(digest: (text: string) => string, head: Omit<PlanDocument, "id">): string {
  return `p-${digest(canonicalBytes(head)).slice(0, 20)}`;
}

/** The tenants that the connections lead to, as far as they ever answered. */
export async function tenantsOf(world: World): Promise<PlanDocument["tenants"]> {
  const rows = await world.store.listConnections();
  const known = rows.flatMap(({ id, tenant }): [string, string][] => (tenant === null ? [] : [[id, tenant]]));
  return Object.fromEntries(known.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of all that documents need, what the plan creates for them. */
function demandedBy(draft: Draft, writes: readonly PlanWrite[]): PlanDocument["demanded"] {
  return writes.flatMap(({ link, target, kind }) =>
    kind === "create" && draft.demanded.get(link)?.has(target) === true ? [{ link, target }] : [],
  );
}

/** Values that the planned writes replace and that somebody may have meant. */
function lossesOf(draft: Draft, writes: readonly PlanWrite[]): PlanDocument["losses"] {
  const written = new Set(
    writes.flatMap(({ link, target, fields }) =>
      Object.keys(fields).map((field) => `${link}\n${target}\n${field}`),
    ),
  );
  return [...draft.decided.values()].flatMap((one) =>
    one.plan.discards
      .filter(({ connection, field }) =>
        written.has(`${one.bundle.id}\n${connection}\n${field.split("[")[0] ?? field}`),
      )
      .map(({ field, connection, value, reason, winner }) => {
        return { ...placeOf(one), field, connection, value, reason, winner };
      }),
  );
}

function parentText(draft: Draft, parent: Wait["parent"], names: ReadonlyMap<string, string>): string {
  if (!("link" in parent)) return `${parent.entity} ${parent.connection}:${parent.id}`;
  const decided = draft.decided.get(parent.link);
  return decided === undefined ? (names.get(parent.link) ?? parent.link) : placeOf(decided).label;
}

function parksOf(world: World, draft: Draft, parks: readonly OpenPark[]): PlanDocument["parks"] {
  const decided = [...draft.decided.values()].flatMap((one) =>
    one.plan.parks.map((park) => ({
      ...placeOf(one),
      reason: park.reason,
      detail: detailOf(park),
      fields: Object.keys(park.problems),
    })),
  );
  // A value that a target has no place for is known before it is sent.
  const unsendable = [...draft.decided.values()].flatMap((one) =>
    promised(world, one).unsendable.map(({ target, problems }) => ({
      ...placeOf(one),
      reason: "value_refused",
      detail: `cannot be written to ${target}: ${detailOf({ problems })}`,
      fields: Object.keys(problems),
    })),
  );
  const others = parks
    .filter(({ link }) => link === null || !draft.decided.has(link))
    .map((park) => ({
      link: park.link,
      entity: park.entity,
      label: `${park.connection ?? ""}:${park.externalId ?? "?"}`,
      reason: park.reason,
      detail: park.failure?.message ?? detailOf(park),
      fields: Object.keys(park.problems),
    }));
  return [...decided, ...unsendable, ...others];
}

function detailOf(park: {
  readonly problems: { readonly [field: string]: { readonly expected: string } };
}): string {
  return Object.entries(park.problems)
    .map(([field, { expected }]) => `${field}: expected ${expected}`)
    .join("; ");
}

function verdictsOf(draft: Draft): PlanDocument["verdicts"] {
  const verdicts: Record<string, Record<string, number>> = {};
  for (const { bundle, plan } of draft.decided.values()) {
    const counts = (verdicts[bundle.entity] ??= {});
    counts[plan.verdict] = (counts[plan.verdict] ?? 0) + 1;
  }
  return verdicts;
}

/**
 * What of these writes the guard stops, together with the harm done by others within its window
 * (INVARIANTS.md I15).
 */
export async function guardOf(
  settling: Settling,
  writes: readonly Pick<PlanWrite, "entity" | "kind" | "answers">[],
): Promise<PlanDocument["guardStops"]> {
  const { world } = settling.session;
  const counts: Record<string, Record<string, number>> = {};
  for (const { entity, kind, answers } of writes) {
    if (answers.length > 0) continue;
    const kinds = (counts[entity] ??= {});
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  const linked = Object.fromEntries((await world.store.counts()).map(({ entity, live }) => [entity, live]));
  const stops = settling.policies.map(async ({ entity, isProjection }) => {
    const own = counts[entity];
    if (isProjection || own === undefined) return [];
    const made = await harmSince(world, entity);
    const all = Object.entries(own).map(([kind, count]) => [kind, count + (made.get(kind) ?? 0)] as const);
    return checkGuard({ [entity]: Object.fromEntries(all) }, linked, world.guard);
  });
  return (await Promise.all(stops)).flat();
}
