import { forgottenSince } from "./epochs.ts";
import type { ConnectionId, LinkId } from "@crossfoot/kernel";
import { parkTaken, withdrawnNotes } from "../outcome-commit.ts";
import { outcomeNotes, turnedLinks } from "../outcomes.ts";
import { isBeside } from "../port.ts";
import type { BaseMove, Intent, IntentOutcome, Rights, Store } from "../port.ts";
import { intentOf } from "../rows.ts";
import { inOrder, isDue, isFromAhead, markLinks } from "./basics.ts";
import type { IntentTable } from "./columns.ts";
import { moveBases, saveLines, saveParks } from "./decisions.ts";
import { writeNotes } from "./journal.ts";
import { compareText, jsonb } from "./json.ts";
import { checkFence, checkShards } from "./leases.ts";
import { addMember } from "./links.ts";
import { observe } from "./observations.ts";
import { markPlans } from "./plans.ts";
import { freeGivenIds } from "./reuse.ts";
import type { State } from "./state.ts";

type Part = Pick<
  Store,
  | "claimIntents"
  | "doubtfulIntents"
  | "withdrawStored"
  | "markStored"
  | "abandonSending"
  | "commitOutcomes"
  | "intentsOf"
>;

/** The token of a shard among some rights. */
const fenceOf = (rights: Rights, shard: number): number | undefined =>
  rights.shards.find((right) => right.shard === shard)?.fence;

const openStates: ReadonlySet<string> = new Set(["stored", "sending", "in_doubt"]);
const flyingStates: ReadonlySet<string> = new Set(["sending", "in_doubt"]);
const byKey = (a: IntentTable, b: IntentTable): number => compareText(a.key, b.key);

interface Made {
  readonly intent: Intent;
  readonly id: string;
}

/** Creates that settled, and whose record belongs to their link, with the ids the target gave. */
function madeBy(outcomes: readonly IntentOutcome[]): readonly Made[] {
  return outcomes.flatMap(({ intent, state, id }) =>
    intent.kind === "create" && state === "settled" && id !== null && !isBeside(intent)
      ? [{ intent, id }]
      : [],
  );
}

/** Sets aside creates whose record, or whose place in the link, is taken already (see the SQL store). */
function setAsideTaken(state: State, outcomes: readonly IntentOutcome[]): readonly IntentOutcome[] {
  const { member } = state.tables;
  const taken = madeBy(outcomes).filter(
    ({ intent, id }) =>
      member.by("record", intent.entity, intent.target, id).some(({ link_id }) => link_id !== intent.link) ||
      member
        .by("link", intent.link)
        .some((row) => row.connection === intent.target && row.external_id !== id && !row.is_alias),
  );
  return parkTaken(outcomes, new Set(taken.map(({ intent }) => intent.key)));
}

/** Outcomes but for answers about doubts that are over (see the SQL store). */
function stillMeant(state: State, outcomes: readonly IntentOutcome[]): readonly IntentOutcome[] {
  return outcomes.filter(({ intent: { key, state: known, attempts } }) => {
    const row = known === "in_doubt" ? state.tables.intent.get(key) : null;
    return row === null || (row?.state === "in_doubt" && row.attempts === attempts);
  });
}

/** Stores what became of intents; answers the later steps that were taken back with them. */
function saveStates(state: State, outcomes: readonly IntentOutcome[], now: number): readonly IntentTable[] {
  const { intent } = state.tables;
  for (const outcome of outcomes) {
    const row = intent.get(outcome.intent.key);
    if (row === undefined) continue;
    intent.change(row, {
      state: outcome.state,
      external_id: outcome.id ?? outcome.intent.id ?? row.external_id,
      failure: jsonb(outcome.failure),
      due_at: outcome.dueInMs === null ? row.due_at : now + outcome.dueInMs,
      due_set_at: outcome.dueInMs === null ? row.due_set_at : now,
      abandoned_at: outcome.isAbandoned ? now : row.abandoned_at,
      attempts: outcome.intent.attempts,
      landed_images: jsonb(outcome.landedImages),
      settled_at: outcome.state === "settled" ? now : row.settled_at,
    });
  }
  // Later steps of a document whose step did not settle are taken back.
  const takenBack: IntentTable[] = [];
  for (const outcome of outcomes) {
    const done = intent.get(outcome.intent.key);
    if (done === undefined || (outcome.state !== "refused" && outcome.state !== "parked")) continue;
    for (const later of intent.by("link", done.link_id)) {
      if (later.target !== done.target || later.state !== "stored" || later.step <= done.step) continue;
      intent.remove(later);
      takenBack.push(later);
    }
  }
  return takenBack;
}

