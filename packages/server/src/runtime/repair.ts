import { writePatch } from "@crossfoot/connector-sdk";
import { isEqual } from "@crossfoot/kernel";
import type { ConnectionId, EntityPolicy, Fields, Json, LinkId, Value } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import { assess } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import { policiesOf } from "./closed-books.ts";
import { settlingOf } from "./command.ts";
import { asWrite } from "./consolidate.ts";
import type { Unplaced } from "./consolidate.ts";
import type { RunOptions } from "./engine.ts";
import type { PlanDocument, PlanWrite } from "./plan-document.ts";
import { documentOf } from "./planning-compose.ts";
import { placeOf, restsOf } from "./planning-writes.ts";
import { givenRule } from "./repair-report.ts";
import type { RepairAsked, RepairLeft, RepairPart, RepairRequest } from "./repair-report.ts";
import { repairCause, whyNotMended, whyNotThere } from "./repair-rights.ts";
import { mendedValue } from "./repair-value.ts";
import { openSides, underLease } from "./session.ts";
import { contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { World } from "./world.ts";

/** Records decided at once, and written in one part. */
const batchSize = 200;

interface Drafted {
  readonly writes: readonly Unplaced[];
  readonly done: readonly RepairAsked[];
  readonly left: readonly RepairLeft[];
}

/**
 * Plans that values are put right which an audit found wrong: an ordinary plan that `apply` carries out, each
 * value in the system where it stands, as far as the contract lets that system's own edits count. The other
 * systems get it by the next run, as they get any edit. What cannot be put right is listed with the reason.
 * Reads the store only; an apply looks at every record again.
 */
export async function planRepair(
  world: World,
  request: RepairRequest,
  options: RunOptions = {},
): Promise<PlanDocument> {
  return underLease(world, { runId: null, options, lane: "poll", isAlone: true }, async (session) => {
    const opened = await openSides(session, { trusts: false });
    const policies = policiesOf(world);
    const settling = settlingOf(session, { policies, opened, options });
    const byEntity = Map.groupBy(request.asked, ({ entity }) => entity);
    const drafts: Drafted[] = [];
    for (const policy of policies)
      drafts.push(...(await draftsOf(settling, policy, byEntity.get(policy.entity) ?? [])));
    const known = new Set(policies.map(({ entity }) => entity));
    const off = request.asked.filter(({ entity }) => !known.has(entity));
    const repair: RepairPart = {
      of: request.of,
      by: request.by,
      asked: request.asked.length,
      values: countsOf(drafts.flatMap(({ done }) => done)),
      left: [
        ...drafts.flatMap(({ left }) => left),
        ...off.map((each) => bare(each, `${each.entity} is not switched on in the contract`)),
      ],
    };
    const plan = await documentOf(settling, {
      entities: policies.map(({ entity }) => entity),
      writes: numbered(drafts.map(({ writes }) => writes)),
      ...{ conflicts: [], losses: [], parks: [], candidates: [], waits: [], demanded: [], verdicts: {} },
      whatIf: null,
      repair,
    });
    await world.store.savePlan(plan.id, plan as unknown as Json);
    return plan;
  });
}

function countsOf(done: readonly RepairAsked[]): RepairPart["values"] {
  const groups = Map.groupBy(done, ({ rule, connection, entity, path }) =>
    [rule, connection, entity, path].join("\n"),
  );
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { rule, connection: target, entity, path } = first;
    return [{ rule, target, entity, path, count: own.length }];
  });
}

const nameOf = ({ connection, id }: RepairAsked): string => `${connection}:${id}`;

/** A value of a record without a link that stays as it is. */
function bare(each: RepairAsked, reason: string): RepairLeft {
  const { rule, entity, connection: target, id, path: field } = each;
  return { link: null, entity, label: nameOf(each), target, id, field, rule, why: "refused", reason };
}

/** Claims go by target, then by record: that is the order in which an apply sends the writes of a part. */
const bySending = (one: Unplaced, other: Unplaced): number =>
  one.target < other.target ? -1 : one.target > other.target ? 1 : one.link < other.link ? -1 : 1;

const numbered = (parts: readonly (readonly Unplaced[])[]): readonly PlanWrite[] =>
  parts
    .filter(({ length }) => length > 0)
    .flatMap((writes, at) => writes.toSorted(bySending).map((write) => ({ ...write, part: at + 1 })))
    .map((write, at) => ({ ...write, number: at + 1 }));

/** The drafts of one entity, a batch of records each. */
async function draftsOf(
  settling: Settling,
  policy: EntityPolicy,
  asked: readonly RepairAsked[],
): Promise<readonly Drafted[]> {
  if (asked.length === 0) return [];
  const { store } = settling.session.world;
  const context = await contextOf(settling, policy);
  const known = await store.linksOf(asked.map(({ connection, entity, id }) => ({ connection, entity, id })));
  const linkOf = (each: RepairAsked): LinkId | undefined => known.get(recordName(each));
  const unlinked = asked.filter((each) => linkOf(each) === undefined);
  const reason = "it has no link yet: `crossfoot run` or a decision of `crossfoot match` gives it one";
  const drafts: Drafted[] = [{ writes: [], done: [], left: unlinked.map((each) => bare(each, reason)) }];
  const byLink = Map.groupBy(
    asked.filter((each) => linkOf(each) !== undefined),
    (each) => linkOf(each) as LinkId,
  );
  const links = [...byLink.keys()].toSorted();
  for (let from = 0; from < links.length; from += batchSize) {
    const batch = links.slice(from, from + batchSize);
    const assessed = await assess(context, await store.loadBundles(batch));
    const drafted = assessed.flatMap((one) =>
      [...Map.groupBy(byLink.get(one.bundle.id) ?? [], nameOf).values()].map((own) =>
        draftOf(context, one, own),
      ),
    );
    drafts.push({
      writes: drafted.flatMap(({ writes }) => writes),
      done: drafted.flatMap(({ done }) => done),
      left: drafted.flatMap(({ left }) => left),
    });
  }
  return drafts;
}

