import type { Json, JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Sight } from "../checker.ts";
import type { Commit } from "../system/commit.ts";
import type { ModelSystem, Row } from "../system/model-system.ts";

/** One of the two systems. */
export type Role = "crm" | "erp";
/** Both systems. */
export const roles: readonly Role[] = ["crm", "erp"];
/** The system on the other side. */
export const otherOf = (role: Role): Role => (role === "crm" ? "erp" : "crm");

/** What the workload calls one thing, with the records that both systems hold of it. */
export interface Thing {
  readonly entity: EntityName;
  readonly tag: string;
  readonly rows: { readonly [role in Role]: readonly Row[] };
}

/** Everything that the workload or we ever made, by entity and tag. */
export function thingsOf({ scenario, systems }: Sight): readonly Thing[] {
  const things = new Map<string, { entity: EntityName; tag: string; rows: Record<Role, Row[]> }>();
  for (const entity of scenario.entities) {
    for (const role of roles) {
      for (const row of systems[role].everyRow(entity)) {
        const tag = systems[role].names.of(entity, row.tag);
        const name = `${entity}\n${tag}`;
        const thing = things.get(name) ?? { entity, tag, rows: { crm: [], erp: [] } };
        thing.rows[role].push(row);
        things.set(name, thing);
      }
    }
  }
  return [...things.values()];
}

/**
 * The one record on each side; null unless both sides have just one, none was ever deleted or merged, and it
 * can be known that they are one: we made one of them, or both were made with all that names them.
 */
export function plainPair(sight: Sight, thing: Thing): { readonly [role in Role]: Row } | null {
  const [crm, ...moreCrm] = thing.rows.crm;
  const [erp, ...moreErp] = thing.rows.erp;
  if (crm === undefined || erp === undefined || moreCrm.length + moreErp.length > 0) return null;
  const isPlain = (row: Row): boolean => row.commits.every(({ after }) => after.life === "live");
  return isPlain(crm) && isPlain(erp) && isKnowable(sight, { crm, erp }) ? { crm, erp } : null;
}

function isKnowable(sight: Sight, pair: { readonly [role in Role]: Row }): boolean {
  const { crm, erp } = pair;
  if ([crm, erp].some((row) => row.commits[0]?.actor.kind === "us")) return true;
  const [keys = []] = sight.contract.entities[crm.entity].matchKeys;
  return (
    keys.length > 0 &&
    keys.every((key) => {
      const values = [
        ...new Set([...valuesOf(sight.systems.crm, crm, key), ...valuesOf(sight.systems.erp, erp, key)]),
      ];
      return values.length === 1 && !values.includes(canon(null)) && !values.includes(canon(undefined));
    })
  );
}

/** Every value that a field of a record ever had, as text. */
const valuesOf = (system: ModelSystem, row: Row, field: string): readonly string[] => [
  ...new Set(row.commits.map((commit) => canon(plainAfter(system, commit)[field]))),
];

/** Plain values of a record after a commit. */
export const plainAfter = (system: ModelSystem, commit: Commit): JsonMap =>
  system.decode(commit.entity, commit.after.native, commit.seq);

/** Plain values of a record before a commit; empty for its first. */
export const plainBefore = (system: ModelSystem, commit: Commit): JsonMap =>
  commit.before === null ? {} : system.decode(commit.entity, commit.before.native, commit.seq);

const canonical = new WeakMap<object, string>();

/** The same text for equal values, whatever the order of keys; lines without ids, sorted. */
function canon(value: Json | undefined): string {
  if (value === undefined) return "absent";
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const text = canonical.get(value) ?? spell(value);
  canonical.set(value, text);
  return text;
}

function spell(value: readonly Json[] | JsonMap): string {
  if (Array.isArray(value)) return `[${value.map(lineText).toSorted().join(",")}]`;
  const parts = Object.entries(value)
    // Nothing and null show the same.
    .filter(([, part]) => part !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([key, part]) => `${key}:${canon(part)}`).join(",")}}`;
}

function lineText(line: Json): string {
  if (typeof line !== "object" || line === null || Array.isArray(line)) return canon(line);
  const { id: _id, ...fields } = line as JsonMap;
  return canon(fields);
}

/** Equal as business values. Null, an empty text and nothing at all count as one: nothing is shown. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  const isBlank = (value: Json | undefined): boolean => value === undefined || value === null || value === "";
  if (one === other) return true;
  return isBlank(one) && isBlank(other) ? true : canon(one) === canon(other);
}
