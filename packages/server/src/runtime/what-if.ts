import { canonicalBytes, carried } from "@crossfoot/kernel";
import type { ConnectionId, LinkId, Value } from "@crossfoot/kernel";
import { assess } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import type { OtherContract } from "./engine.ts";
import type { PlanDocument, PlanWrite, WhatIf, WhatIfRow } from "./plan-document.ts";
import { composePlan } from "./planning-compose.ts";
import { draftPlan } from "./planning.ts";
import type { DraftSource } from "./planning.ts";
import { orderedWrites, placeOf } from "./planning-writes.ts";
import type { Draft } from "./planning-writes.ts";
import type { Settling } from "./settle.ts";
import { flippedFields, reopened, standingOf } from "./terms.ts";
import type { Standing } from "./terms.ts";
import { changedTerms } from "./what-if-terms.ts";

interface Looked {
  readonly draft: Draft;
  /** Writes of each record, what completes it later among them. */
  readonly writes: ReadonlyMap<LinkId, readonly PlanWrite[]>;
  /** Links that were looked at, by entity. */
  readonly seen: Map<string, number>;
  readonly standing: Map<LinkId, readonly Standing[]>;
}

/**
 * What would change if another contract took the place of the one in force: every linked record is decided
 * under both, on what both systems show now. Differences that stand by the contract in force are open under
 * the other where their field belongs to somebody else there. The answer is a plan of the other contract, of
 * the records that come out differently alone; it can be applied once that contract is in force. Stores and
 * writes nothing.
 */
export async function makeWhatIf(settling: Settling, other: OtherContract): Promise<PlanDocument> {
  const { world } = settling.session;
  const now = await lookUnder(settling, () => []);
  const before = new Map(settling.policies.map((policy) => [policy.entity, policy]));
  const flipped = new Map(
    other.policies.map((policy) => {
      const old = before.get(policy.entity);
      return [policy.entity, old === undefined ? [] : flippedFields(old, policy)] as const;
    }),
  );
  const otherWorld = {
    ...world,
    contract: other.contract,
    contractHash: other.hash,
    policies: other.policies,
  };
  const under: Settling = {
    ...settling,
    policies: other.policies,
    session: { ...settling.session, world: otherWorld },
  };
  const then = await lookUnder(under, (entity) => flipped.get(entity) ?? []);
  const affected = affectedBy(now, then);
  const draft = restrictTo(then, affected);
  const whatIf: WhatIf = {
    contract: world.contractHash,
    terms: changedTerms(world.contract, other.contract),
    rows: [...affected].flatMap((link) => rowsOf(link, { now, after: then })),
    standing: [...then.standing].flatMap(([link, found]) => {
      const one = then.draft.decided.get(link) ?? now.draft.decided.get(link);
      return one === undefined ? [] : found.map((each) => ({ ...placeOf(one), ...each }));
    }),
    closed: closedBy(now.draft, then.draft, affected),
    same: Object.fromEntries(
      [...then.seen].map(([entity, count]) => [entity, count - countIn(draft, entity)]),
    ),
    notes: notesOf(settling, other),
  };
  return composePlan(under, draft, whatIf);
}

const countIn = (draft: Draft, entity: string): number =>
  [...draft.decided.values()].filter(({ bundle }) => bundle.entity === entity).length;

/** Decides all links, without matching them anew and without storing anything. */
async function lookUnder(
  settling: Settling,
  reopens: (entity: string) => readonly string[],
): Promise<Looked> {
  const { store } = settling.session.world;
  const seen = new Map<string, number>();
  const standing = new Map<LinkId, readonly Standing[]>();
  const source: DraftSource = {
    links: ({ entity }, limit, after) => store.linksOfEntity(entity, limit, after),
    count: () => Promise.resolve(null),
    async decide(context, links) {
      const { entity } = context.policy;
      const bundles = (await store.loadBundles(links)).filter(({ state }) => state !== "merged");
      const decided = await assess(context, bundles);
      const fields = reopens(entity);
      for (const one of decided) {
        const found = standingOf(one, fields);
        if (found.length > 0) standing.set(one.bundle.id, found);
      }
      seen.set(entity, (seen.get(entity) ?? 0) + bundles.length);
      if (!decided.some(({ bundle }) => standing.has(bundle.id))) return decided;
      const open = bundles.map((bundle) =>
        reopened(
          bundle,
          (standing.get(bundle.id) ?? []).map(({ field }) => field),
        ),
      );
      return assess(context, open);
    },
    isGrowing: false,
    isKept: ({ bundle, plan }) =>
      plan.verdict !== "agreed" || plan.parks.length > 0 || standing.has(bundle.id),
  };
  const draft = await draftPlan(settling, source);
  const writes = Map.groupBy(orderedWrites(settling, draft), ({ link }) => link);
  return { draft, writes, seen, standing };
}