/** New members of links, from creates that settled. */
function addMembers(state: State, outcomes: readonly IntentOutcome[], now: number): void {
  const { link, member, observation, wait } = state.tables;
  const made = madeBy(outcomes);
  for (const { intent, id } of made) {
    const { link: link_id, target, entity } = intent;
    const isThere = member.by("record", entity, target, id).some((row) => row.link_id === link_id);
    if (!isThere) addMember(state, { link: link_id, connection: target, entity, id }, now);
    const seen = observation.get(target, entity, id);
    if (seen !== undefined) observation.change(seen, { link_id, resolution: null });
    const row = link.get(link_id);
    if (row?.state === "single") link.change(row, { state: "live" });
  }
  const waiting = made.flatMap(({ intent }) =>
    wait.by("parent", intent.link).map((row) => row.link_id as LinkId),
  );
  markLinks(state, waiting, { reason: "parent settled", now });
}

/** Bases of shared fields, of groups that have settled whole (see the SQL store). */
function sharedMoves(
  state: State,
  outcomes: readonly IntentOutcome[],
): readonly (BaseMove & { readonly link: LinkId })[] {
  const groups = new Set(outcomes.flatMap(({ intent }) => (intent.group === null ? [] : [intent.group])));
  const rows = [...groups].flatMap((group) => {
    const members = state.tables.intent.by("group", group);
    const settled = members.filter((row) => row.state === "settled").length;
    return settled === Number(group.split(":")[1]) ? members : [];
  });
  const ordered = inOrder(rows, (row) => [row.link_id, row.target, row.step, row.key]);
  return ordered.flatMap(({ link_id, target, landed_images: images }) => {
    const connection = target as ConnectionId;
    return images === null ? [] : [{ link: link_id as LinkId, connection, images, kind: null }];
  });
}

/** Taking back what was decided and not sent. */
function withdrawals(state: State): Pick<Store, "withdrawStored" | "markStored"> {
  const { intent, work } = state.tables;
  return {
    async markStored() {
      state.commit((now) => {
        const links = intent.by("state", "stored").map((row) => row.link_id as LinkId);
        markLinks(state, links, { reason: "planned again", now });
      });
    },
    async withdrawStored(rights, runId) {
      if (intent.by("state", "stored").length === 0) return 0;
      return state.commit(() => {
        checkShards(state, rights);
        const rows = intent
          .by("state", "stored")
          .filter(({ shard }) => fenceOf(rights, shard) !== undefined)
          .filter(
            ({ link_id, target }) =>
              work.get(link_id) !== undefined &&
              !intent
                .by("link", link_id)
                .some((other) => other.target === target && flyingStates.has(other.state)),
          );
        for (const row of rows) intent.remove(row);
        writeNotes(state, withdrawnNotes(rows), runId);
        return rows.length;
      });
    },
  };
}

/** Taking intents to be sent, and giving up those of a dead worker. */
function claims(state: State): Pick<Store, "claimIntents" | "abandonSending"> {
  const { intent } = state.tables;
  const hasEarlierStep = (row: IntentTable): boolean =>
    intent
      .by("link", row.link_id)
      .some((other) => other.target === row.target && other.step < row.step && openStates.has(other.state));
  return {
    async claimIntents({ rights, target, entity, limit, keys, sendWithinMs }) {
      return state.commit((now) => {
        checkShards(state, rights);
        const free = intent
          .by("place", target, entity)
          .filter((row) => fenceOf(rights, row.shard) !== undefined)
          .filter((row) => keys === null || keys.includes(row.key))
          .filter((row) => row.state === "stored" && isDue(row, now) && !hasEarlierStep(row));
        const shardIn = (row: IntentTable): number => (keys === null ? row.shard : 0);
        const found = inOrder(free, (row) => [shardIn(row), row.step, row.link_id, row.key]);
        const rows = found.slice(0, limit).map((row) =>
          intent.change(row, {
            state: "sending",
            fence: fenceOf(rights, row.shard) ?? 0,
            claimed_at: now,
            send_deadline: now + sendWithinMs,
            attempts: row.attempts + 1,
          }),
        );
        const notes = rows.toSorted(byKey).map(({ key, attempts, entity: of, link_id }) => ({
          kind: "intent_sending",
          entity: of,
          link: link_id as LinkId,
          body: { key, attempt: attempts },
        }));
        writeNotes(state, notes, null);
        return inOrder(rows, (row) => [row.link_id, row.key]).map(intentOf);
      });
    },
    async abandonSending(rights) {
      return state.commit((now) => {
        checkShards(state, rights);
        const rows = intent
          .by("state", "sending")
          .filter((row) => Number(row.fence) < (fenceOf(rights, row.shard) ?? -Infinity))
          .map((row) => intent.change(row, { state: "in_doubt", abandoned_at: now }));
        const notes = rows.toSorted(byKey).map(({ key, entity, link_id }) => ({
          kind: "intent_in_doubt",
          entity,
          link: link_id as LinkId,
          body: { key, code: "worker_died" },
        }));
        writeNotes(state, notes, null);
        return rows.length;
      });
    },
  };
}

/** How long ago the last moment was at which the request may have left us. */
function quietFor({ send_deadline, abandoned_at }: IntentTable, now: number): number {
  if (send_deadline === null && abandoned_at === null) return 0;
  return now - Math.max(send_deadline ?? -Infinity, abandoned_at ?? -Infinity);
}

