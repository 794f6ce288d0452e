import { isAlike } from "@crossfoot/kernel";
import type { EntityPolicy, LinkId } from "@crossfoot/kernel";
import type { MemberRow } from "../store/port.ts";
import { applyPart, todoOf } from "./apply-run.ts";
import type { Applying } from "./apply-run.ts";
import type { Assessed } from "./assess.ts";
import { labelOf } from "./assess.ts";
import { readIds } from "./observe.ts";
import type { CanaryProblem, PlanWrite } from "./plan-document.ts";
import { viewsOf } from "./planning-writes.ts";
import { planHash, splitRefused } from "./record.ts";
import { assessBatch } from "./rematched.ts";
import { contextOf } from "./settle.ts";
import { sideOf } from "./world.ts";

/**
 * Writes the first records of an entity before all others, reads them back from every system, and compares.
 * Answers what did not come out as planned; empty when the rest may follow.
 */
export async function sendCanary(
  applying: Applying,
  part: readonly PlanWrite[],
  count: number,
): Promise<readonly CanaryProblem[]> {
  const links = [...new Set(todoOf(applying, part).map(({ link }) => link))].slice(0, count);
  const few = part.filter(({ link }) => links.includes(link));
  await applyPart(applying, few);
  const [first] = few;
  const policy = applying.settling.policies.find(({ entity }) => entity === first?.entity);
  return policy === undefined || applying.stop !== null ? [] : compare(applying, policy, few);
}

async function compare(
  applying: Applying,
  policy: EntityPolicy,
  few: readonly PlanWrite[],
): Promise<readonly CanaryProblem[]> {
  const { settling } = applying;
  const { session } = settling;
  const { entity } = policy;
  const links = [...new Set(few.map(({ link }) => link))];
  const members = (await session.world.store.membersOf(links)).filter(({ isAlias }) => !isAlias);
  const unseen = new Map<LinkId, string>();
  for (const [connection, rows] of Map.groupBy(members, (row) => row.connection)) {
    const ids = rows.map(({ id }) => id);
    const { missing } = await readIds(session, sideOf(session.world, connection), {
      entity,
      ids,
      via: "hint",
    });
    for (const row of rows)
      if (missing.includes(row.id) && !isToBeGone(few, row))
        unseen.set(row.link, `${connection} does not show it`);
  }
  const context = { ...(await contextOf(settling, policy)), demanded: applying.demanded };
  const decided = await assessBatch(session, context, links);
  return decided.flatMap((one) => {
    const problem = unseen.get(one.bundle.id) ?? problemOf(applying, few, one);
    const label = labelOf(entity, viewsOf(one));
    return problem === undefined ? [] : [{ link: one.bundle.id, entity, label, problem }];
  });
}

/** Whether the plan takes a record away there, or saw it gone already when it was made. */
function isToBeGone(few: readonly PlanWrite[], { link, connection, id }: MemberRow): boolean {
  const own = few.filter((write) => write.link === link);
  return own.some(
    ({ target, kind, rests }) =>
      (target === connection && kind === "delete") ||
      rests.some((view) => view.connection === connection && view.id === id && isGone(view.kind)),
  );
}

const isGone = (kind: string): boolean => kind !== "present" && kind !== "archived";

/** What is wrong with a record that was written, in words; undefined when all of it landed and agrees. */
function problemOf(applying: Applying, few: readonly PlanWrite[], one: Assessed): string | undefined {
  const own = few.filter(({ link, answers }) => link === one.bundle.id && answers.length === 0);
  for (const write of own) {
    if (!applying.made.has(write.number))
      return `it was not made: ${applying.unmade.get(write.number)?.reason ?? ""}`;
    const shown = one.input.members[write.target]?.view;
    if (write.kind === "archive" && shown?.kind !== "archived")
      return `${write.target} does not show it archived`;
    if (write.kind === "unarchive" && shown?.kind !== "present")
      return `${write.target} does not show it brought back`;
    const other = Object.keys(write.fields).find(
      (field) => !isAlike(shown?.fields[field], write.fields[field]),
    );
    if (other !== undefined) return `${write.target} shows another ${other} than was written`;
  }
  // What the plan shows as waiting for a person is no surprise.
  const conflict = one.plan.conflicts.find(
    ({ field }) =>
      !applying.plan.conflicts.some((known) => known.link === one.bundle.id && known.field === field),
  );
  if (conflict !== undefined) return `${conflict.field} is in conflict`;
  const planned = new Set(
    applying.plan.writes
      .filter(({ link }) => link === one.bundle.id)
      .map((write) => planHash(applying.settling.session.world, write)),
  );
  const more = splitRefused(applying.settling.session.world, one).writes.find(
    (write) => !planned.has(planHash(applying.settling.session.world, write)),
  );
  if (more === undefined) return undefined;
  return `${more.target} is to get ${Object.keys(more.fields).join(", ") || more.kind} once more`;
}
