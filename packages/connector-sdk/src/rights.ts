/** Rights that a connection needs in its system, and what is missing of them. */
import type { NativeField, Requirement } from "./ports.ts";

/** What a user may do with the records of a native type. */
export type Right = "read" | "write" | "create";

/** What an entity needs that is only read. */
export const reading: readonly Right[] = ["read"];
/** What an entity needs that is written too. */
export const writing: readonly Right[] = ["read", "write", "create"];

/** Native types that each entity stands on, with the rights it needs there. */
export interface NeededRights {
  readonly [entity: string]: readonly (readonly [types: readonly string[], rights: readonly Right[]])[];
}

/** A right that the user lacks, and the entity that needs it. */
export interface MissingRight {
  readonly entity: string;
  readonly model: string;
  readonly right: Right;
}

/** Which of the rights are missing, by entity. */
export function missingRights(
  needed: NeededRights,
  isAllowed: (model: string, right: Right) => boolean,
): readonly MissingRight[] {
  return Object.entries(needed).flatMap(([entity, rows]) =>
    rows.flatMap(([models, rights]) =>
      models.flatMap((model) =>
        rights.filter((right) => !isAllowed(model, right)).map((right) => ({ entity, model, right })),
      ),
    ),
  );
}

/** A missing right, for `check` to name: only an administrator of the system can give it. */
export const rightRequirement = ({ entity, model, right }: MissingRight): Requirement => ({
  entities: [entity],
  what: `${model}: right to ${right}`,
  canBeAdded: false,
});

/** A root that is formed of several fields and only read. */
export const shownField = (root: string, type: string): NativeField => ({
  root,
  type,
  isRequired: false,
  isReadOnly: true,
  lengthMax: null,
});
