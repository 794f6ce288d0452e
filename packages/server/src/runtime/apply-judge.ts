import { carried } from "@crossfoot/kernel";
import type { ConnectionId, PlannedWrite } from "@crossfoot/kernel";
import type { Assessed } from "./assess.ts";
import type { PlanWrite, UnmadeWhy } from "./plan-document.ts";
import { planHash, splitRefused } from "./record.ts";
import { promised } from "./sendable.ts";
import type { World } from "./world.ts";

/** Why a planned write is not made. */
export interface Unmade {
  readonly why: UnmadeWhy;
  readonly reason: string;
  readonly observation: { readonly connection: ConnectionId; readonly id: string } | null;
}

/** What becomes of one record of a plan as it is decided now. */
export interface Judged {
  /** The number in the plan of each write of the decision, in their order; null: nothing may be written. */
  readonly numbers: readonly number[] | null;
  /** Planned writes that are not made now, by number. */
  readonly unmade: ReadonlyMap<number, Unmade>;
}

/** What of a plan is about one record. */
export interface Expected {
  /** Writes that are not made yet. */
  readonly writes: readonly PlanWrite[];
  /** What may come back, by fields alone. */
  readonly answers: readonly PlanWrite[];
  /** Connections on which this plan has written to the record already. */
  readonly own: ReadonlySet<ConnectionId>;
}

const moved = (reason: string): Unmade => ({ why: "moved", reason, observation: null });

/**
 * Holds a decision as it is taken now against what the plan says of its record: every write of it must stand
 * in the plan, byte for byte and with the version that was seen; a record that is decided differently is not
 * written at all.
 */
export function judge(world: World, one: Assessed, expected: Expected): Judged {
  const { refused } = splitRefused(world, one);
  const { writes } = promised(world, one);
  const open = [...expected.writes];
  const numbers: number[] = [];
  let isStrange = false;
  for (const write of writes) {
    const at = open.findIndex((planned) => isSame(world, { planned, write, own: expected.own }));
    const [planned] = at < 0 ? [] : open.splice(at, 1);
    const number = planned?.number ?? answerTo(write, expected)?.number;
    if (number === undefined) isStrange = true;
    else numbers.push(number);
  }
  const refusedHashes = new Set(refused.map((write) => planHash(world, write)));
  const unmade = new Map(
    open.map((planned) => [planned.number, whyNot(world, { one, planned, refusedHashes, expected })]),
  );
  const isMoved = isStrange || [...unmade.values()].some(({ why }) => why === "moved");
  if (!isMoved) return { numbers, unmade };
  const whole = expected.writes.map((planned): [number, Unmade] => [
    planned.number,
    unmade.get(planned.number) ?? heldBy(one, planned) ?? moved("the record is decided differently now"),
  ]);
  return { numbers: null, unmade: new Map(whole) };
}

function isSame(
  world: World,
  at: { readonly planned: PlanWrite; readonly write: PlannedWrite; readonly own: ReadonlySet<ConnectionId> },
): boolean {
  const { planned, write, own } = at;
  if (planHash(world, planned) !== planHash(world, write)) return false;
  if (planned.id !== null && planned.id !== write.id) return false;
  // What follows an earlier write of the plan goes by the version that this one left.
  const isFree = planned.precondition === null || own.has(planned.target);
  return isFree || planned.precondition === write.precondition;
}

/** The planned answer that a write carries back: its fields, and no others, to the same record. */
function answerTo(write: PlannedWrite, { answers }: Expected): PlanWrite | undefined {
  if (write.kind !== "update") return undefined;
  return answers.find(
    (answer) =>
      answer.target === write.target &&
      answer.id === write.id &&
      Object.keys(write.fields).every((field) => answer.answers.includes(field)),
  );
}

/** A record that a planned write refers to, or needs, and that is not on the target yet. */
function heldBy(one: Assessed, planned: PlanWrite): Unmade | null {
  const links = Object.values(planned.fields)
    .flatMap((value) => carried(value))
    .flatMap((reference) => ("link" in reference ? [reference.link] : []));
  const missing = links.find((link) => one.input.reach[link]?.includes(planned.target) !== true);
  const isWaiting = one.plan.waits.some(({ target, isBlocking }) => isBlocking && target === planned.target);
  if (missing === undefined && !isWaiting) return null;
  const what = missing === undefined ? "a record that it needs" : `${missing}, which it refers to,`;
  return { why: "held", reason: `${what} is not in ${planned.target} yet`, observation: null };
}

function whyNot(
  world: World,
  at: {
    readonly one: Assessed;
    readonly planned: PlanWrite;
    readonly refusedHashes: ReadonlySet<string>;
    readonly expected: Expected;
  },
): Unmade {
  const { one, planned, refusedHashes, expected } = at;
  if (one.bundle.openTargets.includes(planned.target) || one.plan.verdict === "in_flight")
    return { why: "open", reason: "an earlier write of the record is not settled yet", observation: null };
  if (refusedHashes.has(planHash(world, planned)))
    return { why: "refused", reason: `${planned.target} refused it; see dead-letters`, observation: null };
  const held = heldBy(one, planned);
  if (held !== null) return held;
  const member = one.input.members[planned.target];
  if (planned.kind === "create" && member !== undefined && !expected.own.has(planned.target)) {
    const { connection, id } = member.view;
    return { ...moved(`${connection}:${id} is there for it now`), observation: { connection, id } };
  }
  const earlier = expected.writes.find(
    (other) => other.target === planned.target && other.step < planned.step,
  );
  if (earlier !== undefined && refusedHashes.has(planHash(world, earlier)))
    return { why: "held", reason: "an earlier step of the record was refused", observation: null };
  return moved(whyNotCalledFor(one));
}

function whyNotCalledFor({ plan, bundle }: Assessed): string {
  const [conflict] = plan.conflicts;
  const [park] = plan.parks;
  if (bundle.state === "merged") return "the record was joined with another";
  if (park !== undefined) return `the record is set aside now: ${park.reason.replaceAll("_", " ")}`;
  if (conflict !== undefined) return `${conflict.field} is in conflict now`;
  return "the world no longer calls for it";
}
