import type { Json } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import { keptBy } from "./terms.ts";
import type { Role } from "./things.ts";
import { isSame, otherOf, plainAfter, plainBefore } from "./things.ts";
import type { Commit } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";

/** A commit that changed a field of a record. */
export interface FieldChange {
  readonly role: Role;
  readonly value: Json | undefined;
  readonly commit: Commit;
}

/** Commits that changed a field, by whomever, in order. */
export function changesOf(
  sight: Sight,
  at: { readonly row: Row; readonly role: Role; readonly field: string },
): readonly FieldChange[] {
  const { row, role, field } = at;
  const system = sight.systems[role];
  return row.commits.flatMap((commit) => {
    const value = plainAfter(system, commit)[field];
    return isSame(value, plainBefore(system, commit)[field]) ? [] : [{ role, value, commit }];
  });
}

/** Whether two values are one, whatever each side keeps of it. */
export function isOneValue(
  sight: Sight,
  at: { readonly commit: Commit; readonly field: string },
  values: readonly [Json | undefined, Json | undefined],
): boolean {
  const { entity } = at.commit;
  const forms = (value: Json | undefined): readonly (Json | undefined)[] => {
    if (value === undefined) return [value];
    const onCrm = (given: Json): Json => keptBy(sight, { role: "crm", entity, field: at.field }, given);
    const onErp = (given: Json): Json => keptBy(sight, { role: "erp", entity, field: at.field }, given);
    // One side's form of the other side's form too: a value goes round, and each makes of it what it does.
    return [value, onCrm(value), onErp(value), onCrm(onErp(value)), onErp(onCrm(value))];
  };
  const [one, other] = values;
  return forms(one).some((form) => forms(other).some((another) => isSame(form, another)));
}

/** Whether the record on the other side showed a value at any time from its commit until an instant. */
export function wasCarried(
  sight: Sight,
  other: Row,
  at: { readonly field: string; readonly theirs: FieldChange; readonly until: number },
): boolean {
  const { field, theirs, until } = at;
  const system = sight.systems[otherOf(theirs.role)];
  const standing = other.commits.findLast((commit) => commit.at <= theirs.commit.at);
  const since = other.commits.filter((commit) => commit.at > theirs.commit.at && commit.at <= until);
  return [...(standing === undefined ? [] : [standing]), ...since].some((commit) =>
    isOneValue(sight, { commit: theirs.commit, field }, [plainAfter(system, commit)[field], theirs.value]),
  );
}
