import { planCreates } from "./create.ts";
import { planDeletion, planReturn } from "./deletion.ts";
import type { DeletionPlan } from "./deletion.ts";
import { planFields } from "./fields.ts";
import { planLife } from "./life.ts";
import { membersOf } from "./members.ts";
import type { DecideInput, Park, Plan, PlannedWrite, Verdict } from "./plan.ts";
import { isInClosedBooks } from "./policy.ts";
import type { ConnectionId } from "./record.ts";

/**
 * Decides what one link needs: pure, total, deterministic (INVARIANTS.md 1.8). Never throws.
 *
 * Order: an open intent is waited for; a member that may not be seen or left the scope makes the link
 * dormant; a record with a refused value is parked alone; deletes go by the contract; then every field is
 * merged on its own, and missing members are created where the contract allows.
 */
export function decide(input: DecideInput): Plan {
  const kinds = Object.values(input.members).map((member) => member.view.kind);
  if (input.inFlight.length > 0) return planOf(input, "in_flight");
  if (input.link.state === "merged") return planOf(input, "ended");
  if (input.link.state === "ended") return planned(input, planReturn(input));
  if (kinds.some((kind) => dormantKinds.has(kind))) return planOf(input, "dormant");
  const parks = refusedValues(input);
  if (parks.length > 0) return planOf(input, "parked", { parks });
  if (kinds.includes("deleted")) return planned(input, planDeletion(input));
  const { isWanted, ...creates } = planCreates(input);
  const fields = planFields(input);
  const life = planLife(input, fields.writes);
  const held = new Set(fields.waits.filter(({ isBlocking }) => isBlocking).map(({ target }) => target));
  const unarchives = life.unarchives.filter(({ target }) => !held.has(target));
  const wanted = [...unarchives, ...fields.writes, ...life.archives, ...creates.writes];
  const writes = keptFromBooks(input, wanted);
  const isKept = writes.length < wanted.length;
  const reasons = [...fields.reasons, ...creates.reasons];
  const parts = {
    ...fields,
    reasons: isKept ? reasons.filter(({ target }) => target !== input.policy.closed?.at) : reasons,
    writes: chained(writes),
    kindMoves: life.kindMoves,
    parks: [...fields.parks, ...life.parks, ...(isKept ? [booksClosed(input)] : [])],
    waits: [...fields.waits, ...creates.waits],
  };
  return planOf(input, verdictOf(parts, isWanted), parts);
}

/**
 * Only the first write to a target can tell which version it must still have; each other one follows on the
 * last.
 */
function chained(writes: readonly PlannedWrite[]): readonly PlannedWrite[] {
  return writes.map((write, at) => {
    const isFollowing = writes.slice(0, at).some((earlier) => earlier.target === write.target);
    return isFollowing ? { ...write, precondition: null } : write;
  });
}

/**
 * Takes out what would be written into closed books: values are kept from them already, a record is neither
 * made, archived nor brought back there. A person is told.
 */
function keptFromBooks(input: DecideInput, writes: readonly PlannedWrite[]): readonly PlannedWrite[] {
  const { closed } = input.policy;
  if (closed === undefined) return writes;
  const dates = membersOf(input)
    .filter(([connection]) => input.members[closed.at] === undefined || connection === closed.at)
    .map(([, { view }]) => view.fields[closed.field]);
  if (!dates.some((date) => isInClosedBooks(closed, date))) return writes;
  return writes.filter(({ target }) => target !== closed.at);
}

const dormantKinds: ReadonlySet<string> = new Set([
  "not_permitted",
  "not_seen",
  "out_of_scope",
  "merged",
  "converted",
]);

type Parts = Partial<
  Pick<
    Plan,
    | "writes"
    | "reasons"
    | "baseMoves"
    | "kindMoves"
    | "discards"
    | "conflicts"
    | "parks"
    | "waits"
    | "tombstone"
    | "restore"
  >
>;

function planned(input: DecideInput, { verdict, ...parts }: DeletionPlan): Plan {
  const writes = keptFromBooks(input, parts.writes);
  if (writes.length === parts.writes.length) return planOf(input, verdict, parts);
  return planOf(input, "parked", { writes, parks: [...parts.parks, booksClosed(input)] });
}

const booksClosed = ({ policy }: DecideInput): Park => ({
  reason: "period_closed",
  connection: policy.closed?.at ?? null,
  problems:
    policy.closed === undefined
      ? {}
      : {
          [policy.closed.field]: { code: "period_closed", expected: `a day after ${policy.closed.through}` },
        },
});

function planOf({ link, policy }: DecideInput, verdict: Verdict, parts: Parts = {}): Plan {
  return {
    link: link.id,
    entity: policy.entity,
    generation: link.generation,
    verdict,
    writes: parts.writes ?? [],
    reasons: parts.reasons ?? [],
    baseMoves: parts.baseMoves ?? [],
    kindMoves: parts.kindMoves ?? [],
    discards: parts.discards ?? [],
    conflicts: parts.conflicts ?? [],
    parks: parts.parks ?? [],
    waits: parts.waits ?? [],
    tombstone: parts.tombstone ?? null,
    restore: parts.restore ?? null,
  };
}

type Open = Pick<Plan, "writes" | "parks" | "conflicts" | "waits">;

function verdictOf({ writes, parks, conflicts, waits }: Open, isWanted: boolean): Verdict {
  if (writes.length > 0) return "writes";
  if (parks.length > 0) return "parked";
  if (conflicts.length > 0) return "conflict";
  if (waits.length > 0) return "waiting";
  return isWanted ? "agreed" : "not_wanted";
}

/** A refused value parks the whole record: half a record is worse than none. */
function refusedValues(input: DecideInput): readonly Park[] {
  return membersOf(input).flatMap(([connection, { view }]): readonly Park[] => {
    const problems = Object.entries(view.problems).filter(([field]) => isUsed(input, field, connection));
    return problems.length === 0
      ? []
      : [{ reason: "value_refused", connection, problems: Object.fromEntries(problems) }];
  });
}

/** A field whose value goes nowhere cannot stop the record. */
function isUsed(input: DecideInput, path: string, connection: ConnectionId): boolean {
  const [field] = path.split(".") as [string];
  const policy = input.policy.fields[field];
  return policy !== undefined && (policy.writers.includes(connection) || policy.targets.includes(connection));
}
