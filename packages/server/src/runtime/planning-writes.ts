import type { ConnectionId, Fields, LinkId, PlannedWrite, Value, View } from "@crossfoot/kernel";
import { labelOf } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import type { PlanView, PlanWrite } from "./plan-document.ts";
import { promised } from "./sendable.ts";
import type { Settling } from "./settle.ts";
import type { World } from "./world.ts";

/** Records of one part: as many as one commit of decisions takes. */
const partSize = 200;

/** Connections by link. */
export type Members = Map<LinkId, Set<ConnectionId>>;

/** Everything decided for a plan, by link, in the order of entities. */
export interface Draft {
  readonly decided: Map<LinkId, Assessed>;
  /** Members that planned creates will make. */
  readonly planned: Members;
  /** Members that planned documents cannot go on without. */
  readonly demanded: Members;
  /** Which documents those are, by the record that they need. */
  readonly demanders: Map<LinkId, Set<LinkId>>;
}

type Unplaced = Omit<PlanWrite, "number" | "part">;

/** The views of a decided link, in the order of their connections. */
export const viewsOf = (one: Assessed): readonly View[] =>
  Object.values(one.input.members).map(({ view }) => view);

/** Link, entity and label of a decision, as plans show them. */
export function placeOf(one: Assessed): Pick<PlanWrite, "link" | "entity" | "label"> {
  return { link: one.bundle.id, entity: one.bundle.entity, label: labelOf(one.bundle.entity, viewsOf(one)) };
}

/** What was seen of a link's records when it was decided. */
export function restsOf({ bundle }: Assessed): readonly PlanView[] {
  return bundle.members.flatMap(({ connection, id, observation }) =>
    observation === null
      ? []
      : [
          {
            connection,
            entity: bundle.entity,
            id,
            kind: observation.kind,
            version: observation.version,
            content: observation.contentHash,
          },
        ],
  );
}

/** What completes a record that is made comes from where the record does. */
function whyOf(one: Assessed, { target, fields }: PlannedWrite, follows: boolean): PlanWrite["why"] {
  const source = Object.keys(one.input.members).find((connection) => connection !== target);
  const winner = source as ConnectionId | undefined;
  if (follows && winner !== undefined)
    return Object.fromEntries(Object.keys(fields).map((field) => [field, { reason: "created", winner }]));
  return Object.fromEntries(
    one.plan.reasons
      .filter((reason) => reason.target === target && reason.field in fields)
      .map(({ field, reason, winner: whose }) => [field, { reason, winner: whose }]),
  );
}

