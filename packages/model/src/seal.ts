import { canonicalBytes } from "@crossfoot/kernel";
import { foot } from "./footing.ts";
import { apartIn, composeStatement, isUnwanted } from "./statement.ts";
import type { EntityProof, EntityStatement, Statement } from "./statement.ts";
import { rootOf } from "./tree.ts";
import type { Digest } from "./tree.ts";

/** Form of a sealed statement; another one is made of other parts. */
export const sealForm = "crossfoot statement 1";

/** A statement that can be handed out: hashed, part by part, and chained to the one before. */
export interface SealedStatement {
  readonly form: string;
  /** Name of the store whose chain it is in. */
  readonly store: string;
  /** Its place in the chain, from 1 on. */
  readonly number: number;
  /** Hash of the statement before; "" for the first. */
  readonly before: string;
  /** Hash of each part of the statement, by its name. */
  readonly parts: { readonly [part: string]: string };
  /** Over form, store, number, the hash before and those of the parts. */
  readonly hash: string;
  readonly statement: Statement;
}

/** The statement without what is in parts of their own. */
function partsOf(statement: Statement): readonly (readonly [name: string, part: unknown])[] {
  const { entities, footing, companyFooting, names, ...head } = statement;
  const { documents, accounts, ...sums } = footing;
  return [
    ["head", head],
    ...entities.map((each): [string, unknown] => [`entity ${each.entity}`, each]),
    ["documents", documents],
    ["accounts", accounts],
    ["totals", sums],
    ...(companyFooting === undefined ? [] : [["company totals", companyFooting] as const]),
    ...(names === undefined ? [] : [["names", names] as const]),
  ];
}

const bytesOf = (part: unknown): string => canonicalBytes(part);

function hashesOf(statement: Statement, digest: Digest): { readonly [part: string]: string } {
  return Object.fromEntries(partsOf(statement).map(([name, part]) => [name, digest(bytesOf(part))]));
}

const hashOf = (sealed: Omit<SealedStatement, "hash" | "statement">, digest: Digest): string => {
  const { form, store, number, before, parts } = sealed;
  return digest(bytesOf({ form, store, number, before, parts }));
};

/** Seals a statement in its place of the chain. Never throws. */
export function sealStatement(
  statement: Statement,
  at: { readonly store: string; readonly number: number; readonly before: string; readonly digest: Digest },
): SealedStatement {
  const { store, number, before, digest } = at;
  const sealed = { form: sealForm, store, number, before, parts: hashesOf(statement, digest) };
  return { ...sealed, hash: hashOf(sealed, digest), statement };
}

const isSame = (a: unknown, b: unknown): boolean => bytesOf(a) === bytesOf(b);

const pickApart = ({ recordsApart, fieldsApart }: EntityProof): ReturnType<typeof apartIn> => ({
  recordsApart,
  fieldsApart,
});

/** What in the statement of an entity does not follow from the rest of it. */
function entityFaults(one: EntityStatement, digest: Digest): readonly string[] {
  const faults: string[] = [];
  const { fieldsCompared, fieldsEqual, differences, missing, notWanted, totals, proof, entity } = one;
  if (fieldsCompared - fieldsEqual !== differences.length)
    faults.push(`${entity}: the differences are not as many as the fields that are not equal`);
  const unwanted = missing.filter(isUnwanted);
  if (unwanted.length !== notWanted) faults.push(`${entity}: what is not wanted is not counted right`);
  for (const { field, currency, crm, erp, difference } of totals) {
    const [row] = foot([
      {
        ...{ entity: "orders", link: null, label: "", reason: null, command: null },
        crm: { account: null, period: null, currency, amounts: { orders: crm } },
        erp: { account: null, period: null, currency, amounts: { orders: erp } },
      },
    ]).grand;
    if ((row?.difference.orders ?? "0") !== difference)
      faults.push(`${entity}: the difference of ${field} in ${currency} is not that of both sums`);
  }
  if (proof === null) return faults;
  if (!isSame(rootOf(proof.nodes, digest), proof.root))
    faults.push(`${entity}: the roots do not follow from the nodes of the tree`);
  const isEqual = proof.root.crm === proof.root.erp;
  if (isEqual !== (differences.length === 0))
    faults.push(`${entity}: the roots say that both sides are ${isEqual ? "equal" : "different"}`);
  const apart = apartIn(differences);
  // Statements of before do not tell it.
  const told: Partial<EntityProof> = proof;
  if (told.recordsApart !== undefined && !isSame(apart, pickApart(proof)))
    faults.push(`${entity}: what the contract keeps apart is not counted right`);
  if (proof.recordsProven > proof.recordsEqual || proof.recordsEqual > proof.records)
    faults.push(`${entity}: more is proven than there is`);
  return faults;
}

/** What in a statement does not follow from its documents, differences and nodes. */
function contentFaults(statement: Statement, digest: Digest): readonly string[] {
  const faults: string[] = [];
  const { madeAt, contract, entities, asOf, footing, companyFooting } = statement;
  const { documents, accounts } = footing;
  const companyDocuments = companyFooting?.documents ?? [];
  if (!isSame(foot(documents, accounts), footing))
    faults.push("totals: they are not the sums of the documents");
  if (companyFooting !== undefined && !isSame(foot(companyDocuments, accounts), companyFooting))
    faults.push("company totals: they are not the sums of the documents");
  for (const one of entities) faults.push(...entityFaults(one, digest));
  const again = composeStatement({ madeAt, contract, entities, documents, companyDocuments, accounts, asOf });
  const verdictOf = ({ isEqual, isExplained }: Statement): unknown => [isEqual, isExplained];
  if (!isSame(verdictOf(again), verdictOf(statement)))
    faults.push("verdict: it does not follow from the differences");
  return faults;
}

/**
 * What of a sealed statement does not follow from the rest of it, in words: parts whose hash is another, the
 * seal itself, sums, counts and roots, all of them made again. Empty when it is whole. Never throws: what has
 * no form to be reckoned with is a fault of its own.
 */
export function sealFaults(sealed: SealedStatement, digest: Digest): readonly string[] {
  if (sealed.form !== sealForm) return [`form: it is "${sealed.form}", and only "${sealForm}" is known here`];
  const faults: string[] = [];
  try {
    const { statement, parts } = sealed;
    const made = hashesOf(statement, digest);
    for (const name of new Set([...Object.keys(parts), ...Object.keys(made)]))
      if (parts[name] !== made[name]) faults.push(`${name}: its content is not what was sealed`);
    if (hashOf(sealed, digest) !== sealed.hash) faults.push("seal: its hash does not follow from its parts");
    faults.push(...contentFaults(statement, digest));
  } catch {
    faults.push("content: it has no form that can be reckoned with");
  }
  return faults;
}
