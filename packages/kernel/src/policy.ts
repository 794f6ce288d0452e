import type { ConnectionId, EntityName } from "./record.ts";
import type { FieldKind, Value } from "./value.ts";

/**
 * What decides when two writers changed one field differently:
 * `master` the master's value stands; `newest` the later stamp, when it is later by more than the tolerance
 * and both granularities; `review` a person; `custom` a named rule of the user's.
 */
export type ConflictPolicy = "master" | "newest" | "review" | "custom";

/** The contract for one field of one entity, with roles resolved to connections. */
export interface FieldPolicy {
  readonly field: string;
  readonly kind: FieldKind;
  /** Master of record: whose value stands when both sides write. */
  readonly master: ConnectionId;
  /** Connections whose edits count. An edit elsewhere is a foreign edit. */
  readonly writers: readonly ConnectionId[];
  /** Connections that receive the value. */
  readonly targets: readonly ConnectionId[];
  readonly policy: ConflictPolicy;
  /** Name of the rule when `policy` is `custom`. */
  readonly custom: string | null;
  /**
   * When sides show a field on which they never agreed, above all two records that existed before they were
   * linked: `fill` lets a value stand against a blank, then the master; `master` lets even its blank stand;
   * `review` lets a value stand against a blank and asks a person about two values.
   */
  readonly onFirstLink: "fill" | "master" | "review";
  /**
   * An edit by a side that may not write: `restore` puts the owner's value back, `keep` explains the
   * difference.
   */
  readonly onForeignEdit: "restore" | "keep";
  /** A reference that must be there before the record can be created on the other side. */
  readonly isMandatory: boolean;
}

/** Who may write while the document is in one of these states on that connection. */
export interface OwnershipRule {
  readonly at: ConnectionId;
  readonly statuses: readonly string[];
  readonly fields: readonly string[] | "*";
  /** The only writer in these states; null means nobody. */
  readonly writer: ConnectionId | null;
}

/**
 * Books that are closed: what is dated in them is not written to any more on that connection, whoever asks.
 */
export interface ClosedBooks {
  readonly at: ConnectionId;
  /** Field that dates the record. */
  readonly field: string;
  /** Last day that is closed, `YYYY-MM-DD`. */
  readonly through: string;
}

/** What a connection shows of a record's field now; undefined when it shows nothing. */
export type Shown = (connection: ConnectionId, field: string) => Value | undefined;

/** When a record that exists elsewhere is created on a connection. */
export interface CreateRule {
  readonly when: "always" | "never" | "status";
  /** Canonical statuses that allow the create when `when` is `status`. */
  readonly statuses: readonly string[];
  /** Whether a child that needs this record allows the create, whatever its status. */
  readonly onDemand: boolean;
}

/** The contract for one entity, compiled. */
export interface EntityPolicy {
  readonly entity: EntityName;
  readonly isProjection: boolean;
  readonly statusField: string | null;
  readonly fields: { readonly [field: string]: FieldPolicy };
  readonly ownership: readonly OwnershipRule[];
  /** Missing where no period is closed for this entity. */
  readonly closed?: ClosedBooks;
  /** By target connection; a connection without a rule is never created on. */
  readonly create: { readonly [connection: string]: CreateRule };
  /**
   * A deletion is never carried over as one: `archive` the others, `ask` a person, or `ignore` it (tombstone
   * only).
   */
  readonly onDelete: "archive" | "ask" | "ignore";
  /**
   * A record that was deleted is there again, or what was archived because of it: `ask` a person, `restore`
   * the link, or `ignore` it.
   */
  readonly onReturn: "ask" | "restore" | "ignore";
  /** Clock tolerance of `newest`, ms. */
  readonly newestToleranceMs: number;
  /** Sets of fields that, when all equal and not blank, identify a record. */
  readonly matchKeys: readonly (readonly string[])[];
}

/** What one connection can do with one entity: its manifest and mapping, as far as deciding needs them. */
export interface SideAbilities {
  readonly canCreate: boolean;
  readonly canUpdate: boolean;
  readonly canArchive: boolean;
  /** Whether an archived record can be brought back. */
  readonly canUnarchive: boolean;
  /** Fields the mapping reads and writes on this side. */
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  /** Fields written on a create only. */
  readonly writesOnCreate: ReadonlySet<string>;
  readonly transitions: readonly { readonly from: string; readonly to: string; readonly via: string }[];
  readonly initialStatus: string | null;
  readonly stampGranularityMs: number;
}

/** Whether a date lies in closed books. A record without a date does not. Pure, total. */
export function isInClosedBooks({ through }: ClosedBooks, date: Value | undefined): boolean {
  return typeof date === "string" && date !== "" && date.slice(0, through.length) <= through;
}

/**
 * The policy of one field in the present state of its document: in closed books their own side alone may
 * write, and receives nothing; else an ownership rule that holds narrows the writers and moves the master.
 * The first rule that matches decides. Pure, total.
 */
export function policyInState(policy: EntityPolicy, field: FieldPolicy, shown: Shown): FieldPolicy {
  if (isClosedNow(policy, shown)) return keptFromBooks(field, policy.closed.at);
  const rule = ruleInState(policy, field, shown);
  if (rule === undefined) return field;
  if (rule.writer === null) return { ...field, writers: [], targets: [] };
  return { ...field, master: rule.writer, writers: [rule.writer] };
}

/** The connection whose present state closes the field for everybody, or null. Pure, total. */
export function closedBy(policy: EntityPolicy, field: FieldPolicy, shown: Shown): ConnectionId | null {
  if (isClosedNow(policy, shown)) {
    const { at } = policy.closed;
    return field.writers.length > 0 && keptFromBooks(field, at).writers.length === 0 ? at : null;
  }
  const rule = ruleInState(policy, field, shown);
  return rule?.writer === null ? rule.at : null;
}

/** Whether the books' side holds the record in closed books. */
function isClosedNow(
  policy: EntityPolicy,
  shown: Shown,
): policy is EntityPolicy & { readonly closed: ClosedBooks } {
  const { closed } = policy;
  return closed !== undefined && isInClosedBooks(closed, shown(closed.at, closed.field));
}

function keptFromBooks(field: FieldPolicy, at: ConnectionId): FieldPolicy {
  const writers = field.writers.filter((writer) => writer === at);
  const targets = writers.length === 0 ? [] : field.targets.filter((target) => target !== at);
  return { ...field, master: writers.length === 0 ? field.master : at, writers, targets };
}

/** The rule of ownership that holds for a field in the present state, the first that fits. Pure, total. */
export function ruleInState(
  policy: EntityPolicy,
  { field }: Pick<FieldPolicy, "field">,
  shown: Shown,
): OwnershipRule | undefined {
  return policy.ownership.find((rule) => {
    if (rule.fields !== "*" && !rule.fields.includes(field)) return false;
    const status = shown(rule.at, policy.statusField ?? "");
    return rule.statuses.some((name) => name === status);
  });
}
