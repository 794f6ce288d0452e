import { isMap } from "@crossfoot/kernel";
import type {
  ConnectionId,
  EntityName,
  ExternalId,
  Fields,
  Json,
  JsonMap,
  LinkId,
  PlannedKind,
} from "@crossfoot/kernel";

/** Kinds of a stored write: those that a decision plans, and those that it never does. */
export type IntentKind = PlannedKind | "delete" | "merge" | "unmerge" | "note";

/** What a write of an undo is. */
export interface UndoOf {
  readonly by: string;
  /**
   * Fields in which it leaves a difference that is to be explained as undone, `*` for the record. An undo of
   * an undo leaves none: it brings back what the sides had agreed on.
   */
  readonly marked: readonly string[];
  /** What it makes of the link: its record is taken back, or is there again. */
  readonly link: "ended" | "live" | null;
}

/** Why a field shows what it showed before: somebody undid a write. */
export interface UndoneMark {
  readonly plan: string;
  readonly by: string;
  /** ISO instant. */
  readonly at: string;
}

/** What a write carries on, and what else is kept beside it: one map for each cause. Pure. */
export function causesIn({ causes }: { readonly causes: Json }): readonly JsonMap[] {
  const list: readonly Json[] = Array.isArray(causes) ? causes : [];
  return list.filter(isMap);
}

/**
 * Whether a write puts one record right on a person's word, or takes that back: the base of what it changes
 * stays, so that the other systems get it as they get an edit. Pure.
 */
export const isRepair = (write: { readonly causes: Json }): boolean =>
  causesIn(write).some((cause) => cause["isRepair"] === true);

/**
 * Whether a write makes a record that its link has no place for: it is read as any new one is, and gets a
 * link of its own (docs/decisions/0050-a-part-that-is-accepted-splits-the-quote.md). Pure.
 */
export const isBeside = (write: { readonly causes: Json }): boolean =>
  causesIn(write).some((cause) => cause["isBeside"] === true);

/** Whether a write is to be sent, is on its way, or may have arrived: its end is not known. Pure. */
export function isOpenIntent({ state }: { readonly state: string }): boolean {
  return state === "stored" || state === "sending" || state === "in_doubt";
}

/** A write that settled, as the journal tells it. */
export interface MadeWrite {
  readonly shard: number;
  readonly seq: number;
  readonly at: string;
  /** The run in which it settled, and the one that had decided it. */
  readonly runId: string | null;
  readonly decidedIn: string | null;
  /** The plan that asked for it. */
  readonly plan: string | null;
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly target: ConnectionId;
  readonly kind: IntentKind;
  readonly id: ExternalId | null;
  readonly key: string;
  readonly transition: { readonly from: string; readonly to: string; readonly via: string } | null;
  /** Native images of the target's fields before, and as read back; null when they were not read. */
  readonly before: { readonly [field: string]: JsonMap };
  readonly after: { readonly [field: string]: JsonMap } | null;
  /** What was sent, when it was not read back; of a record that was made, those fields that were not. */
  readonly sent: Fields | null;
  readonly undo: UndoOf | null;
  /** See {@link isRepair}. */
  readonly isRepair: boolean;
}

/** Which writes are asked for. */
type MadeBy =
  | { readonly by: "run"; readonly run: string }
  /** Those of a plan, and all that the runs wrote that applied it. */
  | { readonly by: "plan"; readonly plan: string }
  | { readonly by: "write"; readonly key: string }
  /** All of some links, since an instant (ISO) or ever. */
  | { readonly by: "links"; readonly links: readonly LinkId[]; readonly since: string | null };

/** A page of writes. */
export type MadeQuery = MadeBy & {
  readonly limit: number;
  /** Place of the last write of the page before. */
  readonly after: { readonly shard: number; readonly seq: number } | null;
};
