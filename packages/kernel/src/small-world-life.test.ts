import { expect, it } from "vitest";
import { decide } from "./decide.ts";
import { linkStates } from "./lifecycle.ts";
import type { DecideInput, Plan, PlannedWrite, Verdict } from "./plan.ts";
import { parkReasons, verdicts } from "./plan.ts";
import type { CreateRule, EntityPolicy } from "./policy.ts";
import { externalId, observationKinds } from "./record.ts";
import type { ConnectionId, ObservationKind, View } from "./record.ts";
import {
  abilities,
  crm,
  decideInput,
  entityPolicy,
  erp,
  fieldPolicy,
  memberOf,
  testLink,
  viewOf,
} from "./testing/fixtures.ts";

/**
 * The exhaustive small world of a link's life in two systems: every state of the link, every kind of view of
 * each member or none, edited or not, in flight, tombstone, readiness, and every rule for creates and
 * deletes.
 */
interface Shown {
  readonly kind: ObservationKind;
  readonly isEdited: boolean;
  /** Kind when all last agreed; null before they ever did. */
  readonly was: "present" | "archived" | null;
}
type Shape = Shown | null;
const lives = [
  { kind: "present", was: "archived" },
  { kind: "archived", was: "archived" },
  { kind: "present", was: null },
  { kind: "archived", was: null },
] as const;
const shapes: readonly Shape[] = [
  null,
  ...observationKinds.map((kind) => ({ kind, isEdited: false, was: "present" as const })),
  { kind: "present", isEdited: true, was: "present" },
  { kind: "archived", isEdited: true, was: "present" },
  ...lives.map((life) => ({ ...life, isEdited: false })),
];
const rules: readonly (CreateRule | undefined)[] = [
  undefined,
  { when: "never", statuses: [], onDemand: true },
  { when: "always", statuses: [], onDemand: false },
  { when: "status", statuses: ["won"], onDemand: false },
  { when: "status", statuses: ["open"], onDemand: false },
  { when: "status", statuses: ["won"], onDemand: true },
];
const surroundings: readonly Partial<DecideInput>[] = [
  {},
  { inFlight: [erp] },
  { hasTombstone: true },
  { readyTargets: [crm, erp] },
  { readyTargets: [crm, erp], hasTombstone: true },
  { readyTargets: [crm, erp], demandedOn: [crm, erp] },
  { readyTargets: [erp] },
];
const said: readonly Partial<DecideInput>[] = [
  { words: { deletion: "archive" } },
  { words: { deletion: "keep" }, readyTargets: [crm, erp] },
  { words: { deletion: "restore" }, hasTombstone: true },
  { heirs: [crm] },
];

const fieldsPolicies = [
  fieldPolicy(),
  fieldPolicy({ field: "stage", kind: { kind: "code" }, writers: [crm], targets: [erp] }),
];

function shapeOf(connection: ConnectionId, shape: Shape): DecideInput["members"] {
  if (shape === null) return {};
  const fields = { name: shape.isEdited ? `new at ${connection}` : "old", stage: "open" };
  const view = viewOf(connection, { kind: shape.kind, fields });
  return { [connection]: memberOf(view, { name: "old", stage: "open" }, shape.was) };
}

/** Each rule for what is deleted meets one for what returns. */
const returnsOf = { archive: "ask", ask: "restore", ignore: "ignore" } as const;

function* inputs(): Generator<DecideInput> {
  for (const state of linkStates) {
    for (const onDelete of ["archive", "ask", "ignore"] as const) {
      // Nothing is created for a link that is over: one rule for creates is enough.
      const isOver = state === "ended" || state === "merged";
      for (const rule of isOver ? rules.slice(2, 3) : rules) {
        const create: EntityPolicy["create"] = rule === undefined ? {} : { crm: rule, erp: rule };
        const policy = entityPolicy(fieldsPolicies, {
          onDelete,
          onReturn: returnsOf[onDelete],
          create,
          statusField: onDelete === "ignore" ? null : "stage",
        });
        // What persons say of a deletion has nothing to do with rules for creates: one of them is enough.
        const own = rule?.when === "always" ? [...surroundings, ...said] : surroundings;
        for (const surrounding of own) {
          for (const one of shapes) {
            for (const other of shapes) {
              for (const can of [{}, { canArchive: false, canUnarchive: false }, { canCreate: false }]) {
                const sides = { crm: abilities(["name", "stage"]), erp: abilities(["name", "stage"], can) };
                const members = { ...shapeOf(crm, one), ...shapeOf(erp, other) };
                const link = { id: testLink, generation: 1, state };
                yield decideInput(policy, { sides, members, link, ...surrounding });
              }
            }
          }
        }
      }
    }
  }
}

