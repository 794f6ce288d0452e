import type { EntityPolicy } from "@crossfoot/kernel";
import type { DuplicateWord, RecordKey } from "../store/port.ts";
import { consolidatedWith, counterpartsOf, followed } from "./counterparts.ts";
import type { DuplicateAnswer, DuplicateCluster, DuplicateMember } from "./duplicate-report.ts";
import { clusterById, clusterIdOf, clusterOf, clustersIn, rowOf } from "./duplicates.ts";
import { comparableAmong, matchedEntities } from "./match-records.ts";
import type { ConsolidationPart } from "./plan-document.ts";
import type { World } from "./world.ts";

/** Keeps clusters with a person's word about the first of them, which the journal tells of each link. */
async function keep(
  world: World,
  [first, ...others]: readonly [DuplicateCluster, ...DuplicateCluster[]],
  said: Pick<DuplicateWord, "word" | "by" | "superseded">,
): Promise<void> {
  const links = [...new Set(first.records.flatMap(({ link }) => link ?? []))];
  const also = others.map(({ id }) => id);
  const word = { ...said, id: first.id, ...(also.length === 0 ? {} : { also }), links };
  await world.store.saveDuplicates([first, ...others].map(rowOf), word);
}

/**
 * Keeps a person's word about a cluster. The cluster of the same things in the other system follows: it is
 * apart too, or asked about again. Null when there is no such cluster; one that a plan consolidated is not
 * reopened, but undone.
 */
export async function answerDuplicate(
  world: World,
  id: string,
  { word, owner, dueAt, by }: DuplicateAnswer,
): Promise<DuplicateCluster | null> {
  const known = await clusterById(world, id);
  if (known === null) return null;
  if (word === "assign") {
    const said = { ...known, owner: owner ?? known.owner, dueAt: dueAt ?? known.dueAt };
    await keep(world, [said], { word, by });
    return said;
  }
  const all = await clustersIn(world, known.entity);
  // What is one by now is taken back by an undo of its plan, and by no word.
  if (known.state === "consolidated") return known;
  if (word === "apart") {
    const said = { ...known, state: "apart", closedAt: nowIn(world), closedBy: by, decidedBy: null } as const;
    const others = await counterpartsOf(world, known, all.filter(isOpen));
    await keep(world, [said, ...others.map((one) => followed(one, said))], { word, by });
    return said;
  }
  if (known.state !== "apart") return known;
  const others = all.filter(({ state, decidedBy }) => state === "apart" && decidedBy === id);
  const said = reopened(known);
  await keep(world, [said, ...others.map(reopened)], { word, by, superseded: "apart" });
  return said;
}

const nowIn = (world: World): string => new Date(world.clock.now()).toISOString();
const isOpen = ({ state }: DuplicateCluster): boolean => state === "open";

/** Asked about again; what was said without a look (of one record, say) is found by the next look. */
const reopened = (one: DuplicateCluster): DuplicateCluster => ({
  ...one,
  ...(one.evidence.length === 0 ? { state: "gone" } : { state: "open", closedAt: null, closedBy: null }),
  decidedBy: null,
});

/** Takes back what `keepRecordApart` kept of a record. Doing it twice is doing it once. */
export async function forgetRecordApart(
  world: World,
  policy: EntityPolicy,
  { record, by }: { readonly record: RecordKey; readonly by: string },
): Promise<void> {
  const said = (await clustersIn(world, policy.entity)).filter(
    ({ state, evidence, records }) =>
      state === "apart" &&
      evidence.length === 0 &&
      records.some(({ connection, id }) => connection === record.connection && id === record.id),
  );
  for (const one of said) await keep(world, [reopened(one)], { word: "reopen", by, superseded: "apart" });
}

/**
 * Keeps a person's word that a record is one of its own: apart from those of its connection that it was held
 * against, as long as none of them changes; and never joined by `--automatic`, whatever it is found with.
 */
export async function keepRecordApart(
  world: World,
  policy: EntityPolicy,
  at: { readonly record: RecordKey; readonly against: readonly RecordKey[]; readonly by: string },
): Promise<void> {
  const { record, against, by } = at;
  if (!matchedEntities.some((entity) => entity === policy.entity)) return;
  const { records } = await comparableAmong(world, policy, [record, ...against]);
  const own = records.find(({ id }) => id === record.id);
  if (own === undefined) return;
  const said = [[own], ...records.flatMap((other) => (other === own ? [] : [[own, other]]))];
  const clusters = said.map((each) => saidApart(world, policy, { records: each, by }));
  for (const cluster of clusters) await keep(world, [cluster], { word: "apart", by });
}

function saidApart(
  world: World,
  policy: EntityPolicy,
  { records, by }: { readonly records: readonly DuplicateMember[]; readonly by: string },
): DuplicateCluster {
  const at = nowIn(world);
  const sorted = records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    ...{ id: clusterIdOf(world, policy, sorted), entity: policy.entity, state: "apart", band: "review" },
    ...{ connection: sorted[0]?.connection ?? ("" as never), probability: 0, isAutomatic: false },
    ...{ records: sorted, evidence: [], foundAt: at, dueAt: at, owner: null, closedAt: at, closedBy: by },
    ...{ plan: null, takenBackBy: null, decidedBy: null },
  };
}

/** A plan of some clusters was made as a whole, or what it had made was taken back. */
export async function closeClusters(
  world: World,
  ended: Pick<ConsolidationPart, "of" | "by" | "isBack"> & { readonly plan: string },
): Promise<void> {
  const { of, by, isBack, plan } = ended;
  const closedAt = nowIn(world);
  for (const { entity } of world.policies) {
    const known = (await world.store.listDuplicates(entity)).map(clusterOf);
    for (const one of known.filter((each) => of.includes(isBack ? (each.plan ?? "") : each.id))) {
      // Taken back, its records are to be looked at again.
      const back = { state: "open", closedAt: null, closedBy: null, takenBackBy: plan } as const;
      const done = { state: "consolidated", closedAt, closedBy: by, plan, takenBackBy: null } as const;
      const now: DuplicateCluster = { ...one, ...(isBack ? back : done), decidedBy: null };
      // The plan made one of the same records in the other system as well.
      const others = isBack ? [] : await consolidatedWith(world, one, known.filter(isOpen));
      const settled = others.map((other) => ({ ...other, ...done, decidedBy: one.id }));
      await keep(world, [now, ...settled], { word: isBack ? "taken back" : "consolidated", by });
    }
  }
}
