import { canonicalBytes, isReplaced } from "@crossfoot/kernel";
import type { Cause, JsonMap, LinkId, LinkState, Park, Plan, PlannedWrite, Wait } from "@crossfoot/kernel";
import type { AmongHolders, DecisionRecord, Intent, ParkEntry, WaitEntry } from "../store/port.ts";
import { wokenBy } from "./revisions.ts";
import { currentImages } from "./assess.ts";
import { unsent } from "./direct-intent.ts";
import { leftBlank } from "./left-blank.ts";
import { toTell } from "./to-tell.ts";
import type { Assessed } from "./assess.ts";
import { referenceOf } from "./link-id.ts";
import type { World } from "./world.ts";

/**
 * Hash of what a write would do: equal for the same write decided again from the same world. A target that
 * moved has another version, so a refused write is tried again then.
 */
function contentHash(world: World, write: Omit<PlannedWrite, "id" | "causes">): string {
  const { target, kind, fields, transition, precondition } = write;
  return world.entropy.digest(canonicalBytes({ target, kind, fields, transition, precondition }));
}

/**
 * Hash of a write without the version it was decided against, to compare a plan with what an apply decides.
 */
export function planHash(
  world: World,
  write: Pick<PlannedWrite, "target" | "fields" | "transition"> & { readonly kind: string },
): string {
  const { target, kind, fields, transition } = write;
  return world.entropy.digest(canonicalBytes({ target, kind, fields, transition }));
}

/**
 * Deterministic key of an intent (INVARIANTS.md 1.9). A create depends on link, generation and target
 * alone, never on its content, so that an edit while it is in doubt does not make a second one.
 */
function intentKey(world: World, at: { link: LinkId; generation: number }, write: PlannedWrite): string {
  const head = `${at.link}\n${at.generation}\n${write.target}\n${write.kind}`;
  if (write.kind === "create") return world.entropy.digest(head);
  const causes = write.causes.map(({ connection, version }) => `${connection}@${version ?? ""}`).join(",");
  return world.entropy.digest(`${head}\n${contentHash(world, write)}\n${causes}`);
}

function sourceImages(world: World, assessed: Assessed, write: PlannedWrite): Intent["sourceImages"] {
  const images: Record<string, { readonly [field: string]: JsonMap }> = {};
  const blanks = leftBlank(assessed.input, write);
  for (const { connection } of assessed.bundle.members) {
    if (connection === write.target) continue;
    // A side that gets the field by a write of its own has its base moved by that one.
    const isOwn = (field: string): boolean =>
      sharersOf(assessed, write, field).some(({ target }) => target === connection);
    const blank = blanks[connection] ?? [];
    const fields = [...Object.keys(write.fields).filter((field) => !isOwn(field)), ...blank];
    images[connection] = currentImages(world, { bundle: assessed.bundle, connection, fields });
  }
  return images;
}

/** Other writes of the same decision that carry a field of this one to another target. */
function sharersOf(assessed: Assessed, write: PlannedWrite, field: string): readonly PlannedWrite[] {
  return assessed.plan.writes.filter((other) => other.target !== write.target && field in other.fields);
}

/** Fields that this write shares with others, and the group whose settling moves their bases. */
function sharing(world: World, assessed: Assessed, write: PlannedWrite): Pick<Intent, "shared" | "group"> {
  const shared = Object.keys(write.fields).filter((field) => sharersOf(assessed, write, field).length > 0);
  if (shared.length === 0) return { shared, group: null };
  const carrying = assessed.plan.writes.filter(({ fields }) => shared.some((field) => field in fields));
  const hashes = carrying.map((each) => contentHash(world, each)).toSorted();
  const digest = world.entropy.digest([assessed.bundle.id, ...hashes].join("\n"));
  return { shared, group: `${digest.slice(0, 24)}:${carrying.length}` };
}

/** What the target shows of the fields that a write sets, the state included when it is moved. */
function beforeImages(world: World, assessed: Assessed, write: PlannedWrite): Intent["before"] {
  const { bundle, input } = assessed;
  const moved = write.transition === null ? [] : [input.policy.statusField ?? ""];
  const fields = [...new Set([...Object.keys(write.fields), ...moved])];
  return currentImages(world, { bundle, connection: write.target, fields });
}

/** Who committed what a write carries on, as that system names them. */
function actorOf({ input }: Assessed, { connection }: Cause): string | null {
  return input.members[connection]?.view.actor ?? null;
}

/** That somebody orders an older revision of a quote, and who. */
function onPurpose({ purpose }: Assessed, { kind }: PlannedWrite): readonly JsonMap[] {
  return purpose === null || kind !== "create"
    ? []
    : [{ connection: "person", version: null, fields: [], olderRevision: true, by: purpose }];
}

function intentOf(world: World, assessed: Assessed, at: { write: PlannedWrite; step: number }): Intent {
  const { bundle } = assessed;
  const { write, step } = at;
  return {
    key: intentKey(world, { link: bundle.id, generation: bundle.generation }, write),
    link: bundle.id,
    entity: bundle.entity,
    generation: bundle.generation,
    target: write.target,
    kind: write.kind,
    state: "stored",
    step,
    id: write.id,
    reference: referenceOf(world, { link: bundle.id, generation: bundle.generation }),
    precondition: write.precondition,
    contentHash: contentHash(world, write),
    fields: write.fields,
    transition: write.transition,
    causes: [
      ...write.causes.map((cause) => ({ ...cause, actor: actorOf(assessed, cause) })),
      ...onPurpose(assessed, write),
    ],
    sourceImages: sourceImages(world, assessed, write),
    ...sharing(world, assessed, write),
    plan: null,
    before: beforeImages(world, assessed, write),
    ...unsent,
  };
}