const viewsOf = (input: DecideInput): readonly View[] => Object.values(input.members).map(({ view }) => view);

/** What the rules say of an input, told again in other words. */
function faultsOf(input: DecideInput, plan: Plan): readonly string[] {
  const views = viewsOf(input);
  const kinds = new Set(views.map(({ kind }) => kind));
  const faults: string[] = [];
  const isQuiet =
    plan.writes.length +
      plan.baseMoves.length +
      plan.kindMoves.length +
      plan.discards.length +
      plan.conflicts.length +
      plan.waits.length ===
    0;
  const must = (rule: string, isTrue: boolean) => {
    if (!isTrue) faults.push(rule);
  };
  if (input.inFlight.length > 0) {
    must("an open intent is waited for", plan.verdict === "in_flight" && isQuiet && plan.tombstone === null);
    return faults;
  }
  if (input.link.state === "merged") {
    must("a link that was merged gets nothing", plan.verdict === "ended" && isQuiet && plan.restore === null);
    return faults;
  }
  if (input.link.state === "ended") {
    must("a link that ended gets nothing written", isQuiet && plan.tombstone === null);
    return [...faults, ...faultsOfComeback(input, plan)];
  }
  if (
    ["not_permitted", "not_seen", "out_of_scope", "merged", "converted"].some((kind) =>
      kinds.has(kind as ObservationKind),
    )
  ) {
    must(
      "not seen, not permitted, out of scope, merged and converted are no delete",
      plan.verdict === "dormant" && isQuiet && plan.tombstone === null && plan.restore === null,
    );
    return faults;
  }
  for (const [at, write] of plan.writes.entries()) {
    const isFollowing = plan.writes.slice(0, at).some(({ target }) => target === write.target);
    const version = isFollowing ? null : (input.members[write.target]?.view.version ?? null);
    must(
      "the first write to a target names the version seen, what follows on it names none",
      write.precondition === version,
    );
    faults.push(...faultsOfWrite(input, write));
  }
  if (kinds.has("deleted")) return [...faults, ...faultsOfDelete(input, plan)];
  must("only a delete leaves a tombstone", plan.tombstone === null);
  must("only what is gone, or ended, is restored", plan.restore === null);
  must("writes are the verdict when there are some", (plan.verdict === "writes") === plan.writes.length > 0);
  faults.push(...faultsOfLife(input, plan));
  const isMissing = views.length === 1;
  if (isMissing) {
    const target = input.members["crm"] === undefined ? crm : erp;
    const creates = plan.writes.filter(({ kind }) => kind === "create");
    must(
      "a create exactly where the contract wants one",
      creates.length === (mayCreate(input, target) ? 1 : 0),
    );
    must("a record that stays alone is never called agreed", plan.verdict !== "agreed");
  }
  return faults;
}

function faultsOfWrite(input: DecideInput, write: PlannedWrite): readonly string[] {
  const member = input.members[write.target];
  const faults: string[] = [];
  if (write.causes.length === 0) faults.push("a write without a cause");
  if (write.kind === "create" ? member !== undefined : member === undefined)
    faults.push("a create for a member, or a write to none");
  if (write.kind === "create" && input.hasTombstone) faults.push("a create in spite of a tombstone");
  const mayArchive = input.policy.onDelete === "archive" || input.words?.deletion === "archive";
  if (write.kind === "archive" && (!mayArchive || member?.view.kind !== "present"))
    faults.push("an archive that the contract does not want");
  if (write.kind === "archive" && input.sides[write.target]?.canArchive === false)
    faults.push("an archive where there is none");
  return [...faults, ...faultsOfReturn(input, write)];
}

/** Nothing is brought back by itself: a person did so on another side, and no tombstone stands. */
function faultsOfReturn(input: DecideInput, write: PlannedWrite): readonly string[] {
  if (write.kind !== "unarchive") return [];
  const others = Object.entries(input.members).filter(([connection]) => connection !== write.target);
  const isAsked = others.some(([, { view, baseKind }]) => view.kind === "present" && baseKind === "archived");
  const faults: string[] = [];
  if (!isAsked) faults.push("a record brought back that nobody brought back elsewhere");
  if (input.hasTombstone) faults.push("a record brought back in spite of a tombstone");
  if (input.members[write.target]?.view.kind !== "archived") faults.push("bringing back what is there");
  if (input.sides[write.target]?.canUnarchive !== true)
    faults.push("bringing back where that is not offered");
  if (input.policy.onDelete !== "archive") faults.push("bringing back against the contract");
  return faults;
}

