/** A leaf of a hash tree: a link, and the hash of what each side shows. */
export interface TreeLeaf {
  readonly link: string;
  readonly crm: string;
  readonly erp: string;
}

/** A node of a hash tree: its place in hexadecimal digits, and the hash of each side under it. */
export interface TreeNode {
  readonly path: string;
  readonly crm: string;
  readonly erp: string;
}

/** Digits of the paths of buckets, the lowest nodes: 65,536 hold 15 leaves each at a million links. */
export const bucketDigits = 4;

/** Hashes a text. */
export type Digest = (text: string) => string;

/** The bucket of a link: it depends on the link's id alone. Never throws. */
export const bucketOf = (link: string, digest: Digest): string => digest(link).slice(0, bucketDigits);

type Hashes = Pick<TreeNode, "crm" | "erp">;

const hashOf = (
  parts: readonly (Hashes & { readonly name: string })[],
  digest: Digest,
): Hashes | undefined => {
  if (parts.length === 0) return undefined;
  const inOrder = parts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const side = (of: "crm" | "erp"): string =>
    digest(inOrder.map((part) => `${part.name}=${part[of]}`).join("\n"));
  return { crm: side("crm"), erp: side("erp") };
};

/** Hash of a bucket over its leaves; undefined without any. Never throws. */
export const bucketHash = (leaves: readonly TreeLeaf[], digest: Digest): Hashes | undefined =>
  hashOf(
    leaves.map(({ link, crm, erp }) => ({ name: link, crm, erp })),
    digest,
  );

/** Hash of a node over the nodes right under it; undefined without any. Never throws. */
export const nodeHash = (children: readonly TreeNode[], digest: Digest): Hashes | undefined =>
  hashOf(
    children.map(({ path, crm, erp }) => ({ name: path, crm, erp })),
    digest,
  );

/** Paths above others, without repetition. Never throws. */
export const pathsAbove = (paths: Iterable<string>): readonly string[] => [
  ...new Set([...paths].map((path) => path.slice(0, -1))),
];

const nodeAt = (path: string, hashes: Hashes | undefined): readonly TreeNode[] =>
  hashes === undefined ? [] : [{ path, ...hashes }];

/** All nodes above nodes of one depth, up to the root, whose path is "". Never throws. */
export function nodesAbove(nodes: readonly TreeNode[], digest: Digest): readonly TreeNode[] {
  const above: TreeNode[] = [];
  let level = nodes;
  while (level.some(({ path }) => path !== "")) {
    const parents = Map.groupBy(level, ({ path }) => path.slice(0, -1));
    level = [...parents].flatMap(([path, under]) => nodeAt(path, nodeHash(under, digest)));
    above.push(...level);
  }
  return above;
}

/** The whole tree of some leaves, as one who has nothing but them makes it, by path. Never throws. */
export function treeOf(leaves: readonly TreeLeaf[], digest: Digest): readonly TreeNode[] {
  const buckets = Map.groupBy(leaves, ({ link }) => bucketOf(link, digest));
  const lowest = [...buckets].flatMap(([path, under]) => nodeAt(path, bucketHash(under, digest)));
  return [...lowest, ...nodesAbove(lowest, digest)].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The root over nodes of one depth; two empty texts without any. Never throws. */
export function rootOf(nodes: readonly TreeNode[], digest: Digest): Hashes {
  const root = nodesAbove(nodes, digest).find(({ path }) => path === "");
  return root === undefined ? { crm: "", erp: "" } : { crm: root.crm, erp: root.erp };
}
