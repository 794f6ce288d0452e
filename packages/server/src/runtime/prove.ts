import { carried } from "@crossfoot/kernel";
import type { EntityPolicy, LinkId, MemberState } from "@crossfoot/kernel";
import { proveFields } from "@crossfoot/model";
import type { Role } from "@crossfoot/model";
import type { LinkBundle, Names, ProofEntry, ProofLeaf, ProofMeasure } from "../store/port.ts";
import { readBundles } from "./assess.ts";
import type { Read } from "./assess.ts";
import { mappingOf } from "./world.ts";
import type { World } from "./world.ts";

/** Leaves made in one commit: the changes of some pages. */
const batchSize = 500;
/** Rounds that store nothing, since others were at the same links, before it is left to them. */
const idleRoundsMax = 3;
/** Changes when what leaves are made of does, so that all are made again. */
const leafForm = "2";

/**
 * How long a reading proves anything: the time between two sweeps, and as much again for the sweep that is
 * due to be made.
 */
const provenForMs = ({ sweepEveryMs }: World): number => 2 * sweepEveryMs;

/** By what the share of an entity that is proven is measured. */
export function proofMeasure(world: World, { entity, fields }: EntityPolicy): ProofMeasure {
  const isShown = (field: string): boolean =>
    world.sides.every((side) => mappingOf(side, entity)?.fields[field]?.isRead === true);
  return {
    withinMs: provenForMs(world),
    carried: world.policies.map((policy) => policy.entity),
    fields: Object.keys(fields).filter(isShown),
  };
}

/** The member of a role, where a link has one. */
export function memberOfRole(
  world: World,
  members: { readonly [connection: string]: MemberState },
  role: Role,
): MemberState | undefined {
  const side = world.sides.find((candidate) => candidate.role === role);
  return side === undefined ? undefined : members[side.id];
}

/**
 * Present on a side: neither deleted nor moved away; a record that is archived is still there to be
 * compared.
 */
export function isThere(member: MemberState | undefined): member is MemberState {
  return member !== undefined && (member.view.kind === "present" || member.view.kind === "archived");
}

function leafOf(world: World, policy: EntityPolicy, { bundle, members }: Read): ProofLeaf | null {
  const crm = memberOfRole(world, members, "crm");
  const erp = memberOfRole(world, members, "erp");
  if (!isThere(crm) || !isThere(erp)) return null;
  const proof = proveFields({
    fields: Object.keys(policy.fields),
    crm: crm.view.fields,
    erp: erp.view.fields,
    digest: world.entropy.digest,
  });
  return { link: bundle.id, entity: policy.entity, ...proof };
}

/** What the records of a link name, on any side on which they are there. */
function namesOf(policy: EntityPolicy, { members }: Read): Names {
  const values = Object.values(members)
    .filter(isThere)
    .flatMap(({ view }) => Object.values(view.fields));
  const named = values.flatMap(carried).flatMap((each) => ("link" in each ? [each.link] : []));
  return { entity: policy.entity, links: [...new Set(named)].toSorted() };
}

/** What is proven of a link: no leaf without a record on both sides. */
export type Proven = Pick<ProofEntry, "leaf" | "names">;

/** The leaves of some links and what their records name, as what is stored shows them. */
export async function provenOf(world: World, links: readonly LinkId[]): Promise<ReadonlyMap<LinkId, Proven>> {
  const bundles = await world.store.loadBundles(links);
  const proven = new Map<LinkId, Proven>();
  const byEntity = Map.groupBy(bundles, ({ entity }: LinkBundle) => entity);
  for (const policy of world.policies) {
    for (const read of await readBundles({ world, policy }, byEntity.get(policy.entity) ?? []))
      proven.set(read.bundle.id, { leaf: leafOf(world, policy, read), names: namesOf(policy, read) });
  }
  return proven;
}

/** Under what leaves are made: another contract or mapping makes others of the same records. */
function termsOfProof(world: World, { entity, fields }: EntityPolicy): string {
  const mappings = world.sides.map(({ id, mappingHash }) => `${id}=${mappingHash}`);
  const named = Object.keys(fields).toSorted();
  return world.entropy.digest(JSON.stringify([leafForm, entity, named, mappings]));
}

/**
 * Brings the hash trees up to date with everything that was observed: the leaves of all links of which a
 * record changed, and the paths above. Cheap when little changed, whatever the number of links. Rejects with
 * a StoreError.
 */
export async function refreshProofs(world: World): Promise<number> {
  const { store } = world;
  for (const policy of world.policies) await store.proveUnder(policy.entity, termsOfProof(world, policy));
  let made = 0;
  for (let idle = 0; idle < idleRoundsMax;) {
    const due = await store.dueProofs(batchSize);
    if (due.length === 0) break;
    const proven = await provenOf(
      world,
      due.map(({ link }) => link),
    );
    const nothing: Proven = { leaf: null, names: null };
    const entries = due.map((each): ProofEntry => ({ ...each, ...(proven.get(each.link) ?? nothing) }));
    const stored = await store.commitProofs(entries);
    made += stored;
    idle = stored === 0 ? idle + 1 : 0;
  }
  return made;
}
