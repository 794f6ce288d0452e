import type { KeyRole } from "../../store/port.ts";
import { sightOf } from "../api/sight.ts";
import type { Sight, Visibility } from "../api/sight.ts";

/** What is told to one role of some entities (null: of all); events that are about none are told anyway. */
export function subscribedSight(
  role: KeyRole,
  at: { readonly visibility: Visibility; readonly entities: readonly string[] | null },
): Sight {
  const { visibility, entities } = at;
  const sight = sightOf(role, visibility);
  if (entities === null) return sight;
  const hidesEntity = (entity: string): boolean => !entities.includes(entity) || sight.hidesEntity(entity);
  return { ...sight, hidesEntity };
}
