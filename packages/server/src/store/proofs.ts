import type { EntityName, LinkId } from "@crossfoot/kernel";
import type { Database, Entropy, Queryable } from "../ports.ts";
import type { DueProof, ProofEntry, ProofLeaf, ProofStore } from "./port.ts";
import { stateOf } from "./proof-state.ts";
import { bucketDigits, bucketHash, bucketOf, nodeHash, pathsAbove } from "@crossfoot/model";
import type { Digest, TreeNode } from "@crossfoot/model";

interface LeafRow {
  readonly link_id: string;
  readonly entity: string;
  readonly bucket: string;
  readonly crm_hash: string;
  readonly erp_hash: string;
  readonly compared: number;
  readonly equal: number;
  readonly [column: string]: unknown;
}

const leafColumns = "link_id, entity, bucket, crm_hash, erp_hash, compared, equal";

const leafOf = (row: LeafRow): ProofLeaf => ({
  link: row.link_id as LinkId,
  entity: row.entity,
  crm: row.crm_hash,
  erp: row.erp_hash,
  compared: row.compared,
  equal: row.equal,
});

/** Entries all of whose marks are still there; the marks are taken away. */
async function claimMarks(tx: Queryable, entries: readonly ProofEntry[]): Promise<readonly ProofEntry[]> {
  const marks = entries.flatMap(({ marks: own }) => own);
  const rows = await tx.query<{ nr: string }>(
    "select nr from proof_due where nr in (select n::bigint from jsonb_array_elements_text($1::jsonb) n) " +
      "order by nr for update",
    [JSON.stringify(marks)],
  );
  const there = new Set(rows.map(({ nr }) => Number(nr)));
  const valid = entries.filter((entry) => entry.marks.every((mark) => there.has(mark)));
  await tx.query(
    "delete from proof_due where nr in (select n::bigint from jsonb_array_elements_text($1::jsonb) n)",
    [JSON.stringify(valid.flatMap(({ marks: own }) => own))],
  );
  return valid;
}

/** Holds the trees of these entities: whoever changes one of them waits. */
async function lockTrees(tx: Queryable, entities: readonly EntityName[]): Promise<void> {
  const given = [JSON.stringify(entities)];
  await tx.query(
    "insert into proof_terms (entity, terms) select e, '' from jsonb_array_elements_text($1::jsonb) e " +
      "order by e on conflict do nothing",
    given,
  );
  await tx.query(
    "select entity from proof_terms where entity in (select jsonb_array_elements_text($1::jsonb)) order by " +
      "entity for update",
    given,
  );
}

interface RemovedRow {
  readonly entity: string;
  readonly bucket: string;
  readonly link_id: string;
  readonly since: string | null;
  readonly compared: number;
  readonly equal: number;
  readonly [column: string]: unknown;
}

/** Counts leaves that went and came at their tree. */
async function countLeaves(
  tx: Queryable,
  removed: readonly RemovedRow[],
  added: readonly ProofLeaf[],
): Promise<void> {
  const sides = [
    ...removed.map((row) => ({ ...row, isEqual: row.since === null, by: -1 })),
    ...added.map((leaf) => ({ ...leaf, isEqual: leaf.crm === leaf.erp, by: 1 })),
  ];
  const rows = [...Map.groupBy(sides, ({ entity }) => entity)].map(([entity, leaves]) => ({
    entity,
    records: leaves.reduce((sum, { by }) => sum + by, 0),
    records_equal: leaves.reduce((sum, { by, isEqual }) => sum + (isEqual ? by : 0), 0),
    fields: leaves.reduce((sum, { by, compared }) => sum + by * compared, 0),
    fields_equal: leaves.reduce((sum, { by, equal }) => sum + by * equal, 0),
  }));
  await tx.query(
    "update proof_terms t set records = t.records + r.records, records_equal = t.records_equal + " +
      "r.records_equal, fields = t.fields + r.fields, fields_equal = t.fields_equal + r.fields_equal from " +
      "jsonb_to_recordset($1::jsonb) as r(entity text, records int, records_equal int, fields bigint, " +
      "fields_equal bigint) where t.entity = r.entity",
    [JSON.stringify(rows)],
  );
}