/** What is decided for a record, without the versions it rests on. */
function outcomeOf({ draft, writes }: Looked, link: LinkId): string {
  const plan = draft.decided.get(link)?.plan;
  return canonicalBytes({
    writes: (writes.get(link) ?? []).map(({ target, kind, fields, transition, answers, follows }) => {
      return { target, kind, fields, transition, answers, follows };
    }),
    conflicts: (plan?.conflicts ?? []).map(({ field, reason }) => ({ field, reason })),
    parks: plan?.parks ?? [],
    waits: (plan?.waits ?? []).filter(({ isBlocking }) => isBlocking),
  });
}

function affectedBy(now: Looked, then: Looked): ReadonlySet<LinkId> {
  const links = new Set([...now.draft.decided.keys(), ...then.draft.decided.keys()]);
  return new Set([...links].filter((link) => outcomeOf(now, link) !== outcomeOf(then, link)));
}

/** The affected records, and those that would be made for them. */
function restrictTo({ draft, writes }: Looked, affected: ReadonlySet<LinkId>): Draft {
  const kept = new Set(affected);
  const open = [...affected];
  for (let link = open.pop(); link !== undefined; link = open.pop()) {
    const values = (writes.get(link) ?? []).flatMap(({ fields }) => Object.values(fields));
    for (const reference of values.flatMap((value) => carried(value))) {
      if (!("link" in reference) || kept.has(reference.link) || !draft.planned.has(reference.link)) continue;
      kept.add(reference.link);
      open.push(reference.link);
    }
  }
  return { ...draft, decided: new Map([...draft.decided].filter(([link]) => kept.has(link))) };
}

/** What each target would get, field by field, where that differs. A write without fields counts by kind. */
function rowsOf(link: LinkId, at: { readonly now: Looked; readonly after: Looked }): readonly WhatIfRow[] {
  const shown = at.after.draft.decided.get(link) ?? at.now.draft.decided.get(link);
  if (shown === undefined) return [];
  const now = valuesOf(at.now.writes.get(link) ?? []);
  const then = valuesOf(at.after.writes.get(link) ?? []);
  return [...new Set([...now.keys(), ...then.keys()])].toSorted().flatMap((name) => {
    const [target, what] = name.split("\n") as [ConnectionId, string];
    const [a, b] = [now.get(name), then.get(name)];
    if (canonicalBytes(a ?? null) === canonicalBytes(b ?? null)) return [];
    return [{ ...placeOf(shown), target, what, now: a ?? null, after: b ?? null }];
  });
}

function valuesOf(writes: readonly PlanWrite[]): ReadonlyMap<string, { readonly value: Value | null }> {
  const values = new Map<string, { readonly value: Value | null }>();
  for (const { target, kind, fields, transition, answers } of writes) {
    if (answers.length > 0) continue;
    if (kind === "create" || kind === "archive" || kind === "unarchive")
      values.set(`${target}\n(${kind})`, { value: null });
    if (transition !== null) values.set(`${target}\n(${transition.via})`, { value: transition.to });
    for (const [field, value] of Object.entries(fields)) values.set(`${target}\n${field}`, { value });
  }
  return values;
}

/** Conflicts, parks and waits of today that there would not be. */
function closedBy(now: Draft, then: Draft, affected: ReadonlySet<LinkId>): WhatIf["closed"] {
  const openOf = (one: Assessed | undefined): readonly string[] =>
    one === undefined
      ? []
      : [
          ...one.plan.conflicts.map(({ field }) => `conflict: ${field}`),
          ...one.plan.parks.map(({ reason }) => `set aside: ${reason.replaceAll("_", " ")}`),
          ...one.plan.waits.filter(({ isBlocking }) => isBlocking).map(({ field }) => `waiting: ${field}`),
        ];
  return [...affected].flatMap((link) => {
    const one = now.decided.get(link);
    if (one === undefined) return [];
    const left = openOf(then.decided.get(link));
    return openOf(one)
      .filter((text) => !left.includes(text))
      .map((what) => ({ ...placeOf(one), what }));
  });
}

/** What deciding again does not show. */
function notesOf({ policies, session }: Settling, other: OtherContract): readonly string[] {
  const before = new Map(policies.map((policy) => [policy.entity, policy]));
  return other.policies.flatMap((policy): readonly string[] => {
    const { entity, matchKeys } = policy;
    const old = before.get(entity);
    if (old === undefined) return [`${entity}: switched on; nothing of it was read yet, so nothing is shown`];
    const keys = canonicalBytes(old.matchKeys) === canonicalBytes(matchKeys);
    const missing = Object.values(policy.fields)
      .filter(
        ({ policy: decides, custom }) =>
          decides === "custom" && session.world.customRules[custom ?? ""] === undefined,
      )
      .map(
        ({ field, custom }) => `${entity}.${field}: there is no rule \`${custom ?? ""}\`; a person is asked`,
      );
    return [...(keys ? [] : [`${entity}: other match keys; records are not matched anew here`]), ...missing];
  });
}
