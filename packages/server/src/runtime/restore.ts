import { decide, isAlike, isLines } from "@crossfoot/kernel";
import type { ConnectionId, EntityName, Fields, LinkId, Value } from "@crossfoot/kernel";
import type { LostValue } from "../store/port.ts";
import { assess } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { runCommand, waitMsDefault } from "./command.ts";
import type { RestoreSummary, RunOptions } from "./engine.ts";
import { readIds } from "./observe.ts";
import { contextOf, settle } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { findLink } from "./why.ts";
import type { World } from "./world.ts";

/** Lost values of one record that are looked through. */
const lostMax = 1_000;
/** Links that are kept out of the settling of one record. */
const othersMax = 10_000;

/** A lost value that cannot be brought back as things are. The message says why. */
export class RestoreRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RestoreRefused";
  }
}

/** Values that lost, the newest first; of one record if it is named. */
export async function listLost(
  world: World,
  { record, limit }: { readonly record: string | null; readonly limit: number },
): Promise<readonly LostValue[]> {
  const link = record === null ? null : await findLink(world, { entity: null, id: record });
  return record !== null && link === null ? [] : world.store.lostValues({ link, limit });
}

/** Which lost value, and whose word it is that brings it back. */
export interface RestoreRequest {
  /** `<connection>:<native id>`, or a link. */
  readonly id: string;
  readonly field: string;
  /** Entry of the journal; the newest lost value of the field when null. */
  readonly entry: string | null;
  readonly by: string;
}

/**
 * Makes a value that lost win now: a person's decision, stored before anything is sent, carried out by the
 * same plan, guard and intents as everything else. Both records are read first, so that it is decided on what
 * they show. Rejects with RestoreRefused when there is no such value, or nothing may be written.
 */
export async function restoreValue(world: World, request: RestoreRequest): Promise<RestoreSummary> {
  const link = await findLink(world, { entity: null, id: request.id });
  if (link === null) throw new RestoreRefused(`nothing is known of ${request.id}`);
  const [bundle] = await world.store.loadBundles([link]);
  if (bundle === undefined) throw new RestoreRefused(`nothing is known of ${request.id}`);
  const lost = await chooseLost(world, link, request);
  const options: RunOptions = { only: [bundle.entity], waitMsMax: waitMsDefault };
  const asked = { link, entity: bundle.entity, lost, by: request.by };
  let targets: readonly ConnectionId[] = [];
  let reached: readonly ConnectionId[] = [];
  const command = `restore ${bundle.entity}`;
  const summary = await runCommand(
    world,
    { command, options, reads: false, lane: "interactive" },
    async (settling) => {
      const { name, value, plan } = await decideRestore(settling, asked);
      targets = plan.writes.filter(({ fields }) => name in fields).map(({ target }) => target);
      await world.store.restoreValue(
        { link, field: name, value, by: request.by, entry: lost.entry },
        settling.session.runId,
      );
      await settleAlone(settling, asked);
      const { input } = await assessOne(settling, asked);
      reached = targets.filter((target) => isAlike(input.members[target]?.view.fields[name], value));
    },
  );
  const isWhole = reached.length === targets.length;
  return {
    ...summary,
    state: isWhole || summary.state === "stopped" ? summary.state : "differences",
    restored: { link, entry: lost.entry, field: lost.field, targets, reached },
  };
}

interface Asked {
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly lost: LostValue;
  readonly by: string;
}

async function chooseLost(world: World, link: LinkId, request: RestoreRequest): Promise<LostValue> {
  const { field, entry } = request;
  const all = await world.store.lostValues({ link, limit: lostMax });
  const lost = all.find((each) =>
    entry === null ? isOf(each, field) && each.outcome !== "spared" : each.entry === entry,
  );
  if (lost === undefined) {
    const which = entry === null ? `no value of ${field} has lost` : `no lost value has the entry ${entry}`;
    throw new RestoreRefused(`${which} on this record; \`crossfoot conflicts --lost\` lists them`);
  }
  if (!isOf(lost, field)) throw new RestoreRefused(`the entry ${lost.entry} is about ${lost.field}`);
  if (lost.reason === "lossy_target") {
    throw new RestoreRefused(
      `${lost.winner} cannot keep ${lost.field} as it was sent; it stands whole in ${lost.connection}`,
    );
  }
  return lost;
}

