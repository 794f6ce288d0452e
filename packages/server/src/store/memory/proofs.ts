import type { EntityName, LinkId } from "@crossfoot/kernel";
import type { DueProof, ProofEntry, ProofLeaf, ProofStore } from "../port.ts";
import type { TreeNode } from "@crossfoot/model";
import { bucketDigits, bucketHash, bucketOf, nodeHash, pathsAbove } from "@crossfoot/model";
import { inOrder } from "./basics.ts";
import type { ProofTable, ProofTermsTable } from "./columns-statement.ts";
import { stateOf } from "./proof-state.ts";
import type { State } from "./state.ts";

const leafOf = (row: ProofTable): ProofLeaf => ({
  link: row.link_id as LinkId,
  entity: row.entity,
  crm: row.crm_hash,
  erp: row.erp_hash,
  compared: row.compared,
  equal: row.equal,
});

function storeLeaf(
  state: State,
  { link, leaf }: ProofEntry,
  now: number,
): readonly (readonly [string, string])[] {
  const { proof } = state.tables;
  const before = proof.get(link);
  if (before !== undefined) {
    proof.remove(before);
    countLeaf(state, { ...before, isEqual: before.differs_since === null }, -1);
  }
  const touched = before === undefined ? [] : [[before.entity, before.bucket] as const];
  if (leaf === null) return touched;
  const bucket = bucketOf(link, state.entropy.digest);
  const isEqual = leaf.crm === leaf.erp;
  proof.insert({
    link_id: link,
    entity: leaf.entity,
    bucket,
    crm_hash: leaf.crm,
    erp_hash: leaf.erp,
    compared: leaf.compared,
    equal: leaf.equal,
    differs_since: isEqual ? null : (before?.differs_since ?? now),
  });
  countLeaf(state, { ...leaf, isEqual }, 1);
  return [...touched, [leaf.entity, bucket]];
}

/** Puts what the records of a link name in the place of what they named. */
function storeReferences(state: State, { link, names }: ProofEntry): void {
  const { recordReference } = state.tables;
  for (const row of recordReference.by("link", link)) recordReference.remove(row);
  if (names === null) return;
  for (const named of names.links)
    recordReference.insert({ link_id: link, entity: names.entity, names_link: named });
}

/** Counts a leaf that went or came at its tree. */
function countLeaf(
  state: State,
  leaf: Pick<ProofLeaf, "entity" | "compared" | "equal"> & { readonly isEqual: boolean },
  by: 1 | -1,
): void {
  const row = termsRow(state, leaf.entity);
  state.tables.proofTerms.change(row, {
    records: row.records + by,
    records_equal: row.records_equal + (leaf.isEqual ? by : 0),
    fields: row.fields + by * leaf.compared,
    fields_equal: row.fields_equal + by * leaf.equal,
  });
}

function termsRow(state: State, entity: EntityName): ProofTermsTable {
  const { proofTerms } = state.tables;
  const counts = { records: 0, records_equal: 0, fields: 0, fields_equal: 0 };
  return proofTerms.get(entity) ?? proofTerms.insert({ entity, terms: "", ...counts });
}

function storeNode(
  state: State,
  at: { readonly entity: EntityName; readonly path: string },
  hashes: Pick<TreeNode, "crm" | "erp"> | undefined,
): void {
  const { proofNode } = state.tables;
  const known = proofNode.get(at.entity, at.path);
  if (hashes === undefined) {
    if (known !== undefined) proofNode.remove(known);
    return;
  }
  const row = { ...at, crm_hash: hashes.crm, erp_hash: hashes.erp };
  if (known === undefined) proofNode.insert(row);
  else proofNode.change(known, row);
}

