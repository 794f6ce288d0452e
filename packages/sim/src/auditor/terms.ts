import type { Json } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Sight } from "../checker.ts";
import { stored } from "../system/loss.ts";
import { shapesOn } from "../system/vocabulary.ts";
import type { Role } from "./things.ts";
import { isSame } from "./things.ts";

/** Which sides' values the contract carries to the other side, read from its words alone. */
export function writersOf({ contract }: Sight, entity: EntityName, field: string): readonly Role[] {
  const terms = contract.entities[entity];
  const direction = terms.fields[field]?.direction ?? terms.direction;
  if (direction === "both") return ["crm", "erp"];
  if (direction === "crm-to-erp") return ["crm"];
  return direction === "erp-to-crm" ? ["erp"] : [];
}

/** Fields that both systems hold and the contract carries at least one way. */
export function carriedFields(sight: Sight, entity: EntityName): readonly string[] {
  const there = shapesOn("erp", entity);
  return Object.keys(shapesOn("crm", entity)).filter(
    (field) => there[field] !== undefined && writersOf(sight, entity, field).length > 0,
  );
}

/** What a system keeps of a plain value it is given (fault R9). */
export function keptBy(
  sight: Sight,
  at: { readonly role: Role; readonly entity: EntityName; readonly field: string },
  value: Json,
): Json {
  const loss = sight.systems[at.role].profile.lossy[at.entity]?.[at.field];
  return loss === undefined ? value : (stored({ [at.field]: loss }, { [at.field]: value })[at.field] ?? null);
}

/** Whether both sides' values are one: equal, or one is what the other system keeps of it. */
export function corresponds(
  sight: Sight,
  at: { readonly entity: EntityName; readonly field: string },
  values: { readonly [role in Role]: Json | undefined },
): boolean {
  if (isSame(values.crm, values.erp)) return true;
  const { crm, erp } = values;
  if (crm !== undefined && isSame(keptBy(sight, { ...at, role: "erp" }, crm), erp)) return true;
  return erp !== undefined && isSame(keptBy(sight, { ...at, role: "crm" }, erp), crm);
}
