import type { EntityName } from "@crossfoot/kernel";

/** A record as a person names it: with its entity, `<connection>:<id>` or the id of a link. */
export interface NamedRecord {
  readonly entity: EntityName;
  readonly id: string;
}

/** What came of an answer. */
export type AnswerOutcome = "told" | "unknown" | "taken" | "still_there" | "busy";