const isOf = (lost: LostValue, field: string): boolean =>
  lost.field === field || lost.field.startsWith(`${field}[`);

/** Reads every member again, and decides with the person's word. Rejects when it would write nothing. */
async function decideRestore(
  settling: Settling,
  asked: Asked,
): Promise<{ readonly name: string; readonly value: Value; readonly plan: Assessed["plan"] }> {
  const { session } = settling;
  for (const member of await session.world.store.membersOf([asked.link])) {
    const side = session.world.sides.find(({ id }) => id === member.connection);
    if (side !== undefined && !member.isAlias)
      await readIds(session, side, { entity: asked.entity, ids: [member.id], via: "hint" });
  }
  // What was edited of the lines meanwhile goes its way first: the part that lost is put among what stands
  // then.
  if (isPartial(asked.lost)) await settleAlone(settling, asked);
  const { input } = await assessOne(settling, asked);
  const [name = asked.lost.field] = asked.lost.field.split("[");
  const shown = Object.values(input.members).map(({ view }) => view.fields[name]);
  const value = wholeValue(asked.lost, standing(input.members, asked.lost, name) ?? shown[0]);
  if (value === undefined) throw new RestoreRefused(`${asked.lost.field} is not there any more`);
  const plan = decide({ ...input, resolutions: { ...input.resolutions, [name]: value } });
  if (plan.writes.some(({ fields }) => name in fields)) return { name, value, plan };
  if (shown.every((each) => each === undefined || isAlike(each, value)))
    throw new RestoreRefused(`${asked.lost.field} has that value already, on every side`);
  throw new RestoreRefused(whyNot(asked.lost.field, plan.verdict));
}

function whyNot(field: string, verdict: string): string {
  const reasons: { readonly [verdict: string]: string } = {
    in_flight: "a write of this record is under way; try again when it has ended",
    dormant: "a side does not show this record",
    ended: "this record was deleted",
    parked: "this record is set aside; `crossfoot dead-letters` says why",
  };
  return reasons[verdict] ?? `the contract lets nobody write ${field} in the present state of the record`;
}

type Members = Assessed["input"]["members"];

/** What stands in the loser's place now. */
function standing(members: Members, lost: LostValue, name: string): Value | undefined {
  return members[lost.connection]?.view.fields[name];
}

/**
 * The value of the whole field. What lost of a line is put into the lines as they are now; a line that was
 * taken away is added again.
 */
function wholeValue(lost: LostValue, now: Value | undefined): Value | undefined {
  const part = partForm.exec(lost.field);
  if (part === null) return isOneLine(lost) ? withLine(lost.value, now) : lost.value;
  const [, key = "", name = ""] = part;
  if (!isLines(now) || !now.some((line) => line.key === key)) return undefined;
  return now.map((line) => {
    const fields: Fields = { ...line.fields, [name]: lost.value };
    return line.key === key ? { key, fields } : line;
  });
}

/** A part of a line: `lines[key].part`. */
const partForm = /^[^[]+\[(.*)\]\.([^.\]]+)$/;

const isPartial = (lost: LostValue): boolean => lost.field.includes("[") || isOneLine(lost);

/** A discard of lines that merged line by line names one line; else it is the whole list. */
const isOneLine = ({ reason, value }: LostValue): boolean =>
  (reason === "master_wins" || reason === "not_a_writer") && isLines(value) && value.length === 1;

function withLine(value: Value, now: Value | undefined): Value | undefined {
  if (!isLines(value) || !isLines(now)) return undefined;
  const [line] = value;
  if (line === undefined) return undefined;
  return [...now.filter(({ key }) => key !== line.key), line];
}

async function assessOne(settling: Settling, { link, entity }: Asked): Promise<Assessed> {
  const { store } = settling.session.world;
  const policy = settling.policies.find((each) => each.entity === entity);
  if (policy === undefined) throw new RestoreRefused(`${entity} is not switched on in the contract`);
  const [one] = await assess(await contextOf(settling, policy), await store.loadBundles([link]));
  if (one === undefined) throw new RestoreRefused(`nothing is known of ${link}`);
  return one;
}

/** Settles this record and leaves alone what else is due. */
async function settleAlone(settling: Settling, { link, entity }: Asked): Promise<void> {
  const due = await settling.session.world.store.dueLinks({ entity, limit: othersMax, after: null });
  const others = due.filter((each) => each !== link);
  await settle({ ...settling, withheld: new Set(others) });
}