async function storeLeaves(
  tx: Queryable,
  entries: readonly ProofEntry[],
  digest: Digest,
): Promise<ReadonlyMap<EntityName, ReadonlySet<string>>> {
  const gone = entries.map(({ link }) => link);
  const removed = await tx.query<RemovedRow>(
    "delete from proof where link_id in (select jsonb_array_elements_text($1::jsonb)) returning entity, " +
      "bucket, link_id, differs_since as since, compared, equal",
    [JSON.stringify(gone)],
  );
  const since = new Map(removed.map((row) => [row.link_id, row.since]));
  const leaves = entries.flatMap(({ leaf }) => (leaf === null ? [] : [leaf]));
  const rows = leaves.map((leaf) => ({
    link_id: leaf.link,
    entity: leaf.entity,
    bucket: bucketOf(leaf.link, digest),
    crm_hash: leaf.crm,
    erp_hash: leaf.erp,
    compared: leaf.compared,
    equal: leaf.equal,
    since: since.get(leaf.link) ?? null,
  }));
  await tx.query(
    `insert into proof (${leafColumns}, differs_since) select ${leafColumns}, case when crm_hash <> ` +
      "erp_hash then coalesce(since, now()) end from jsonb_to_recordset($1::jsonb) as r(link_id text, " +
      "entity text, bucket text, crm_hash text, erp_hash text, compared int, equal int, since timestamptz)",
    [JSON.stringify(rows)],
  );
  await countLeaves(tx, removed, leaves);
  const touched = new Map<EntityName, Set<string>>();
  for (const { entity, bucket } of [...removed, ...rows]) {
    const buckets = touched.get(entity) ?? new Set();
    touched.set(entity, buckets.add(bucket));
  }
  return touched;
}

/** Puts what the records of these links name in the place of what they named. */
async function storeReferences(tx: Queryable, entries: readonly ProofEntry[]): Promise<void> {
  const links = JSON.stringify(entries.map(({ link }) => link));
  await tx.query(
    "delete from record_reference where link_id in (select jsonb_array_elements_text($1::jsonb))",
    [links],
  );
  const rows = entries.flatMap(({ link, names }) =>
    (names?.links ?? []).map((named) => ({ link_id: link, entity: names?.entity, names_link: named })),
  );
  if (rows.length === 0) return;
  await tx.query(
    "insert into record_reference (link_id, entity, names_link) select link_id, entity, names_link from " +
      "jsonb_to_recordset($1::jsonb) as r(link_id text, entity text, names_link text)",
    [JSON.stringify(rows)],
  );
}

async function storeNodes(
  tx: Queryable,
  at: {
    readonly entity: EntityName;
    readonly paths: readonly string[];
    readonly nodes: readonly TreeNode[];
  },
): Promise<void> {
  const kept = new Set(at.nodes.map(({ path }) => path));
  const gone = at.paths.filter((path) => !kept.has(path));
  if (gone.length > 0)
    await tx.query(
      "delete from proof_node where entity = $1 and path in (select jsonb_array_elements_text($2::jsonb))",
      [at.entity, JSON.stringify(gone)],
    );
  if (at.nodes.length === 0) return;
  await tx.query(
    "insert into proof_node (entity, path, crm_hash, erp_hash) select $1, path, crm, erp from " +
      "jsonb_to_recordset($2::jsonb) as r(path text, crm text, erp text) on conflict (entity, path) do " +
      "update set crm_hash = excluded.crm_hash, erp_hash = excluded.erp_hash",
    [at.entity, JSON.stringify(at.nodes)],
  );
}

/** Makes the nodes above some leaves again: their buckets, and what stands above those up to the root. */
async function storePaths(
  tx: Queryable,
  at: { readonly entity: EntityName; readonly buckets: ReadonlySet<string>; readonly digest: Digest },
): Promise<void> {
  const { entity, digest } = at;
  let paths: readonly string[] = [...at.buckets];
  const rows = await tx.query<LeafRow>(
    `select ${leafColumns} from proof where entity = $1 and bucket in ` +
      "(select jsonb_array_elements_text($2::jsonb))",
    [entity, JSON.stringify(paths)],
  );
  const byBucket = Map.groupBy(rows, ({ bucket }) => bucket);
  let nodes = [...byBucket].flatMap(([path, leaves]) => {
    const hashes = bucketHash(leaves.map(leafOf), digest);
    return hashes === undefined ? [] : [{ path, ...hashes }];
  });
  await storeNodes(tx, { entity, paths, nodes });
  for (let digits = bucketDigits; digits > 0; digits -= 1) {
    paths = pathsAbove(paths);
    const children = await tx.query<{ path: string; crm: string; erp: string }>(
      "select path, crm_hash as crm, erp_hash as erp from proof_node where entity = $1 and path in " +
        "(select p || to_hex(d) from jsonb_array_elements_text($2::jsonb) p, generate_series(0, 15) d)",
      [entity, JSON.stringify(paths)],
    );
    nodes = [...Map.groupBy(children, ({ path }) => path.slice(0, -1))].flatMap(([path, below]) => {
      const hashes = nodeHash(below, digest);
      return hashes === undefined ? [] : [{ path, ...hashes }];
    });
    await storeNodes(tx, { entity, paths, nodes });
  }
}

