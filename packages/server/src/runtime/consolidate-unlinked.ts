/** Records of a cluster that have no link of their own: they wait for a word, or are aliases of a link. */
import type { LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { LinkBundle, RecordKey } from "../store/port.ts";
import { assess } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import { ConsolidationRefused } from "./consolidate-refusal.ts";
import type { ConsolidationMove } from "./plan-document.ts";
import type { DuplicateCluster } from "./duplicate-report.ts";
import { freeLinkId } from "./resolve.ts";

/** The records of a cluster: what its links show, and each record beside them. */
export interface Gathered {
  readonly linked: readonly Assessed[];
  /** As if each had a link; it is stored nowhere. */
  readonly loose: readonly Assessed[];
}

/**
 * What the records of a cluster show. A record without a link of its own takes part as a loser: it is joined
 * on its system alone, and nothing is made for it elsewhere. Rejects with ConsolidationRefused where no
 * record has a link, since it is the link that survives, or where they are one record already.
 */
export async function gathered(context: AssessContext, cluster: DuplicateCluster): Promise<Gathered> {
  const { world, policy } = context;
  const { entity } = policy;
  const keys = cluster.records.map(({ connection, id }): RecordKey => ({ connection, entity, id }));
  const known = await world.store.linksOf(keys);
  const linked = await assess(context, await world.store.loadBundles([...new Set(known.values())]));
  if (linked.length === 0)
    throw new ConsolidationRefused(
      `none of its records has a link: \`crossfoot match ${entity} <record>\` says what one of them is`,
    );
  const members = new Set(
    linked.flatMap(({ bundle }) =>
      bundle.members.map(({ connection, id }) => recordName({ connection, entity, id })),
    ),
  );
  const bare = keys.filter((key) => !members.has(recordName(key)));
  const bundles: LinkBundle[] = [];
  for (const key of bare) bundles.push(await bundleOf(context, key));
  const loose = await assess(context, bundles);
  const gone = loose.find(({ bundle }) => bundle.members.every(({ observation }) => observation === null));
  if (gone !== undefined) throw new ConsolidationRefused("a record of it is not known any more");
  if (linked.length + loose.length < 2)
    throw new ConsolidationRefused("its records are one already: their link has them all");
  return { linked, loose };
}

/** A record as the only member of a link that nothing was decided of. */
async function bundleOf({ world }: AssessContext, key: RecordKey): Promise<LinkBundle> {
  const [observation = null] = await world.store.observationsOf([key]);
  const { connection, entity, id } = key;
  return {
    ...{ id: await freeLinkId(world, key), entity, generation: 1, state: "single", verdict: null },
    members: [{ connection, id, observation, images: {}, baseKind: null, undone: {} }],
    ...{ openTargets: [], hasTombstone: false, words: {}, adopted: null, demands: [], resolutions: {} },
    ...{ resolutionSides: {}, openConflicts: [], lines: [], refused: [], marked: null },
  };
}

/** Whether a loser had no link of its own: the plan has it under the survivor's. */
export const isLoose = ({ from, into }: Pick<ConsolidationMove, "from" | "into">): boolean => from === into;

/** The link under which a loser without one is written: that of the record it goes into. */
export function linkOfLoose(
  links: ReadonlyMap<string, LinkId>,
  move: ConsolidationMove | undefined,
): LinkId | undefined {
  if (move === undefined || !isLoose(move)) return undefined;
  const { connection, entity, survivor } = move;
  return links.get(recordName({ connection, entity, id: survivor }));
}
