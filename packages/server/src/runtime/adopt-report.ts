import type { ConnectionId, EntityName } from "@crossfoot/kernel";

/** One line of a cross-reference table. */
export interface AdoptRow {
  readonly line: number;
  readonly entity: EntityName;
  /** Id of the record in each of two connections; blank where the line has none. */
  readonly ids: readonly [
    { readonly connection: ConnectionId; readonly id: string },
    { readonly connection: ConnectionId; readonly id: string },
  ];
}

/** A line that could not be read as a row. */
export interface BadRow {
  readonly line: number;
  readonly problem: string;
}

/** A field on the records of one side that holds the id of the other side's record. */
export interface FieldSource {
  readonly entity: EntityName;
  /** The side whose records have the field. */
  readonly on: ConnectionId;
  /** Native name of the field, with dots for what is nested. */
  readonly field: string;
}

/**
 * What a cross-reference table got wrong, or what is worth knowing of it.
 * `malformed` the line cannot be read · `blank` one of the ids is missing · `unknown_id` its system has no
 * such record · `out_of_scope` the record is not in the scope of the mapping, or may not be seen · `gone` it
 * was deleted · `merged` it was merged into another, which is taken instead · `archived` it is archived ·
 * `shared` several records of one side name one of the other · `linked_elsewhere` it is linked to another
 * record already · `keys_contradict` both have a declared key, and no key is equal · `duplicate` its own
 * system has another record with its key, which the old integration may have made · `missed` two records
 * that the declared keys join, and the table does not.
 */
export type AdoptFindingKind =
  | "malformed"
  | "blank"
  | "unknown_id"
  | "out_of_scope"
  | "gone"
  | "merged"
  | "archived"
  | "shared"
  | "linked_elsewhere"
  | "keys_contradict"
  | "duplicate"
  | "missed";

/** All kinds, in the order in which a report shows them. */
export const adoptFindingKinds: readonly AdoptFindingKind[] = [
  "malformed",
  "blank",
  "unknown_id",
  "out_of_scope",
  "gone",
  "linked_elsewhere",
  "shared",
  "keys_contradict",
  "merged",
  "archived",
  "duplicate",
  "missed",
];

/** One finding. Names records and keys, never values of fields. */
export interface AdoptFinding {
  readonly kind: AdoptFindingKind;
  readonly entity: EntityName | null;
  /** Line of the table, counted from 1; null where none is meant. */
  readonly line: number | null;
  /** `<connection>:<id>` of the records it is about. */
  readonly records: readonly string[];
  readonly detail: string;
}

/** What became of the pairs of one entity. */
export interface AdoptCounts {
  rows: number;
  /** Linked now. */
  adopted: number;
  /** Linked to one another before. */
  known: number;
  /** Aliases now: a second record of one side for one of the other. */
  aliases: number;
  /** Set aside for a person: nothing is linked, and nothing is created for them. */
  held: number;
  /** Nothing can be done with them. */
  rejected: number;
}

/** What was taken over, and what the table got wrong. */
export interface AdoptReport {
  readonly runId: string;
  /** True when nothing was stored: the table was only looked at. */
  readonly isCheck: boolean;
  readonly counts: { readonly [entity: string]: AdoptCounts };
  readonly findings: readonly AdoptFinding[];
  /** All findings by kind, those beyond the list's bound included. */
  readonly found: { readonly [kind in AdoptFindingKind]?: number };
  /** Fields in which linked records differ and nobody has decided, by entity and field. */
  readonly differences: { readonly [entity: string]: { readonly [field: string]: number } };
  /** Records without a counterpart after this, by entity and connection. */
  readonly alone: { readonly [entity: string]: { readonly [connection: string]: number } };
  /** Writes that the next run would make, by target and kind. */
  readonly planned: { readonly [target: string]: { readonly [kind: string]: number } };
  readonly troubles: readonly { readonly connection: string; readonly message: string }[];
}

/** Findings that a report lists; more are only counted. */
export const listedMax = 10_000;

/** Collects what is found on the way. */
export class AdoptTally {
  readonly counts: Record<string, AdoptCounts> = {};
  readonly findings: AdoptFinding[] = [];
  readonly found: { [kind in AdoptFindingKind]?: number } = {};

  of(entity: EntityName): AdoptCounts {
    return (this.counts[entity] ??= { rows: 0, adopted: 0, known: 0, aliases: 0, held: 0, rejected: 0 });
  }

  note(finding: AdoptFinding): void {
    this.found[finding.kind] = (this.found[finding.kind] ?? 0) + 1;
    if (this.findings.length < listedMax) this.findings.push(finding);
  }
}
