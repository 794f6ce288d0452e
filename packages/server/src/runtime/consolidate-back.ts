import type { Connection } from "@crossfoot/connector-sdk";
import { isAlike, isBlank, isEqual } from "@crossfoot/kernel";
import type { EntityPolicy, Fields, Json, LinkId, Value } from "@crossfoot/kernel";
import { isErased, recordName } from "../store/port.ts";
import type { ConsolidatedRow } from "../store/port.ts";
import { assess } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { policiesOf } from "./closed-books.ts";
import { settlingOf } from "./command.ts";
import { asWrite, isClosed, numbered } from "./consolidate.ts";
import type { Unplaced } from "./consolidate.ts";
import { childrenOf } from "./consolidate-children.ts";
import { fateOf, isMadeAgain, remade } from "./consolidate-remake.ts";
import { isLoose } from "./consolidate-unlinked.ts";
import type { RunOptions } from "./engine.ts";
import type { ConsolidationMove, PlanDocument, UndoLeft } from "./plan-document.ts";
import { documentOf } from "./planning-compose.ts";
import { placeOf } from "./planning-writes.ts";
import { matchFirst } from "./resolve.ts";
import { openSides, readAll, underLease } from "./session.ts";
import { contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { abilitiesOf } from "./world.ts";
import type { World } from "./world.ts";

/**
 * Plans how records that were consolidated become records of their own again: first the losers come back, by
 * the system's own way or out of the archive; then what referred to them refers to them again, where it still
 * refers to the survivor; and the survivors get back what they showed, where they still show what they got.
 * What cannot be brought back is listed with the reason. The links follow what the systems show.
 */
export async function planApart(
  world: World,
  request: { readonly rows: readonly ConsolidatedRow[]; readonly by: string },
  options: RunOptions,
): Promise<PlanDocument> {
  return underLease(world, { runId: null, options, lane: "poll", isAlone: true }, async (session) => {
    const opened = await openSides(session, { trusts: false });
    const policies = policiesOf(world, undefined);
    await readAll(session, { policies, mode: "incremental", deletions: new Map() });
    const settling = settlingOf(session, { policies, opened, options });
    for (const policy of policies) await matchFirst(session, policy);
    const moves = request.rows.map(({ body }) => withoutErased(body as unknown as ConsolidationMove));
    const drafts: Draft[] = [];
    for (const move of moves) drafts.push(await draftOf(settling, move, moves));
    const plan = await documentOf(settling, {
      entities: policies.map(({ entity }) => entity),
      writes: numbered(drafts.map(({ first, back, made, rest }) => [first, back, made, rest])),
      ...{ conflicts: [], losses: [], parks: [], candidates: [], waits: [], demanded: [], verdicts: {} },
      whatIf: null,
      consolidation: {
        of: [...new Set(request.rows.map(({ plan: made }) => made))],
        by: request.by,
        isBack: true,
        moves: moves.filter((_, at) => [drafts[at]?.back, drafts[at]?.made].flat().length > 0),
        left: drafts.flatMap(({ left }) => left),
      },
    });
    await world.store.savePlan(plan.id, plan as unknown as Json);
    return plan;
  });
}

const fieldsLeft = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => !isErased(value as Json)));

/** A move without values of a person who was erased since: they are written nowhere. */
const withoutErased = (move: ConsolidationMove): ConsolidationMove => ({
  ...move,
  lost: fieldsLeft(move.lost),
  ...(move.counterparts === undefined
    ? {}
    : { counterparts: move.counterparts.map((each) => ({ ...each, shown: fieldsLeft(each.shown) })) }),
});

interface Draft {
  /** While the loser's counterpart stands under the survivor's link nobody carries its values on. */
  readonly first: readonly Unplaced[];
  readonly back: readonly Unplaced[];
  /** What its system deleted is made again, once what comes back by itself has its own link. */
  readonly made: readonly Unplaced[];
  readonly rest: readonly Unplaced[];
  readonly left: readonly UndoLeft[];
}

