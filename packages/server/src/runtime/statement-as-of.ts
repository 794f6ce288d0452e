import type { EntityName, MemberState } from "@crossfoot/kernel";
import type { Pair } from "@crossfoot/model";
import type { MemberBundle, RecordHistory, RecordKey, StoredObservation } from "../store/port.ts";
import { recordName } from "../store/port.ts";
import { labelOf, readBundles } from "./assess.ts";
import type { Assessed, AssessContext } from "./assess.ts";
import { isThere } from "./prove.ts";
import { shownThen } from "./shown-then.ts";
import type { ShownThen } from "./shown-then.ts";
import type { CutOff } from "./cut-off.ts";
import type { World } from "./world.ts";

/** What is known of the cut-off, beside the documents that are in the statement. */
export interface CutOffNotes {
  /** What is not known, and left out. */
  readonly unknown: string[];
  /** What was changed, made or taken away since, and is shown as it was. */
  readonly since: string[];
  /** Documents that were not read before, and count as their systems' stamps say. */
  byStamp: number;
}

/** A link as it was at the cut-off, or that it has no part in the statement. */
export type LinkThen =
  | { readonly is: "in"; readonly one: Assessed }
  | { readonly is: "out" }
  | { readonly is: "unknown" };

const dateOf = (member: MemberState): string | null => {
  const { date } = member.view.fields;
  return typeof date === "string" ? date : null;
};

/** Readings of an entity that tell nothing of the cut-off, in words: what came between nobody has seen. */
export async function readingGaps(
  world: World,
  entity: EntityName,
  { at }: CutOff,
): Promise<readonly string[]> {
  const cursors = await world.store.listCursors();
  const isBefore = (instant: string | null): boolean => instant === null || Date.parse(instant) < at;
  return cursors.flatMap((cursor) => {
    if (cursor.entity !== entity) return [];
    const name = `${entity} of ${cursor.connection}`;
    if (isBefore(cursor.readSince))
      return [
        `${name}: last read ${cursor.readSince ?? "never"}, before the cut; \`crossfoot run\` reads them`,
      ];
    const whole = cursor.sweptAt ?? cursor.sweepSince;
    const open = "what left no stamp may be missing; `crossfoot run --sweep` finds it";
    return isBefore(whole) ? [`${name}: not read whole since the cut, so ${open}`] : [];
  });
}

interface MemberThen {
  readonly member: MemberBundle;
  readonly shown: ShownThen;
}

const membersOf = (one: Assessed): readonly MemberState[] => Object.values(one.input.members);
const areLater = (members: readonly MemberState[], day: string): boolean => {
  const dates = members.flatMap((member) => dateOf(member) ?? []);
  return dates.length > 0 && dates.every((date) => date > day);
};

/** What was kept of the records of some links, by the name of the record. */
export async function historiesOf(
  world: World,
  records: readonly RecordKey[],
): Promise<ReadonlyMap<string, RecordHistory>> {
  const histories = await world.store.historyOf(records);
  return new Map(histories.map((history) => [recordName(history.now), history]));
}

function thenOf(
  { bundle }: Assessed,
  histories: ReadonlyMap<string, RecordHistory>,
  { at }: CutOff,
): readonly MemberThen[] {
  return bundle.members.map((member) => {
    const history = histories.get(recordName({ ...member, entity: bundle.entity }));
    return { member, shown: history === undefined ? { is: "absent" } : shownThen(history, at) };
  });
}

/** A link with its records as they were; what is decided of it stays that of today. */
async function rewound(
  context: AssessContext,
  one: Assessed,
  states: readonly MemberThen[],
): Promise<Assessed> {
  const members = states.flatMap(({ member, shown }) =>
    shown.is === "shown" ? [{ ...member, observation: shown.seen }] : [],
  );
  const bundle = { ...one.bundle, members };
  const [read] = await readBundles(context, [bundle]);
  return { ...one, bundle, input: { ...one.input, members: read?.members ?? {} } };
}

function noteSince(
  notes: CutOffNotes,
  name: string,
  { states, one }: { readonly states: readonly MemberThen[]; readonly one: Assessed },
): void {
  if (states.some(({ shown }) => shown.is === "shown" && shown.by === "stamp")) notes.byStamp += 1;
  for (const { member, shown } of states) {
    const { connection } = member;
    const isNow = isThere(one.input.members[connection]);
    if (shown.is === "absent" && isNow) notes.since.push(`${name}: made in ${connection} since`);
    if (shown.is !== "shown" || !shown.isFormer) continue;
    notes.since.push(`${name}: ${isNow ? "changed in" : "gone from"} ${connection} since`);
  }
}

/**
 * A document as its systems showed it at the cut-off. What is dated later is out; what nobody knows is noted
 * and left out. Rejects with a StoreError.
 */
export async function linkThen(
  context: AssessContext,
  one: Assessed,
  at: {
    readonly histories: ReadonlyMap<string, RecordHistory>;
    readonly cutOff: CutOff;
    readonly notes: CutOffNotes;
  },
): Promise<LinkThen> {
  const { cutOff, notes } = at;
  const states = thenOf(one, at.histories, cutOff);
  if (states.every(({ shown }) => shown.is === "absent")) return { is: "out" };
  const views = membersOf(one).map(({ view }) => view);
  const name = `${one.bundle.entity} ${labelOf(one.bundle.entity, views)}`;
  const past = await rewound(context, one, states);
  const known = membersOf(past);
  const open = states.find(({ shown }) => shown.is === "unknown");
  if (open?.shown.is === "unknown") {
    // What it shows now tells that it is of a later day; only that it is of an earlier one could be wrong.
    if (areLater([...membersOf(one).filter(isThere), ...known], cutOff.day)) return { is: "out" };
    notes.unknown.push(`${name}: ${open.member.connection}: ${open.shown.why}`);
    return { is: "unknown" };
  }
  if (areLater(known, cutOff.day)) return { is: "out" };
  if (known.every((member) => dateOf(member) === null)) {
    notes.unknown.push(`${name}: it shows no date`);
    return { is: "unknown" };
  }
  noteSince(notes, name, { states, one });
  return { is: "in", one: past };
}

/** A record without a link as it was at the cut-off; undefined where it was not there, or nobody knows. */
export function newcomerThen(
  newcomer: StoredObservation,
  at: {
    readonly histories: ReadonlyMap<string, RecordHistory>;
    readonly cutOff: CutOff;
    readonly notes: CutOffNotes;
    readonly entity: EntityName;
  },
): StoredObservation | undefined {
  const history = at.histories.get(recordName(newcomer));
  const shown: ShownThen = history === undefined ? { is: "absent" } : shownThen(history, at.cutOff.at);
  if (shown.is === "unknown")
    at.notes.unknown.push(`${at.entity} ${newcomer.connection}:${newcomer.id}: ${shown.why}`);
  return shown.is === "shown" ? shown.seen : undefined;
}

/**
 * A pair as it was, with today's reasons: what differed then and does not now has been settled since.
 * @param now the pair as it is; undefined where a side is gone
 */
export function pairThen(
  then: Pair,
  now: Pair | undefined,
  isSame: (now: Pair, field: string) => boolean,
): Pair {
  const reasons: Record<string, Pair["reasons"][string]> = { ...then.reasons };
  if (now === undefined) reasons["*"] ??= "settled_since";
  else for (const field of Object.keys(then.crm)) if (isSame(now, field)) reasons[field] = "settled_since";
  return { ...then, reasons, agreed: now?.agreed ?? then.agreed };
}