const isStampedAhead = (row: IntentTable, now: number): boolean =>
  isFromAhead(row.claimed_at, now) || isFromAhead(row.abandoned_at, now);

/** The store's clock was set back: the wait of all that are in doubt begins again (see the SQL store). */
function restamp(state: State): void {
  const { intent } = state.tables;
  state.commit((now) => {
    for (const row of intent.by("state", "in_doubt")) {
      if (!isStampedAhead(row, now)) continue;
      const { claimed_at, send_deadline: until } = row;
      const send_deadline = until === null || claimed_at === null ? null : now + (until - claimed_at);
      intent.change(row, { abandoned_at: now, claimed_at: now, send_deadline });
    }
  });
}

/** Which intents are open. */
function listings(state: State): Pick<Store, "doubtfulIntents" | "intentsOf"> {
  const { intent } = state.tables;
  return {
    async doubtfulIntents({ rights, target, entity, limit }) {
      const now = state.now();
      const doubtful = intent
        .by("place", target, entity)
        .filter((row) => row.state === "in_doubt" && isDue(row, now))
        .filter((row) => fenceOf(rights, row.shard) !== undefined);
      const rows = inOrder(doubtful, (row) => [row.due_at, row.key]).slice(0, limit);
      if (rows.some((row) => isStampedAhead(row, now))) restamp(state);
      return rows.map((row) => {
        const isForgotten = forgottenSince(state, row.link_id) !== null;
        return { ...intentOf(row), quietForMs: quietFor(row, now), isForgotten };
      });
    },
    async intentsOf(links) {
      const rows = [...new Set(links)].flatMap((link) => intent.by("link", link));
      return inOrder(rows, (row) => [row.stored_at, row.step, row.key]).map(intentOf);
    },
  };
}

/** Links that an undo ends, and those that live on (see the SQL store). */
function turnLinks(state: State, outcomes: readonly IntentOutcome[], now: number): void {
  const { link, tombstone } = state.tables;
  for (const { state: turned, ...place } of turnedLinks(outcomes)) {
    const { link_id, connection, external_id } = place;
    const row = link.get(link_id);
    if (row !== undefined) link.change(row, { state: turned });
    if (turned === "live") {
      for (const each of tombstone.by("link", link_id))
        if (each.connection === connection && each.reason === "archived_by_us") tombstone.remove(each);
    } else if (tombstone.get(link_id, connection, external_id) === undefined)
      tombstone.insert({ ...place, reason: "archived_by_us", made_at: now });
  }
}

function settle(
  state: State,
  given: readonly IntentOutcome[],
  at: { readonly runId: string | null; readonly now: number },
): void {
  const { now } = at;
  const reused = freeGivenIds(state, given, now);
  const outcomes = setAsideTaken(state, stillMeant(state, given));
  const takenBack = saveStates(state, outcomes, now);
  markPlans(state, outcomes, now);
  const seen = given.flatMap(({ observation }) => (observation === null ? [] : [observation]));
  observe(state, seen, { reason: "answered", now });
  addMembers(state, outcomes, now);
  saveLines(
    state,
    outcomes.flatMap(({ intent, lines }) => lines.map((line) => ({ ...line, link: intent.link }))),
  );
  const moves = outcomes.flatMap(({ intent, baseMoves }) =>
    baseMoves.map((move) => ({ ...move, link: intent.link })),
  );
  const together = sharedMoves(state, outcomes);
  moveBases(state, [...moves, ...together]);
  turnLinks(state, outcomes, now);
  const parks = outcomes.flatMap(({ intent, park }) =>
    park === null ? [] : [{ link: intent.link, entity: intent.entity, park }],
  );
  saveParks(state, parks, now);
  const { park } = state.tables;
  for (const { intent, state: end } of outcomes) {
    if (end !== "settled") continue;
    for (const row of park.by("openOfIntent", intent.key))
      park.change(row, { state: "closed", closed_at: now });
  }
  const again = outcomes.filter(({ isToDecide }) => isToDecide).map(({ intent }) => intent.link);
  markLinks(state, again, { reason: "settled", now });
  const groupNotes = together.map(({ link, connection, images }) => {
    return { kind: "base_moved", entity: null, link, body: { connection, images } };
  });
  const notes = [...reused, ...outcomes.flatMap(outcomeNotes), ...withdrawnNotes(takenBack), ...groupNotes];
  writeNotes(state, notes, at.runId);
}

/** Sending: intents are claimed under the fencing token, and what became of them is one commit. */
export function intentPart(state: State): Part {
  return {
    ...claims(state),
    ...withdrawals(state),
    ...listings(state),
    async commitOutcomes(outcomes, runId, rights) {
      if (outcomes.length === 0) return;
      state.commit((now) => {
        checkFence(
          state,
          rights,
          outcomes.map(({ intent }) => intent.link),
        );
        settle(state, outcomes, { runId, now });
      });
    },
  };
}