function beforeOf(one: Assessed, target: ConnectionId, fields: Fields): Fields {
  const shown = one.input.members[target]?.view.fields ?? {};
  return Object.fromEntries(
    Object.keys(fields).flatMap((field): [string, Value][] => {
      const value = shown[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

function planWrite(
  one: Assessed,
  write: PlannedWrite,
  at: {
    readonly step: number;
    readonly rests: readonly PlanView[];
    readonly answers?: readonly string[];
    readonly follows?: boolean;
  },
): Unplaced {
  const { target, kind, id, precondition, fields, transition, causes } = write;
  return {
    step: at.step,
    ...placeOf(one),
    ...{ target, kind, id, precondition, fields, before: beforeOf(one, target, fields), transition },
    causes: causes as unknown as PlanWrite["causes"],
    answers: at.answers ?? [],
    follows: at.follows ?? false,
    why: whyOf(one, write, at.follows === true),
    rests: at.rests,
  };
}

/**
 * What comes back after a create: fields that the system where it is made will give (its number, its
 * state). Their values cannot be planned; which fields and whereto can, and an apply writes no others.
 */
function answerWrites(world: World, one: Assessed, rests: readonly PlanView[]): readonly Unplaced[] {
  return promised(world, one).writes.flatMap((write) => {
    if (write.kind !== "create") return [];
    const made = one.input.sides[write.target];
    return Object.entries(one.input.members).flatMap(([connection, { view }]) => {
      const target = connection as ConnectionId;
      const side = one.input.sides[target];
      const answers = Object.values(one.input.policy.fields)
        .filter(({ field, writers, targets }) => {
          const comes =
            writers.includes(write.target) && targets.includes(target) && write.fields[field] === undefined;
          return comes && made?.reads.has(field) === true && side?.writes.has(field) === true;
        })
        .map(({ field }) => field);
      if (answers.length === 0 || target === write.target) return [];
      const causes: PlannedWrite["causes"] = [{ connection: write.target, version: null, fields: answers }];
      const nothing = { precondition: null, fields: {}, transition: null } as const;
      const back: PlannedWrite = { target, kind: "update", id: view.id, ...nothing, causes };
      return [planWrite(one, back, { step: 0, rests, answers })];
    });
  });
}

/**
 * References left out of a planned write, since their record is planned too: written once that one is
 * there.
 */
function followUps(draft: Draft, one: Assessed, rests: readonly PlanView[]): readonly Unplaced[] {
  const late = new Map<ConnectionId, Record<string, Value>>();
  for (const wait of one.plan.waits) {
    if (wait.isBlocking || !("link" in wait.parent)) continue;
    if (draft.planned.get(wait.parent.link)?.has(wait.target) !== true) continue;
    const isThere =
      one.input.members[wait.target] !== undefined || draft.planned.get(one.bundle.id)?.has(wait.target);
    const value = viewsOf(one).find((view) => view.connection !== wait.target)?.fields[wait.field];
    // Only a field that the target shows and takes is ever written after a create.
    const side = one.input.sides[wait.target];
    const isTaken = side?.reads.has(wait.field) === true && side.writes.has(wait.field);
    if (isThere !== true || value === undefined || !isTaken) continue;
    late.set(wait.target, { ...late.get(wait.target), [wait.field]: value });
  }
  return [...late].map(([target, fields]: [ConnectionId, Fields]) => {
    const view = one.input.members[target]?.view;
    const id = view?.id ?? null;
    const isFirst = !one.plan.writes.some((write) => write.target === target);
    const precondition = isFirst ? (view?.version ?? null) : null;
    const more = { precondition, transition: null, causes: [] };
    return planWrite(one, { target, kind: "update", id, fields, ...more }, { step: 0, rests, follows: true });
  });
}

/** Writes of one record in their order, each with its place among those to its target. */
function directWrites(world: World, one: Assessed, rests: readonly PlanView[]): readonly Unplaced[] {
  const steps = new Map<ConnectionId, number>();
  return promised(world, one).writes.map((write) => {
    const step = steps.get(write.target) ?? 0;
    steps.set(write.target, step + 1);
    return planWrite(one, write, { step, rests });
  });
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Within a part: what is sent, then what comes back; step by step, target by target, record by record. */
function inOrder(a: Unplaced, b: Unplaced): number {
  const isAnswer = ({ answers }: Unplaced): number => (answers.length > 0 ? 1 : 0);
  return isAnswer(a) - isAnswer(b) || a.step - b.step || byText(a.target, b.target) || byText(a.link, b.link);
}

/**
 * All writes of a plan in the order in which an apply starts them: entity by entity, parents before children;
 * within an entity part by part; references to records of the same entity once all of it is there.
 */
export function orderedWrites(settling: Settling, draft: Draft): readonly PlanWrite[] {
  const { world } = settling.session;
  const all = [...draft.decided.values()];
  const placed: PlanWrite[] = [];
  let part = 0;
  const place = (records: readonly (readonly Unplaced[])[]): void => {
    for (let from = 0; from < records.length; from += partSize) {
      part += 1;
      for (const write of records
        .slice(from, from + partSize)
        .flat()
        .toSorted(inOrder))
        placed.push({ number: placed.length + 1, part, ...write });
    }
  };
  for (const { entity } of settling.policies) {
    const own = all
      .filter(({ bundle }) => bundle.entity === entity)
      .toSorted((a, b) => byText(a.bundle.id, b.bundle.id))
      .map((one) => ({ one, rests: allRestsOf(draft, one) }));
    const some = (records: readonly (readonly Unplaced[])[]) => records.filter(({ length }) => length > 0);
    place(
      some(
        own.map(({ one, rests }) => [...directWrites(world, one, rests), ...answerWrites(world, one, rests)]),
      ),
    );
    place(some(own.map(({ one, rests }) => followUps(draft, one, rests))));
  }
  return placed;
}

/** A record that is created because a document needs it rests on that document too. */
function allRestsOf(draft: Draft, one: Assessed): readonly PlanView[] {
  const { id, demands } = one.bundle;
  if (demands.length > 0 || !one.plan.writes.some(({ kind }) => kind === "create")) return restsOf(one);
  const demanders: readonly LinkId[] = [...(draft.demanders.get(id) ?? [])].toSorted();
  const others = demanders.flatMap((link) => {
    const demander = draft.decided.get(link);
    return demander === undefined ? [] : restsOf(demander);
  });
  return [...restsOf(one), ...others];
}