function parkEntry(park: Park, assessed: Assessed): ParkEntry {
  const member = assessed.bundle.members.find(({ connection }) => connection === park.connection);
  return {
    reason: park.reason,
    connection: park.connection,
    externalId: member?.id ?? null,
    intentKey: null,
    problems: park.problems,
    failure: null,
  };
}

function waitEntry(wait: Wait): WaitEntry {
  const { field, target, parent, isBlocking } = wait;
  const record = "link" in parent ? null : parent;
  return {
    field,
    target,
    isBlocking,
    parentLink: "link" in parent ? parent.link : null,
    parentEntity: record?.entity ?? null,
    parentConnection: record?.connection ?? null,
    parentId: record?.id ?? null,
  };
}

const bundleKey = ({ bundle }: Assessed): { link: LinkId; generation: number } => ({
  link: bundle.id,
  generation: bundle.generation,
});

/** Writes of a plan that the target has not refused already, and those that it has. */
export function splitRefused(
  world: World,
  assessed: Assessed,
): { readonly writes: readonly PlannedWrite[]; readonly refused: readonly PlannedWrite[] } {
  const { bundle, plan } = assessed;
  if (bundle.refused.length === 0) return { writes: plan.writes, refused: [] };
  const writes: PlannedWrite[] = [];
  const refused: PlannedWrite[] = [];
  for (const write of plan.writes) {
    // What follows a refused step of the same document cannot be done either.
    const isBlocked = refused.some(
      (earlier) => earlier.target === write.target && write.kind === "transition",
    );
    const names = [contentHash(world, write), intentKey(world, bundleKey(assessed), write)];
    if (isBlocked || names.some((name) => bundle.refused.includes(name))) refused.push(write);
    else writes.push(write);
  }
  return { writes, refused };
}

function stateOf(assessed: Assessed): LinkState | null {
  const { plan, bundle } = assessed;
  // The link ends once the others are archived; until then the decision stands open.
  if (plan.tombstone !== null && plan.writes.length === 0) return "ended";
  if (plan.verdict === "dormant") return bundle.state === "dormant" ? null : "dormant";
  if (bundle.state !== "dormant") return null;
  return bundle.members.length > 1 ? "live" : "single";
}

/** What the store keeps of a decision. */
export function decisionRecord(world: World, assessed: Assessed): DecisionRecord {
  const { bundle, plan, lines } = assessed;
  const { writes, refused } = splitRefused(world, assessed);
  const at = bundleKey(assessed);
  const refusedParks = refused
    .filter((write) => bundle.refused.includes(contentHash(world, write)))
    .map((write): ParkEntry => {
      const { target, id } = write;
      const key = intentKey(world, at, write);
      return {
        reason: "write_refused",
        connection: target,
        externalId: id,
        intentKey: key,
        problems: {},
        failure: null,
      };
    });
  const isQuiet = plan.verdict === "in_flight";
  const state = stateOf(assessed);
  return {
    link: bundle.id,
    entity: bundle.entity,
    marked: bundle.marked,
    verdict: writes.length === 0 && refused.length > 0 ? "parked" : plan.verdict,
    state,
    intents: writes.map((write, step) => intentOf(world, assessed, { write, step })),
    baseMoves: baseMoves(world, assessed),
    discards: toTell(
      world,
      bundle.entity,
      plan.discards.filter(
        (lost) => !isReplaced(lost) || writes.some(({ target }) => target === lost.connection),
      ),
    ),
    conflicts: plan.conflicts,
    knownConflicts: bundle.openConflicts,
    closedConflicts: isQuiet ? [] : closedConflicts(plan, bundle.openConflicts),
    parks: [...plan.parks.map((park) => parkEntry(park, assessed)), ...refusedParks],
    waits: plan.waits.map(waitEntry),
    tombstone: plan.tombstone,
    restore: plan.restore,
    lines,
    ...amongRevisions(assessed, { state, writes }),
  };
}

/** What a decision is to the other revisions of its quote. */
function amongRevisions(
  { family, bundle, input }: Assessed,
  { state, writes }: { readonly state: LinkState | null; readonly writes: readonly PlannedWrite[] },
): AmongHolders {
  if (family === undefined) return {};
  const isMade = writes.some(({ kind }) => kind === "create");
  const isGone =
    state === "ended" || Object.values(input.members).every(({ view }) => view.kind === "deleted");
  const holds = state !== "ended" && (isMade || bundle.members.length > 1 || input.inFlight.length > 0);
  const wakes = wokenBy(family, { isGone, holds });
  return { ...(isMade ? { sole: family.claims } : {}), ...(wakes.length > 0 ? { wakes } : {}) };
}

function closedConflicts(plan: Plan, open: readonly string[]): readonly string[] {
  return open.filter((field) => !plan.conflicts.some((conflict) => conflict.field === field));
}

function baseMoves(world: World, { bundle, plan }: Assessed): DecisionRecord["baseMoves"] {
  const images = plan.baseMoves.map(({ connection, fields }) => ({
    connection,
    images: currentImages(world, { bundle, connection, fields }),
    kind: null,
  }));
  return [...images, ...plan.kindMoves.map((move) => ({ ...move, images: {} }))];
}