/** Archiving and bringing back, told again: what must be written of it, and what must be agreed on. */
function faultsOfLife(input: DecideInput, plan: Plan): readonly string[] {
  const members = Object.entries(input.members);
  if (members.length < 2) return plan.kindMoves.length > 0 ? ["a record alone agrees with nobody"] : [];
  const faults: string[] = [];
  const carried = plan.writes.filter(({ kind }) => kind === "archive" || kind === "unarchive");
  const isFresh = members.some(([, { baseKind }]) => baseKind === null);
  const changed = members.filter(([, { view, baseKind }]) => baseKind !== null && view.kind !== baseKind);
  const isAlike = new Set(members.map(([, { view }]) => view.kind)).size === 1;
  if ((isFresh || isAlike || changed.length !== 1) && carried.length > 0)
    faults.push("archived or brought back although nobody, or everybody, did so");
  const settles = new Map<string, ObservationKind>(
    plan.kindMoves.map(({ connection, kind }) => [connection, kind]),
  );
  const isSettled = members.every(
    ([connection, { view, baseKind }]) => (settles.get(connection) ?? baseKind) === view.kind,
  );
  const isOpen =
    carried.length > 0 || plan.parks.some(({ reason }) => reason === "returned") || isDeferred(input, plan);
  if ((isFresh || changed.length > 0) && isSettled === isOpen)
    faults.push("a change of life is carried, asked about or agreed on, and only one of them");
  const [source] = changed;
  const mayCarry = input.policy.onDelete === "archive" && changed.length === 1 && !isFresh && !isAlike;
  const target = members.find(([connection]) => connection !== source?.[0])?.[0] ?? "";
  const isAble =
    source?.[1].view.kind === "archived"
      ? input.sides[target]?.canArchive === true
      : input.sides[target]?.canUnarchive === true && !input.hasTombstone;
  if (mayCarry && isAble && carried.length === 0 && !isDeferred(input, plan))
    faults.push("a change of life that the contract carries was not carried");
  return faults;
}

/** Archiving waits while the same decision writes the record's state to that side. */
function isDeferred(input: DecideInput, plan: Plan): boolean {
  const status = input.policy.statusField;
  return plan.writes.some(({ fields }) => status !== null && status in fields);
}

function mayCreate(input: DecideInput, target: ConnectionId): boolean {
  const rule = input.policy.create[target];
  const [only] = viewsOf(input);
  if (rule === undefined || rule.when === "never" || only?.kind !== "present" || input.hasTombstone)
    return false;
  if (!input.readyTargets.includes(target) || input.sides[target]?.canCreate === false) return false;
  const status = input.policy.statusField === null ? undefined : "open";
  const isDemanded = rule.onDemand && input.demandedOn.includes(target);
  if (rule.when === "status" && !isDemanded && !(status !== undefined && rule.statuses.includes(status)))
    return false;
  // The stage flows from the CRM alone, the name both ways: there is always something to write.
  return true;
}

/** What ended lives again only when a record is back, and a person or the rule of that name says so (I05). */
function faultsOfComeback(input: DecideInput, plan: Plan): readonly string[] {
  const members = Object.entries(input.members);
  const isGone = members.some(([, { view }]) => view.kind === "deleted");
  const back = members.filter(
    ([, { view, baseKind }]) => view.kind === "present" && (!isGone || baseKind === "archived"),
  );
  const areSeen = members.every(([, { view }]) => ["present", "archived", "deleted"].includes(view.kind));
  const isBack = back.length > 0 && areSeen;
  const word = input.words?.deletion;
  const isSaid = word === "restore" || (word === undefined && input.policy.onReturn === "restore");
  const faults: string[] = [];
  if ((plan.restore !== null) !== (isBack && isSaid)) faults.push("restored exactly when somebody says so");
  const isAsked = isBack && word === undefined && input.policy.onReturn === "ask";
  if ((plan.verdict === "parked") !== isAsked) faults.push("a return is asked about exactly by that rule");
  const dropped = members.filter(([, { view }]) => view.kind === "deleted").map(([connection]) => connection);
  if (plan.restore !== null && plan.restore.drop.join(",") !== dropped.join(","))
    faults.push("what is restored leaves behind what is gone, and nothing else");
  return faults;
}

