import type { Store } from "crossfoot/testing";
import type { Saboteur } from "./saboteur.ts";
import { perRun, withStore } from "./wrap.ts";

type Leased = Parameters<Store["releaseLease"]>[0];
const newestLease = perRun<{ lease: Leased | null }>(() => ({ lease: null }));

/** What is decided, and what of it is kept. */
export const deciding: readonly Saboteur[] = [
  {
    name: "loser-forgotten",
    invariant: "I02",
    title: "the value that lost is not kept",
    faults: ["T3"],
    sabotage: withStore((store) => ({
      commitDecisions: (records, runId, lease) =>
        store.commitDecisions(
          records.map((record) => ({ ...record, discards: [] })),
          runId,
          lease,
        ),
    })),
  },
  {
    name: "conflict-dropped",
    invariant: "I01",
    title: "a conflict is not shown to anybody",
    faults: ["T3"],
    sabotage: withStore((store) => ({
      commitDecisions: (records, runId, lease) =>
        store.commitDecisions(
          records.map((record) => ({ ...record, conflicts: [], parks: [] })),
          runId,
          lease,
        ),
    })),
  },
  {
    name: "decision-dropped",
    invariant: "I06",
    title: "a link counts as settled although its write was not stored",
    faults: ["T3"],
    sabotage: withStore((store) => ({
      commitDecisions: (records, runId, lease) =>
        store.commitDecisions(
          records.map((record) => ({
            ...record,
            intents: record.intents.filter(({ kind }) => kind === "create"),
          })),
          runId,
          lease,
        ),
    })),
  },
  {
    name: "base-not-moved",
    invariant: "I26",
    title: "what was written is not noted as agreed: stamps decide where only one side has changed",
    faults: ["T3"],
    sabotage: withStore((store) => ({
      commitOutcomes: (outcomes, runId, lease) =>
        store.commitOutcomes(
          outcomes.map((outcome) => ({ ...outcome, baseMoves: [], landedImages: null })),
          runId,
          lease,
        ),
      commitDecisions: (records, runId, lease) =>
        store.commitDecisions(
          records.map((record) => ({ ...record, baseMoves: [] })),
          runId,
          lease,
        ),
    })),
  },
  {
    name: "no-cause",
    invariant: "I07",
    title: "intents do not say which commits they serve",
    faults: ["T3"],
    sabotage: withStore((store) => ({
      commitDecisions: (records, runId, lease) =>
        store.commitDecisions(
          records.map((record) => ({
            ...record,
            intents: record.intents.map((intent) => ({ ...intent, causes: [] })),
          })),
          runId,
          lease,
        ),
    })),
  },
  {
    name: "tombstone-forgotten",
    invariant: "I05",
    title: "a delete leaves no trace, so that the record is made again",
    faults: ["T3"],
    sabotage: withStore((store) => ({
      loadBundles: async (links) =>
        (await store.loadBundles(links)).map((bundle) => {
          const isGone = ({ observation }: (typeof bundle.members)[number]): boolean =>
            observation?.kind === "deleted";
          if (!bundle.hasTombstone && !bundle.members.some(isGone)) return bundle;
          const members = bundle.members
            .filter((member) => !isGone(member))
            .map((member) => ({ ...member, images: {}, baseKind: null }));
          const again = { hasTombstone: false, state: "single", generation: bundle.generation + 1 } as const;
          return { ...bundle, ...again, members };
        }),
    })),
  },
  {
    name: "newest-without-tolerance",
    invariant: "I26",
    title: "newest wins decides between stamps of the same moment",
    faults: ["T3"],
    sabotage: (world) => ({
      ...world,
      policies: world.policies.map((policy) => ({ ...policy, newestToleranceMs: -3_600_000 })),
    }),
  },
  {
    name: "fence-ignored",
    invariant: "I25",
    title: "a worker that lost its lease writes under the newest token",
    faults: ["X5", "C4"],
    sabotage: (world) => {
      const newest = newestLease(world);
      const current = (lease: Leased): Leased => newest.lease ?? lease;
      return withStore((store) => ({
        acquireLease: async (name, holder, ttlMs) => {
          const lease = await store.acquireLease(name, holder, ttlMs);
          if (lease !== null) newest.lease = lease;
          return lease;
        },
        renewLease: async (lease, ttlMs) => {
          await store.renewLease(lease, ttlMs);
          return true;
        },
        commitDecisions: (records, runId, lease) => store.commitDecisions(records, runId, current(lease)),
        commitOutcomes: (outcomes, runId, lease) => store.commitOutcomes(outcomes, runId, current(lease)),
        claimIntents: (request) => store.claimIntents({ ...request, lease: current(request.lease) }),
      }))(world);
    },
  },
  {
    name: "lease-of-its-own",
    invariant: "I25",
    title: "each worker takes a lease that nobody else asks for",
    faults: ["T3"],
    sabotage: withStore((store) => ({
      acquireLease: (name, holder, ttlMs) => store.acquireLease(`${name} of ${holder}`, holder, ttlMs),
    })),
  },
];