async function draftOf(
  settling: Settling,
  move: ConsolidationMove,
  all: readonly ConsolidationMove[],
): Promise<Draft> {
  const { world } = settling.session;
  const { connection, entity, loser, survivor } = move;
  const policy = settling.policies.find((one) => one.entity === entity);
  const keys = [loser, survivor].map((id) => ({ connection, entity, id }));
  const links = await world.store.linksOf(keys);
  const [own, into] = keys.map((key) => links.get(recordName(key)));
  const [seen] = await world.store.observationsOf(keys.slice(0, 1));
  const nothing = (why: UndoLeft["why"], reason: string): Draft => {
    const place = { link: own ?? move.from, entity, label: `${connection}:${loser}` };
    return {
      ...{ first: [], back: [], made: [], rest: [] },
      left: [{ ...place, target: connection, field: null, why, reason }],
    };
  };
  if (policy === undefined) return nothing("refused", `${entity} is not switched on in the contract`);
  if (own === undefined && isLoose(move) && seen?.kind === "present")
    return nothing("done", "it is a record of its own again");
  if (own === undefined || into === undefined || seen === undefined)
    return nothing("refused", "nobody knows it any more");
  if (own !== into) return nothing("done", "it is a record of its own again");
  if (!isLoose(move) && (await isMadeAgain(world, move))) return nothing("done", "it was made again already");
  const fate = await fateOf(settling.session, move);
  if (fate === "untold") return nothing("refused", `${connection} does not say whether it still has it`);
  const kind = fate === "deleted" ? "create" : wayBack(settling, policy, move);
  if (kind === "create" && isLoose(move))
    return nothing("refused", `${connection} deleted it, and it had no link of its own to be made again by`);
  if (kind === null)
    return nothing("refused", `${connection} offers no way to bring back what it has joined`);
  const [one] = await assessed(settling, policy, [own]);
  if (one === undefined) return nothing("refused", "nobody knows it any more");
  const again = kind === "create" ? await remade(settling, policy, { one, move }) : null;
  if (again !== null && "why" in again) return nothing("refused", again.why);
  const { fields: values, left } = valuesBack(one, move, all);
  const children = await childrenBack(settling, move, into);
  const counterparts = counterpartsBack(one, move);
  const fields = kind === "unmerge" ? move.lost : {};
  const write = asWrite(one, { target: connection, kind, id: loser, fields });
  return {
    first: counterparts.writes,
    back: again === null ? [{ ...write, label: `${connection}:${loser}`, rests: [] }] : [],
    made: again?.writes ?? [],
    rest: [...children.writes, ...values],
    left: [...(again?.left ?? []), ...counterparts.left, ...left, ...children.left],
  };
}

async function assessed(
  settling: Settling,
  policy: EntityPolicy,
  links: readonly LinkId[],
): Promise<readonly Assessed[]> {
  const context = await contextOf(settling, policy);
  return assess(context, await settling.session.world.store.loadBundles(links));
}

function wayBack(
  { opened }: Settling,
  policy: EntityPolicy,
  { connection, way }: ConsolidationMove,
): "unmerge" | "unarchive" | null {
  const open: Connection | undefined = opened.get(connection);
  const abilities = open === undefined ? undefined : abilitiesOf(open, policy.entity);
  if (way === "merge") return abilities?.unmerge === true ? "unmerge" : null;
  return abilities?.unarchive === true ? "unarchive" : null;
}