/** Where blanks alone are too many, whatever else is said of the value has taken them away. */
const weightOf = ({ rule }: RepairAsked): number => (rule === "text-untrimmed" ? 0 : 1);

/** The write that puts one record right, and what of it stays. */
function draftOf({ world }: AssessContext, one: Assessed, asked: readonly RepairAsked[]): Drafted {
  const { input } = one;
  const [first] = asked;
  const nothing: Drafted = { writes: [], done: [], left: [] };
  if (first === undefined) return nothing;
  const { connection: target, id } = first;
  const left: RepairLeft[] = [];
  const leave = (each: RepairAsked, why: RepairLeft["why"], reason: string): void => {
    left.push({ ...placeOf(one), target, id, field: each.path, rule: each.rule, why, reason });
  };
  const whole = whyNotThere(input, { target, id });
  if (whole !== null) {
    for (const each of asked) leave(each, "refused", whole);
    return { ...nothing, left };
  }
  const shown = input.members[target]?.view.fields ?? {};
  const others = Object.entries(input.members).flatMap(([connection, { view }]) =>
    connection !== target && view.kind === "present" ? [view.fields] : [],
  );
  const fields: Record<string, Value> = {};
  const done: RepairAsked[] = [];
  let isFilled = false;
  for (const each of asked.toSorted((a, b) => weightOf(a) - weightOf(b))) {
    const [field = ""] = each.path.split(".");
    const policy = input.policy.fields[field];
    const reason = whyNotMended(input, target, field) ?? whyDecided(one, target, field);
    if (policy === undefined || reason !== null) {
      leave(each, "refused", reason ?? "");
      continue;
    }
    const before = fields[field] ?? shown[field];
    const mended = mendedValue(each, { policy, shown, before, others });
    if ("left" in mended) leave(each, mended.left, mended.reason);
    else {
      isFilled ||= each.rule !== givenRule && (each.to ?? "") === "";
      fields[field] = mended.value;
      done.push(each);
    }
  }
  const sendable = sendableOf(world, one, { target, fields, shown });
  for (const each of done) {
    const reason = sendable.refused.get(each.path.split(".")[0] ?? "");
    if (reason !== undefined) leave(each, reason.why, reason.says);
  }
  const kept = done.filter(({ path }) => (path.split(".")[0] ?? "") in sendable.fields);
  if (kept.length === 0) return { ...nothing, left };
  const write = repairWrite(one, { target, fields: sendable.fields, shown, isFilled });
  return { writes: [write], done: kept, left };
}

/** A value that the next run writes anyway is not put right beforehand. */
function whyDecided({ plan }: Assessed, target: ConnectionId, field: string): string | null {
  const isWritten = plan.writes.some((write) => write.target === target && field in write.fields);
  return isWritten ? "a run writes it by the contract: `crossfoot plan` shows it" : null;
}

/** The fields that the target's mapping can express and that change something; and why the others stay. */
function sendableOf(
  world: World,
  { bundle }: Assessed,
  at: { readonly target: ConnectionId; readonly fields: Fields; readonly shown: Fields },
): {
  readonly fields: Fields;
  readonly refused: ReadonlyMap<string, { readonly why: "refused" | "done"; readonly says: string }>;
} {
  const { target, fields, shown } = at;
  const mapping = mappingOf(sideOf(world, target), bundle.entity);
  const member = bundle.members.find(({ connection }) => connection === target);
  const problems =
    mapping === undefined
      ? {}
      : writePatch(mapping, fields, {
          isCreate: false,
          current: member?.observation?.native ?? {},
          context: { connection: target, idOf: () => undefined, lineIdOf: () => undefined },
        }).problems;
  const refused = new Map<string, { readonly why: "refused" | "done"; readonly says: string }>();
  for (const [field, value] of Object.entries(fields)) {
    const problem = problems[field];
    const now = shown[field];
    if (problem !== undefined)
      refused.set(field, {
        why: "refused",
        says: `${target} cannot hold it: ${problem.expected} was expected`,
      });
    else if (now !== undefined && isEqual(now, value))
      refused.set(field, { why: "done", says: "it is right already" });
  }
  const kept = Object.entries(fields).filter(([field]) => !refused.has(field));
  return { fields: Object.fromEntries(kept), refused };
}

function repairWrite(
  one: Assessed,
  at: {
    readonly target: ConnectionId;
    readonly fields: Fields;
    readonly shown: Fields;
    readonly isFilled: boolean;
  },
): Unplaced {
  const { target, fields, shown, isFilled } = at;
  const names = Object.keys(fields);
  const before = Object.fromEntries(
    names.flatMap((field): [string, Value][] => {
      const value = shown[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
  const write = asWrite(one, { target, kind: "update", fields, before });
  // What was taken from another record rests on that one too.
  return { ...write, causes: repairCause(names), rests: isFilled ? restsOf(one) : write.rests };
}
