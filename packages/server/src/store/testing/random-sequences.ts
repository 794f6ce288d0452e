import fc from "fast-check";
import { changes, leaseOf, looks } from "./random-calls.ts";
import type { Call, Method } from "./random-calls.ts";
import { personChanges, personLooks } from "./random-persons.ts";
import { subscriptionChanges, subscriptionLooks } from "./random-subscriptions.ts";
import * as rows from "./random-rows.ts";

const weights: { readonly [method: string]: number } = {
  ...{ checkpoint: 6, commitResolutions: 6, commitDecisions: 8, claimIntents: 6, commitOutcomes: 8 },
  ...{
    acquireLease: 3,
    takeShards: 4,
    redrive: 4,
    joinLinks: 3,
    withdrawStored: 3,
    markWork: 2,
    saveDuplicates: 3,
    commitReuse: 4,
    commitMerge: 8,
    commitUnmerge: 8,
  },
};

const peopleCalls = { ...personChanges, ...personLooks };
const subscriptionCalls = { ...subscriptionChanges, ...subscriptionLooks };
/** Calls that come several at a time. */
const isOfGroup = ([method]: readonly [string, unknown]): boolean =>
  method in peopleCalls || method in subscriptionCalls;
const anyCall: fc.Arbitrary<Call> = fc.oneof(
  ...Object.entries(changes)
    .filter((each) => !isOfGroup(each))
    .map(([method, arbitrary]) => ({ weight: weights[method] ?? 1, arbitrary })),
  ...Object.entries(looks)
    .filter((each) => !isOfGroup(each))
    .map(([, arbitrary]) => ({ weight: 1, arbitrary })),
);

const changing = (method: Method): fc.Arbitrary<Call> => changes[method] ?? fc.constant(null as never);
/** A write's way: decided, claimed, answered. */
const round = fc.tuple(
  changing("commitDecisions"),
  changing("claimIntents"),
  changing("claimIntents"),
  changing("commitOutcomes"),
);
/** A signature that is given, and perhaps taken back. */
const signing = fc.tuple(changing("signContract"), changing("revokeSignature"));
/** Calls by which alone a table gets rows, and most of which are refused or find nothing. */
const rareMethods = [
  ...["saveConsolidated", "addDeliveryCounts", "appendStatement", "endRecovery", "erasePerson"],
  ...["commitTellings", "saveToken", "saveDuplicates", "confirmEpoch", "noteSwept", "saveQuota"],
] as const;
const rareCalls = rareMethods.map((method) => changing(method as Method));
const rare = fc.tuple(fc.oneof(...rareCalls));
/** Each rare call once, most of them, in any order. */
const mostRare = fc
  .tuple(
    fc.tuple(...rareCalls),
    fc.shuffledSubarray([...rareMethods.keys()], { minLength: rareMethods.length - 3 }),
  )
  .map(([calls, order]) => order.flatMap((at) => calls[at] ?? []));
/** Calls about people come several at a time: of a person that nobody has made there is no session. */
const ofPeople = fc
  .tuple(
    changing("savePerson"),
    fc.array(fc.oneof(...Object.values(peopleCalls)), { maxLength: 5 }),
    changing("startSession"),
    changing("noteSessionUse"),
  )
  .map(([saved, others, started, used]) => [saved, ...others, started, used]);
/** A subscription is claimed and told; then anything of it. */
const ofSubscriptions = fc
  .tuple(
    changing("claimSubscription"),
    changing("claimSubscription"),
    fc.array(changing("commitStep"), { minLength: 2, maxLength: 5 }),
    fc.array(fc.oneof(...Object.values(subscriptionCalls)), { maxLength: 6 }),
  )
  .map(([one, two, steps, others]) => [one, two, ...steps, ...others]);
const first = (method: Method, ...args: readonly unknown[]): fc.Arbitrary<Call> =>
  fc.constant({ method, pass: 0, args: () => args });
const every = ["crm", "erp"].flatMap((of) =>
  ["accounts", "contacts", "invoices"].flatMap((kind) =>
    ["r1", "r2", "é3", "😀4"].map((id) =>
      fc.tuple(fc.constant({ connection: of, entity: kind, id }), rows.observation),
    ),
  ),
);
/** A document that shows something else than before: what it showed is kept. */
const shownAnew = fc
  .tuple(fc.constantFrom("crm", "erp"), fc.constantFrom("r1", "r2", "é3", "😀4"), rows.observation)
  .map(([of, id, seen]): Call => {
    const observation = { ...seen, connection: of, entity: "invoices", id, kind: "present" };
    const page = { observations: [observation], unreadable: [], cursor: null, runId: null };
    return { method: "checkpoint", pass: 1, args: () => [page] };
  });
const firstReading = fc.tuple(...every).map((each): Call => {
  const observations = each.map(([place, seen]) => ({ ...seen, ...place, kind: "present" }));
  return {
    method: "checkpoint",
    pass: 1,
    args: () => [{ observations, unreadable: [], cursor: null, runId: null }],
  };
});

const firstLinks = fc
  .tuple(rows.keys, rows.keys, rows.keys, fc.boolean())
  .map(([one, two, three, isErp]): Call => {
    const found = (place: readonly string[], link: string, keys: readonly string[]) => ({
      record: { connection: place[0], entity: place[1], id: place[2] },
      resolution: { kind: "found", link, generation: 1, keys },
    });
    const entries = [
      found(["crm", "accounts", "r1"], "l-1", one),
      found([isErp ? "erp" : "crm", "accounts", "r2"], "l-2", two),
      found(["erp", isErp ? "contacts" : "accounts", "r1"], "l-3", three),
    ];
    return { method: "commitResolutions", pass: 1, args: (known) => [entries, null, leaseOf(known, 1)] };
  });

/**
 * A sequence of calls, those that make rows meet more often than others. A worker has its lease first, all
 * records have been read, and some have links: most calls of a sequence without these would find nothing.
 * In the end it does what is rare, and looks at everything once.
 */
export const anyCalls: fc.Arbitrary<readonly Call[]> = fc
  .tuple(
    fc.tuple(
      first("beat", { holder: "one", isAlone: false, ttlMs: 900 }),
      first("takeShards", { holder: "one", isAlone: false, ttlMs: 900 }, 16),
      first("acquireLease", "match/accounts", { holder: "one", ttlMs: 900 }),
    ),
    first("savePlan", "p1", { writes: [] }),
    firstReading,
    firstLinks,
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.tuple(anyCall) },
        { weight: 2, arbitrary: round },
        { weight: 1, arbitrary: signing },
        { weight: 1, arbitrary: ofPeople },
        { weight: 1, arbitrary: ofSubscriptions },
        { weight: 2, arbitrary: rare },
        { weight: 1, arbitrary: fc.tuple(shownAnew) },
      ),
      { minLength: 10, maxLength: 40, size: "max" },
    ),
    mostRare,
    fc.tuple(...Object.values(looks)),
  )
  .map(([taken, planned, reading, linked, calls, seldom, last]) => [
    ...[...taken, planned, reading, linked],
    ...calls.flat(),
    ...[...seldom, ...last],
  ]);