/** What the survivor showed before, where it still shows what it got. */
function valuesBack(
  one: Assessed,
  { connection, was, became, into }: ConsolidationMove,
  all: readonly ConsolidationMove[],
): { readonly fields: readonly Unplaced[]; readonly left: readonly UndoLeft[] } {
  const shown = one.input.members[connection]?.view.fields ?? {};
  const fields: Record<string, Value> = {};
  const left: UndoLeft[] = [];
  const leave = (field: string, why: UndoLeft["why"], reason: string): void => {
    left.push({ ...placeOf(one), target: connection, field, why, reason });
  };
  for (const [field, value] of Object.entries(became)) {
    // What one side did not show and the other showed as blank was blank.
    const others = all.filter((each) => each.into === into && each.was[field] !== undefined);
    const isBlankThere = others.length > 0 && others.every((each) => isBlank(each.was[field]));
    const before = was[field] ?? (isBlankThere ? null : undefined);
    if (isErased(was[field] as Json | undefined)) leave(field, "refused", "it was erased with a person");
    else if (!isEqual(shown[field], value)) leave(field, "changed", `it was changed in ${connection} since`);
    else if (before === undefined) leave(field, "refused", `${connection} did not show what it held before`);
    else fields[field] = before;
  }
  if (Object.keys(fields).length === 0) return { fields: [], left };
  const now: Fields = Object.fromEntries(
    Object.keys(fields).flatMap((field): [string, Value][] => {
      const value = shown[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
  return { fields: [asWrite(one, { target: connection, kind: "update", fields, before: now })], left };
}

/**
 * What the loser's own counterpart showed before the survivor's values were carried to it. It gets that back
 * before the loser does: else what it was made to show would count as an edit, and be carried to the loser.
 */
function counterpartsBack(one: Assessed, { counterparts = [] }: ConsolidationMove): Back {
  const writes: Unplaced[] = [];
  const left: UndoLeft[] = [];
  for (const { connection: target, id, shown } of counterparts) {
    const view = one.input.members[target]?.view;
    if (view === undefined || view.id !== id) continue;
    const others = Object.entries(one.input.members).filter(([name]) => name !== target);
    const isCarried = (field: string): boolean =>
      others.some(([, other]) => isAlike(other.view.fields[field], view.fields[field]));
    const differing = Object.entries(shown).filter(([field, value]) => !isAlike(view.fields[field], value));
    for (const [field] of differing.filter(([name]) => !isCarried(name)))
      left.push({
        ...{ ...placeOf(one), target, field, why: "changed" },
        reason: `it was changed in ${target} since`,
      });
    const fields = Object.fromEntries(differing.filter(([field]) => isCarried(field)));
    if (Object.keys(fields).length === 0) continue;
    const before = Object.fromEntries(
      Object.keys(fields).flatMap((field): [string, Value][] => {
        const value = view.fields[field];
        return value === undefined ? [] : [[field, value]];
      }),
    );
    writes.push(asWrite(one, { target, kind: "update", fields, before }));
  }
  return { writes, left };
}

interface Back {
  readonly writes: readonly Unplaced[];
  readonly left: readonly UndoLeft[];
}

/** What referred to the loser and refers to the survivor now. */
async function childrenBack(settling: Settling, move: ConsolidationMove, into: LinkId): Promise<Back> {
  const { world } = settling.session;
  const { connection, entity, survivor } = move;
  const now = await childrenOf(world, { connection, entity, id: survivor, link: into });
  const writes: Unplaced[] = [];
  const left: UndoLeft[] = [];
  for (const child of move.children) {
    const policy = settling.policies.find((one) => one.entity === child.entity);
    const still = now.find(({ id, policy: of }) => id === child.id && of.entity === child.entity);
    const link = still?.link ?? null;
    const [one] = policy === undefined || link === null ? [] : await assessed(settling, policy, [link]);
    const leave = (field: string | null, why: UndoLeft["why"], reason: string): void => {
      const place = { link: child.link, entity: child.entity, label: `${connection}:${child.id}` };
      left.push({ ...(one === undefined ? place : placeOf(one)), target: connection, field, why, reason });
    };
    if (one === undefined || still === undefined) {
      // What never left the loser is with it again.
      if (move.way === "merge") leave(null, "changed", "it refers to another record now, or is gone");
      continue;
    }
    const side = one.input.sides[connection];
    const writable = child.fields.filter((field) => side?.canUpdate === true && side.writes.has(field));
    const taken = writable.filter((field) => !isClosed(one, field));
    for (const field of child.fields.filter((each) => !taken.includes(each)))
      leave(
        field,
        "refused",
        writable.includes(field)
          ? "the contract closes it in this state: it stays with the survivor"
          : `${connection} does not let it be written: it stays with the survivor`,
      );
    if (isLoose(move)) leave(null, "refused", "the loser had no link of its own: it stays with the survivor");
    if (taken.length === 0 || isLoose(move)) continue;
    const asLink = (named: LinkId): Fields =>
      Object.fromEntries(taken.map((field) => [field, { link: named }]));
    const fields = { fields: asLink(move.from), before: asLink(into) };
    writes.push(asWrite(one, { target: connection, kind: "update", id: child.id, ...fields }));
  }
  return { writes, left };
}