/** Links that are due and what is done about them. */
function dueProofs(deps: {
  readonly database: Database;
  readonly entropy: Entropy;
}): Pick<ProofStore, "dueProofs" | "commitProofs" | "proveUnder"> {
  const { database, entropy } = deps;
  return {
    async dueProofs(limit) {
      const rows = await database.query<{ link_id: string; marks: readonly number[] }>(
        "select d.link_id, jsonb_agg(d.nr order by d.nr) as marks from proof_due d where d.link_id in " +
          "(select link_id from (select link_id, nr from proof_due order by nr limit $1) first) group by " +
          "d.link_id order by min(d.nr)",
        [limit],
      );
      return rows.map((row): DueProof => ({ link: row.link_id as LinkId, marks: row.marks.map(Number) }));
    },
    async commitProofs(entries) {
      if (entries.length === 0) return 0;
      return database.transaction(async (tx) => {
        const known = await tx.query<{ entity: string }>(
          "select distinct entity from proof where link_id in (select jsonb_array_elements_text($1::jsonb))",
          [JSON.stringify(entries.map(({ link }) => link))],
        );
        const given = entries.flatMap(({ leaf }) => (leaf === null ? [] : [leaf.entity]));
        await lockTrees(tx, [...new Set([...known.map(({ entity }) => entity), ...given])].toSorted());
        const valid = await claimMarks(tx, entries);
        const touched = await storeLeaves(tx, valid, entropy.digest);
        await storeReferences(tx, valid);
        for (const [entity, buckets] of touched)
          await storePaths(tx, { entity, buckets, digest: entropy.digest });
        return valid.length;
      });
    },
    async proveUnder(entity, terms) {
      return database.transaction(async (tx) => {
        const same = await tx.query("select entity from proof_terms where entity = $1 and terms = $2", [
          entity,
          terms,
        ]);
        if (same.length > 0) return false;
        await lockTrees(tx, [entity]);
        await tx.query("update proof_terms set terms = $2 where entity = $1", [entity, terms]);
        await tx.query("insert into proof_due (link_id) select id from link where entity = $1 order by id", [
          entity,
        ]);
        return true;
      });
    },
  };
}

/** The hash trees in SQL. */
export function proofStore(deps: { readonly database: Database; readonly entropy: Entropy }): ProofStore {
  const { database } = deps;
  return {
    ...dueProofs(deps),
    async proofNodes(entity, depth) {
      return database.query<TreeNode & { [column: string]: unknown }>(
        "select path, crm_hash as crm, erp_hash as erp from proof_node where entity = $1 and length(path) " +
          '<= $2 order by path collate "C"',
        [entity, depth],
      );
    },
    async proofLeaves(entity, limit, after) {
      const rows = await database.query<LeafRow>(
        `select ${leafColumns} from proof where entity = $1 and link_id > $3 order by link_id limit $2`,
        [entity, limit, after ?? ""],
      );
      return rows.map(leafOf);
    },
    proofState: (entity, measure) => stateOf(database, entity, measure),
    async referringCounts(link) {
      const rows = await database.query<{ entity: string; count: string | number }>(
        "select entity, count(*) as count from record_reference where names_link = $1 group by entity " +
          'order by entity collate "C"',
        [link],
      );
      return rows.map(({ entity, count }) => ({ entity, count: Number(count) }));
    },
    async referringTo(links, entity, limit) {
      const rows = await database.query<{ link_id: string }>(
        "select distinct link_id from record_reference where names_link in (select " +
          "jsonb_array_elements_text($1::jsonb)) and entity = $2 order by link_id limit $3",
        [JSON.stringify(links), entity, limit],
      );
      return rows.map(({ link_id }) => link_id as LinkId);
    },
  };
}
