import type { FieldKinds } from "@crossfoot/kernel";
import { ownFieldKinds } from "./contract.ts";
import type { FieldTerms } from "./contract.ts";
import { entities } from "./entity.ts";
import type { EntityName } from "./entity.ts";

const names = /^[a-z][A-Za-z0-9]{0,59}$/;

/** What is wrong with a field that a contract adds, or undefined. Pure, total. */
export function ownFieldProblem(field: string, kind: unknown): string | undefined {
  if (!names.test(field))
    return `\`${field}\` is no name for a field of your own: letters and digits, the first a small letter`;
  if (ownFieldKinds.some((each) => each === kind)) return undefined;
  if (kind === undefined)
    return `unknown field \`${field}\`; a field of your own says its \`kind\`: ${ownFieldKinds.join(", ")}`;
  return `a field of your own says its \`kind\`: ${ownFieldKinds.join(", ")}`;
}

/**
 * Fields of an entity with their kinds: those that every company has, and those that the contract of this one
 * adds by saying a `kind`. Pure, total.
 */
export function fieldKindsOf(
  name: EntityName,
  terms: { readonly fields: { readonly [field: string]: FieldTerms } },
): FieldKinds {
  const { fields } = entities[name];
  const own = Object.entries(terms.fields).flatMap(([field, { kind }]) =>
    kind === undefined || Object.hasOwn(fields, field) ? [] : [[field, { kind }] as const],
  );
  return own.length === 0 ? fields : { ...fields, ...Object.fromEntries(own) };
}
