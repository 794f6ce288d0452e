import type { LinkId } from "@crossfoot/kernel";
import { shardOf } from "crossfoot/testing";
import type { Store } from "crossfoot/testing";
import type { Saboteur } from "./saboteur.ts";
import { keeping, perRun, withStore } from "./wrap.ts";

type Rights = Parameters<Store["commitOutcomes"]>[2];
/** Who took each shard last, and under which token. */
const newestHolds = perRun(() => new Map<number, { readonly holder: string; readonly fence: number }>());

/** Each shard's part of something that is about links, in the order of the shards. */
function perShard<T>(rows: readonly T[], linkOf: (row: T) => LinkId): (readonly [number, readonly T[]])[] {
  const byShard = Map.groupBy(rows, (row) => shardOf(linkOf(row)));
  return [...byShard].toSorted(([one], [other]) => one - other);
}

/** What is decided, and what of it is kept. */
export const deciding: readonly Saboteur[] = [
  {
    name: "loser-forgotten",
    invariant: "I02",
    title: "the value that lost is not kept",
    faults: ["T3"],
    sabotage: withStore(keeping((record) => ({ ...record, discards: [] }))),
  },
  {
    name: "conflict-dropped",
    invariant: "I01",
    title: "a conflict is not shown to anybody",
    faults: ["T3"],
    sabotage: withStore(keeping((record) => ({ ...record, conflicts: [], parks: [] }))),
  },
  {
    name: "decision-dropped",
    invariant: "I06",
    title: "a link counts as settled although its write was not stored",
    faults: ["T3"],
    sabotage: withStore(
      keeping((record) => ({
        ...record,
        intents: record.intents.filter(({ kind }) => kind === "create"),
      })),
    ),
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
      ...keeping((record) => ({ ...record, baseMoves: [] }))(store),
    })),
  },
  {
    name: "no-cause",
    invariant: "I07",
    title: "intents do not say which commits they serve",
    faults: ["T3"],
    sabotage: withStore(
      keeping((record) => ({
        ...record,
        intents: record.intents.map((intent) => ({ ...intent, causes: [] })),
      })),
    ),
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
      const newest = newestHolds(world);
      const current = (shard: number, rights: Rights): Rights => {
        const hold = newest.get(shard);
        return hold === undefined ? rights : { holder: hold.holder, shards: [{ shard, fence: hold.fence }] };
      };
      return withStore((store) => ({
        takeShards: async (sign, count) => {
          const taken = await store.takeShards(sign, count);
          for (const { shard, fence } of taken) newest.set(shard, { holder: sign.holder, fence });
          return taken;
        },
        commitDecisions: async (records, runId, rights) => {
          const stored: Awaited<ReturnType<Store["commitDecisions"]>>[number][] = [];
          for (const [shard, own] of perShard(records, ({ link }) => link)) {
            stored.push(...(await store.commitDecisions(own, runId, current(shard, rights))));
          }
          return stored;
        },
        commitOutcomes: async (outcomes, runId, rights) => {
          for (const [shard, own] of perShard(outcomes, ({ intent }) => intent.link)) {
            await store.commitOutcomes(own, runId, current(shard, rights));
          }
        },
      }))(world);
    },
  },
  {
    name: "taken-from-the-living",
    invariant: "I25",
    title: "a worker takes shards whose holders are alive",
    faults: ["T3"],
    sabotage: withStore((store) => ({
      takeShards: async (sign, count) => {
        await store.forgetWorkers();
        return store.takeShards(sign, count);
      },
    })),
  },
];