function faultsOfDelete(input: DecideInput, plan: Plan): readonly string[] {
  const rest = viewsOf(input).filter(({ kind }) => kind !== "deleted");
  if (input.words !== undefined) return faultsOfWord(input, plan);
  const isHeir =
    input.heirs?.some((connection) => input.members[connection]?.view.kind === "deleted") === true;
  const isFirst = Object.keys(input.members).toSorted()[0] === "crm";
  const mayBeMerged = isHeir && isFirst;
  const isEdited = rest.some(({ fields }) => fields["name"] !== "old");
  const canArchive = rest.every(({ connection }) => input.sides[connection]?.canArchive === true);
  const faults: string[] = [];
  const must = (rule: string, isTrue: boolean) => {
    if (!isTrue) faults.push(rule);
  };
  must(
    "a deletion is never answered by a create, an update or a delete",
    plan.writes.every(({ kind }) => kind === "archive"),
  );
  const isAsked =
    rest.length > 0 &&
    input.policy.onDelete !== "ignore" &&
    (mayBeMerged || isEdited || input.policy.onDelete === "ask" || !canArchive);
  must(
    "a deletion is asked about when the other side was edited or may not be archived",
    (plan.verdict === "parked") === isAsked,
  );
  must(
    "an edited record is named so",
    !isAsked ||
      plan.parks[0]?.reason ===
        (mayBeMerged ? "may_be_merged" : isEdited ? "edited_while_deleted" : "deleted_elsewhere"),
  );
  must(
    "an accepted deletion leaves a tombstone, a question leaves none",
    (plan.tombstone === null) === isAsked,
  );
  const isCarried = !isAsked && input.policy.onDelete === "archive";
  const present = isCarried ? rest.filter(({ kind }) => kind === "present").length : 0;
  must("the others are archived once, where the contract says so", plan.writes.length === present);
  const ended = present > 0 ? "writes" : "ended";
  must("an accepted deletion ends the link once nothing is left to write", isAsked || plan.verdict === ended);
  return faults;
}

/** A person's word on a deletion is carried out as it was said, and asked for no more. */
function faultsOfWord(input: DecideInput, plan: Plan): readonly string[] {
  const word = input.words?.deletion;
  const rest = viewsOf(input).filter(({ kind }) => kind !== "deleted");
  const archivable = rest.filter(
    ({ connection, kind }) => kind === "present" && input.sides[connection]?.canArchive === true,
  );
  const archived = plan.writes.filter(({ kind }) => kind === "archive").length;
  const faults: string[] = [];
  if (plan.parks.length > 0) faults.push("a person is asked again");
  if ((plan.restore !== null) !== (word === "restore")) faults.push("restored without being asked to");
  if ((plan.tombstone === null) !== (word === "restore"))
    faults.push("a tombstone stands unless it is restored");
  if (archived !== (word === "archive" ? archivable.length : 0))
    faults.push("the others are archived as was said");
  if (plan.writes.length !== archived) faults.push("a deletion is answered by an archive alone");
  return faults;
}

it("creates, deletes, scope and tombstones of a link go by the rules in every combination", () => {
  const seen = new Map<Verdict, number>();
  const broken: Record<string, string> = {};
  let combinations = 0;
  for (const input of inputs()) {
    combinations += 1;
    const plan = decide(input);
    seen.set(plan.verdict, (seen.get(plan.verdict) ?? 0) + 1);
    for (const rule of faultsOf(input, plan)) broken[rule] ??= JSON.stringify({ input, plan });
    for (const { reason } of plan.parks)
      if (!parkReasons.includes(reason)) broken["a reason out of the list"] = reason;
  }
  console.log(`life of a link: ${combinations} combinations`, Object.fromEntries(seen));
  expect(broken).toEqual({});
  expect(combinations).toBeGreaterThan(100_000);
  const elsewhere: readonly Verdict[] = ["waiting", "conflict"];
  expect([...seen.keys()].toSorted()).toEqual(
    verdicts.filter((verdict) => !elsewhere.includes(verdict)).toSorted(),
  );
});

it("a record is created once, in any order of readiness and settlement, and then rests", () => {
  const policy = entityPolicy([fieldPolicy()], {
    create: { erp: { when: "always", statuses: [], onDemand: false } },
  });
  const alone = { crm: memberOf(viewOf(crm, { fields: { name: "ann" } })) };
  const early = decide(decideInput(policy, { members: alone }));
  expect(early).toMatchObject({ verdict: "not_wanted", writes: [] });
  const ready = decideInput(policy, { members: alone, readyTargets: [erp] });
  expect(decide(ready).writes).toMatchObject([
    { kind: "create", target: erp, id: null, fields: { name: "ann" } },
  ]);
  expect(decide({ ...ready, inFlight: [erp] })).toMatchObject({ verdict: "in_flight", writes: [] });
  const created = viewOf(erp, { id: externalId("9"), fields: { name: "ANN" } });
  const base = { name: "ann" };
  const members = { crm: memberOf(alone.crm.view, base), erp: memberOf(created, { name: "ANN" }) };
  expect(decide({ ...ready, members })).toMatchObject({
    verdict: "agreed",
    writes: [],
    baseMoves: [],
    discards: [],
  });
});
