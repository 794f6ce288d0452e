import { ConnectorError } from "@crossfoot/connector-sdk";
import { isOpen } from "@crossfoot/kernel";
import type { EntityPolicy, Value } from "@crossfoot/kernel";
import type { IdentityOutcome, Intent, RecordKey } from "../store/port.ts";
import type { Unmade } from "./apply-judge.ts";
import { assess } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { asWrite } from "./consolidate.ts";
import type { Unplaced } from "./consolidate.ts";
import { reviveWithout } from "./identity.ts";
import { readIds } from "./observe.ts";
import { fieldsWithoutRecord } from "./named-links.ts";
import type { ConsolidationMove, PlanDocument, PlanWrite, UndoLeft } from "./plan-document.ts";
import { matchAlone } from "./resolve.ts";
import { contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { intentAsPlanned } from "./undo-apply.ts";
import type { PlannedIntents } from "./undo-apply.ts";
import { abilitiesOf, noteTrouble, sideOf } from "./world.ts";
import type { Session, World } from "./world.ts";

/** Whether a write makes a loser again that its system deleted. */
export const isRemaking = ({ kind }: Pick<PlanWrite, "kind">): boolean => kind === "create";

/** What a plan says of the loser that a write is about; one that is made again is known by its link. */
export const moveOf = (
  plan: PlanDocument,
  write: Pick<PlanWrite, "kind" | "target" | "id" | "link">,
): ConsolidationMove | undefined =>
  plan.consolidation?.moves.find(
    ({ connection, loser, from }) =>
      connection === write.target && (isRemaking(write) ? from === write.link : loser === write.id),
  );

/**
 * What became of a loser in its system: `deleted` when it does not show it by its id and does show the
 * survivor; `untold` when it shows neither, or cannot be asked.
 */
export async function fateOf(
  session: Session,
  { connection, entity, loser, survivor }: ConsolidationMove,
): Promise<"there" | "deleted" | "untold"> {
  const side = sideOf(session.world, connection);
  try {
    const read = await readIds(session, side, { entity, ids: [loser, survivor], via: "hint" });
    const kindOf = (id: string): string | undefined => read.observations.find((one) => one.id === id)?.kind;
    if (kindOf(loser) === "deleted") return "deleted";
    if (kindOf(loser) !== undefined) return "there";
    const isShown = kindOf(survivor) === "present" || kindOf(survivor) === "archived";
    return isShown && read.missing.includes(loser) ? "deleted" : "untold";
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    await noteTrouble(session, side, { entity, error });
    return "untold";
  }
}

/** Whether the loser's former link has another record in its place already. */
export async function isMadeAgain(
  { store }: World,
  { connection, from, loser }: ConsolidationMove,
): Promise<boolean> {
  const [link] = await store.loadLinks([from]);
  return link?.members.some((one) => one.connection === connection && one.id !== loser) === true;
}

/** A loser that is made again, and what cannot come back of it; or why it cannot be made. */
type Remade =
  | { readonly writes: readonly Unplaced[]; readonly left: readonly UndoLeft[] }
  | { readonly why: string };

/**
 * How a loser that its system deleted is made again: a create over the link that it had, with what it showed
 * when it was consolidated. It gets another id; what may not be written is listed.
 */
export async function remade(
  settling: Settling,
  policy: EntityPolicy,
  { one, move }: { readonly one: Assessed; readonly move: ConsolidationMove },
): Promise<Remade> {
  const { connection, entity, loser, from, lost } = move;
  const open = settling.opened.get(connection);
  const abilities = open === undefined ? undefined : abilitiesOf(open, policy.entity);
  if (abilities?.create !== true) return { why: `${connection} deleted it, and lets no ${entity} be made` };
  if (Object.keys(lost).length === 0)
    return { why: `${connection} deleted it, and the plan did not keep what it showed` };
  const left: UndoLeft[] = [];
  const leave = (field: string | null, reason: string): void => {
    const place = { link: from, entity, label: `${connection}:${loser}`, target: connection };
    left.push({ ...place, field, why: "refused", reason });
  };
  leave(
    null,
    `${connection} deleted it: it is made again under another id, and what is not mapped stays gone`,
  );
  for (const field of move.unwritable ?? [])
    leave(field, `${connection} does not let it be written: it is what ${connection} gives a record`);
  const fields: Record<string, Value> = {};
  const gone = await fieldsWithoutRecord(settling.session.world, connection, lost);
  for (const [field, value] of Object.entries(lost)) {
    if (gone.includes(field)) leave(field, `what it referred to is not in ${connection} any more`);
    else fields[field] = value;
  }
  const write = asWrite(one, { target: connection, kind: "create", fields });
  const isOf = { link: from, label: `${connection}:${loser}`, id: null, precondition: null, rests: [] };
  return { writes: [{ ...write, ...isOf }], left };
}

/**
 * The intents of writes that make losers again. The loser's link is brought back first, without the record
 * that is gone; the one that is made becomes its member in the commit of its outcome. Nothing is made while
 * the loser shows again, or when something else has taken its place.
 */
export async function remakingIntents(
  settling: Settling,
  policy: EntityPolicy,
  at: { readonly plan: PlanDocument; readonly writes: readonly PlanWrite[] },
): Promise<PlannedIntents> {
  const { session } = settling;
  const { world } = session;
  const intents: Intent[] = [];
  const unmade = new Map<number, Unmade>();
  for (const write of at.writes) {
    const reason = await whyNotAgain(settling, policy, { ...at, write });
    const context = await contextOf(settling, policy);
    const [one] = await assess(context, await world.store.loadBundles([write.link]));
    const refused = reason ?? (one === undefined ? "it has no link any more" : whyTaken(one, write));
    if (one === undefined || refused !== null)
      unmade.set(write.number, { why: "moved", reason: refused ?? "", observation: null });
    else intents.push(intentAsPlanned(world, one, { plan: at.plan, write, undo: null }));
  }
  return { intents, unmade };
}

async function whyNotAgain(
  settling: Settling,
  policy: EntityPolicy,
  { plan, write }: { readonly plan: PlanDocument; readonly write: PlanWrite },
): Promise<string | null> {
  const { session } = settling;
  const { store } = session.world;
  const { target, link } = write;
  const move = moveOf(plan, write);
  if (move === undefined) return "the plan does not say what it was";
  const { loser, entity } = move;
  const fate = await fateOf(session, move);
  if (fate === "there") return `${target}:${loser} is there again`;
  if (fate === "untold") return `${target} does not say whether it still has ${loser}`;
  const own = await store.intentsOf([link]);
  if (own.some((intent) => intent.target === target && isOpen(intent.state)))
    return "a write of the record is under way";
  const record: RecordKey = { connection: target, entity, id: loser };
  const outcomes: IdentityOutcome[] = [];
  await matchAlone(session, policy, async (lease) => {
    outcomes.push(await reviveWithout({ session, lease }, record, link));
  });
  return outcomes.includes("done") ? null : "its link is not free yet: run, and plan again";
}

function whyTaken({ bundle }: Assessed, { target }: PlanWrite): string | null {
  if (bundle.state === "ended") return "its link has ended";
  const isTaken = bundle.members.some(({ connection }) => connection === target);
  return isTaken ? `another record of ${target} belongs to it by now` : null;
}