/** Makes the nodes above some leaves again (see the SQL store). */
function storePaths(state: State, entity: EntityName, buckets: ReadonlySet<string>): void {
  const { proof, proofNode } = state.tables;
  const { digest } = state.entropy;
  let paths: readonly string[] = [...buckets];
  for (const path of paths) {
    const leaves = proof.by("bucket", entity, path).map(leafOf);
    storeNode(state, { entity, path }, bucketHash(leaves, digest));
  }
  for (let digits = bucketDigits; digits > 0; digits -= 1) {
    paths = pathsAbove(paths);
    for (const path of paths) {
      const children = proofNode.by("under", entity, path).map(nodeOf);
      storeNode(state, { entity, path }, nodeHash(children, digest));
    }
  }
}

const nodeOf = (row: { readonly path: string; readonly crm_hash: string; readonly erp_hash: string }) => ({
  path: row.path,
  crm: row.crm_hash,
  erp: row.erp_hash,
});

/** Links that are due and what is done about them (see the SQL store). */
function dueProofs(state: State): Pick<ProofStore, "dueProofs" | "commitProofs" | "proveUnder"> {
  const { proof, proofDue, proofTerms, link } = state.tables;
  return {
    async dueProofs(limit) {
      const first = inOrder(proofDue.all(), ({ nr }) => [nr]).slice(0, limit);
      const links = [...new Set(first.map(({ link_id }) => link_id))];
      return links.map((id): DueProof => ({
        link: id as LinkId,
        marks: inOrder(proofDue.by("link", id), ({ nr }) => [nr]).map(({ nr }) => nr),
      }));
    },
    async commitProofs(entries) {
      return state.commit((now) => {
        for (const entry of entries) {
          const entity = entry.leaf?.entity;
          const known = proof.get(entry.link)?.entity;
          for (const each of [entity, known]) if (each !== undefined) termsRow(state, each);
        }
        const isThere = (mark: number): boolean => proofDue.get(String(mark)) !== undefined;
        const valid = entries.filter(({ marks }) => marks.every(isThere));
        for (const { marks } of valid)
          for (const mark of marks) {
            const row = proofDue.get(String(mark));
            if (row !== undefined) proofDue.remove(row);
          }
        const touched = new Map<EntityName, Set<string>>();
        for (const entry of valid) storeReferences(state, entry);
        for (const entry of valid)
          for (const [entity, bucket] of storeLeaf(state, entry, now))
            touched.set(entity, (touched.get(entity) ?? new Set()).add(bucket));
        for (const [entity, buckets] of touched) storePaths(state, entity, buckets);
        return valid.length;
      });
    },
    async proveUnder(entity, terms) {
      return state.commit(() => {
        const row = termsRow(state, entity);
        if (row.terms === terms) return false;
        proofTerms.change(row, { terms });
        for (const { id } of inOrder(link.by("entity", entity), (each) => [each.id]))
          proofDue.insert({ nr: state.nextNr(), link_id: id });
        return true;
      });
    },
  };
}

/** The hash trees in memory. */
export function proofPart(state: State): ProofStore {
  const { proof, proofNode, recordReference } = state.tables;
  return {
    ...dueProofs(state),
    async proofNodes(entity, depth) {
      const rows = proofNode.all().filter((row) => row.entity === entity && row.path.length <= depth);
      return inOrder(rows, ({ path }) => [path]).map(nodeOf);
    },
    async proofLeaves(entity, limit, after) {
      const rows = proof.by("entity", entity).filter(({ link_id }) => after === null || link_id > after);
      return inOrder(rows, ({ link_id }) => [link_id])
        .slice(0, limit)
        .map(leafOf);
    },
    proofState: async (entity, measure) => stateOf(state, entity, measure),
    async referringCounts(link) {
      const rows = Map.groupBy(recordReference.by("named", link), ({ entity }) => entity);
      return inOrder([...rows], ([entity]) => [entity]).map(([entity, { length: count }]) => ({
        entity,
        count,
      }));
    },
    async referringTo(links, entity, limit) {
      const rows = links.flatMap((link) => recordReference.by("named", link));
      const found = new Set(
        rows.filter((row) => row.entity === entity).map(({ link_id }) => link_id as LinkId),
      );
      return inOrder([...found], (link) => [link]).slice(0, limit);
    },
  };
}
