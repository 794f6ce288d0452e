import { carried, isLines } from "@crossfoot/kernel";
import type { EntityPolicy } from "@crossfoot/kernel";
import { companySides, comparePair, footedSides, settlingCommand } from "@crossfoot/model";
import type {
  Difference,
  EntityStatement,
  FootedDocument,
  Missing,
  Pair,
  RecordLabel,
  Role,
} from "@crossfoot/model";
import type { StoredObservation } from "../store/port.ts";
import { labelOf } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { canonicalFields } from "./canonical.ts";
import { linkNames } from "./link-names.ts";
import { isThere, memberOfRole } from "./prove.ts";
import type { World } from "./world.ts";

/** Fields by which a document is added up where it is; the first that differs tells why its sums do. */
const telling = ["gross", "openBalance", "account", "date", "status", "currency", "net", "tax"];

/** Entities whose documents are added up. */
const isFooted = (entity: string): boolean => entity === "orders" || entity === "invoices";

function tellingDifference(differences: readonly Difference[]): Difference | undefined {
  for (const field of telling) {
    const found = differences.find((difference) => difference.field === field);
    if (found !== undefined) return found;
  }
  return differences[0];
}

/** A link as a document of the totals; nothing where neither side has an amount to add up. */
export function documentOf(
  world: World,
  at: {
    readonly policy: EntityPolicy;
    readonly one: Assessed;
    readonly pair: Pair | undefined;
    readonly gap: Missing | undefined;
  },
): readonly FootedDocument[] {
  const { policy, one, pair, gap } = at;
  const { entity } = policy;
  if (!isFooted(entity)) return [];
  const crm = memberOfRole(world, one.input.members, "crm");
  const erp = memberOfRole(world, one.input.members, "erp");
  const shown = [crm, erp].filter(isThere).map(({ view }) => view);
  const sides = footedSides(
    entity,
    isThere(crm) ? crm.view.fields : null,
    isThere(erp) ? erp.view.fields : null,
  );
  if (sides.crm === null && sides.erp === null) return [];
  const common = { entity, link: one.bundle.id, label: labelOf(entity, shown), ...sides };
  if (JSON.stringify(sides.crm) === JSON.stringify(sides.erp))
    return [{ ...common, reason: null, command: null }];
  const difference =
    pair === undefined
      ? undefined
      : tellingDifference(comparePair(entity, Object.values(policy.fields), pair).differences);
  const { reason, command } = difference ??
    gap ?? { reason: "deleted_elsewhere" as const, command: `crossfoot why ${one.bundle.id}` };
  return [{ ...common, reason, command }];
}

/** A link as a document of the totals in the company's currency; nothing where not both sides tell one. */
export function companyDocumentOf(policy: EntityPolicy, pair: Pair | undefined): readonly FootedDocument[] {
  const { entity } = policy;
  if (!isFooted(entity) || pair === undefined) return [];
  const sides = companySides(entity, pair.crm, pair.erp);
  if (sides.crm === null && sides.erp === null) return [];
  const common = { entity, link: pair.link, label: pair.label, ...sides };
  if (JSON.stringify(sides.crm) === JSON.stringify(sides.erp))
    return [{ ...common, reason: null, command: null }];
  const { differences } = comparePair(entity, Object.values(policy.fields), pair);
  const own = differences.find(({ field }) => field === "companyGross") ?? tellingDifference(differences);
  const { reason, command } = own ?? {
    reason: "unknown" as const,
    command: settlingCommand({
      ...{ reason: "unknown", entity, record: pair.link, field: "companyGross", parks: [] },
    }),
  };
  return [{ ...common, reason, command }];
}

/** A document that no link has yet: it is on one side, and in the totals of that side. */
export async function newcomerDocument(
  world: World,
  policy: EntityPolicy,
  at: {
    readonly newcomer: StoredObservation;
    readonly role: Role;
    readonly label: string;
    readonly reason: Missing["reason"];
    readonly command: string;
  },
): Promise<readonly FootedDocument[]> {
  const { entity } = policy;
  if (!isFooted(entity)) return [];
  const { label, reason, command, role } = at;
  const [read] = await canonicalFields(world, policy, [at.newcomer]);
  const own = read?.fields ?? null;
  const sides = footedSides(entity, role === "crm" ? own : null, role === "erp" ? own : null);
  if (sides.crm === null && sides.erp === null) return [];
  return [{ entity, link: null, label, ...sides, reason, command }];
}

/** Names of the accounts of some documents, by link. */
export async function accountNames(
  world: World,
  documents: readonly FootedDocument[],
): Promise<{ readonly [link: string]: string }> {
  const links = documents.flatMap(({ crm, erp }) => [crm?.account ?? null, erp?.account ?? null]);
  const names = await linkNames(world, new Set(links.filter((link) => link !== null)));
  return Object.fromEntries(names.map(({ link, label }) => [link, label]));
}

/** Names of the records to which fields of the differences lead. */
export async function leadNames(
  world: World,
  stated: readonly EntityStatement[],
): Promise<readonly RecordLabel[]> {
  const values = stated.flatMap(({ differences }) => differences.flatMap(({ crm, erp }) => [crm, erp]));
  // Lines are told by their count.
  const single = values.filter((value) => !isLines(value));
  const links = single.flatMap(carried).flatMap((lead) => ("link" in lead ? [lead.link] : []));
  return linkNames(world, new Set(links));
}
