import { valueAt, type Json, type RecordId, type TwinRecord } from "./json.ts";
import { Shelf, type Orders } from "./shelf.ts";

/** What a commit did to its record. */
export type CommitKind = "create" | "write" | "delete" | "archive" | "unarchive" | "merge" | "unmerge";

/** One entry of a system's truth: the order in which it changed. Times are ms of the system's clock. */
export interface Commit {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly committedAt: number;
  /** Later than `committedAt` for a late commit: until then readers see `before`. */
  readonly visibleAt: number;
  /** The instant that the record's change stamp tells; for a silent write that of the last stamped one. */
  readonly stampedAt: number;
  /** Login of the user who made it. */
  readonly actor: string;
  readonly object: string;
  readonly id: RecordId;
  readonly kind: CommitKind;
  readonly before: TwinRecord | null;
  readonly after: TwinRecord | null;
  /** The survivor of a merge. */
  readonly into?: RecordId;
}

/** A record that is gone. `mergedInto` names the survivor when it lost a merge. */
export interface Deletion {
  readonly object: string;
  readonly id: RecordId;
  readonly deletedAt: number;
  readonly visibleAt: number;
  readonly deletedBy: string;
  readonly mergedInto: RecordId | null;
}

/** A commit that readers do not see yet: until then they see `before`. */
interface Mask {
  /** The commit that is hidden. */
  readonly seq: number;
  readonly object: string;
  readonly id: RecordId;
  readonly visibleAt: number;
  readonly before: TwinRecord | null;
}

/** Everything a system holds, plain JSON. Maps are by object, then by id as text. */
export interface LedgerState {
  records: Record<string, Record<string, TwinRecord>>;
  sequences: Record<string, number>;
  deleted: Deletion[];
  /** `object/id` of a loser of a merge to its survivor. */
  merged: Record<string, RecordId>;
  /** `object/id` to the instant (ms) until which somebody holds the row. */
  locks: Record<string, number>;
  masks: Mask[];
  /** Ids that a system with id reuse gives out again. */
  freeIds: Record<string, number[]>;
  /** Settings that people change while the system runs. */
  settings: Record<string, string>;
}

/** How commits inside a block are made, see `late` and `silently`. */
export interface CommitMode {
  readonly lateMs: number;
  readonly silent: boolean;
}

/** Records of an object whose value at a dotted path is one of some scalars. */
export interface Wanted {
  readonly object: string;
  readonly path: string;
  readonly values: readonly Json[];
}

/** What a writer hands in; the ledger adds order, times and the image before. */
export interface CommitDraft {
  readonly object: string;
  readonly id: RecordId;
  readonly kind: CommitKind;
  readonly after: TwinRecord | null;
  readonly actor: string;
  /** Null: the instant of the commit. */
  readonly stampedAt: number | null;
  readonly into?: RecordId;
}

/** A ledger without records. */
function emptyState(objects: readonly string[]): LedgerState {
  return {
    records: Object.fromEntries(objects.map((name) => [name, {}])),
    sequences: {},
    deleted: [],
    merged: {},
    locks: {},
    masks: [],
    freeIds: {},
    settings: {},
  };
}

/** A system's records with their commit log. All calls are synchronous. */
export class Ledger {
  readonly state: LedgerState;
  readonly commits: Commit[] = [];
  readonly #clock: () => number;
  readonly #orders: Orders;
  readonly #shelf: Shelf;
  readonly #listeners: ((commit: Commit) => void)[] = [];
  #mode: CommitMode = { lateMs: 0, silent: false };
  #undo: (() => void)[] | null = null;
  /** Commits up to this one were made by other transactions than the one that runs. */
  #foreignUpTo = Number.POSITIVE_INFINITY;

  constructor(objects: readonly string[], clock: () => number, orders: Orders) {
    this.state = emptyState(objects);
    this.#clock = clock;
    this.#orders = orders;
    this.#shelf = new Shelf(() => this.state.records, orders);
  }

  get mode(): CommitMode {
    return this.#mode;
  }

  /** The record as it is, late commits included. */
  get(object: string, id: RecordId): TwinRecord | undefined {
    return this.#shelf.get(object, id);
  }

  /** The record as a reader sees it now. */
  seen(object: string, id: RecordId): TwinRecord | undefined {
    if (this.state.masks.length === 0) return this.get(object, id);
    const hidden = this.#hidden(object, 0);
    return hidden.has(id) ? (hidden.get(id) ?? undefined) : this.get(object, id);
  }

  /** All records by id, late commits included. */
  all(object: string): readonly TwinRecord[] {
    return this.#shelf.sorted(object, "id");
  }

  /** The records whose value at the path is one of the scalars, late commits included; by id. */
  where(object: string, path: string, values: readonly Json[]): readonly TwinRecord[] {
    return [...this.#shelf.idsWhere(object, path, values)]
      .map((id) => this.get(object, id))
      .filter((record) => record !== undefined)
      .toSorted(this.#orders.byId);
  }

  /** Records as a list shows them now; `lagMs` hides younger commits. */
  list(object: string, order: "id" | "stamp", lagMs: number): readonly TwinRecord[] {
    const present = this.#shelf.sorted(object, order);
    const hidden = this.#hidden(object, lagMs);
    if (hidden.size === 0) return present;
    const shown = present.filter((record) => !hidden.has(record.id));
    const earlier = [...hidden.values()].filter((record) => record !== null);
    return shown.concat(earlier).toSorted(order === "id" ? this.#orders.byId : this.#orders.byStamp);
  }

  /** Records as a search shows them now where the value at the path is one of the scalars; by id. */
  find(wanted: Wanted, lagMs: number): readonly TwinRecord[] {
    const { object, path, values } = wanted;
    const hidden = this.#hidden(object, lagMs);
    const ids = new Set([...hidden.keys(), ...this.#shelf.idsWhere(object, path, values)]);
    return [...ids]
      .map((id) => (hidden.has(id) ? (hidden.get(id) ?? undefined) : this.get(object, id)))
      .filter((record) => record !== undefined)
      .filter((record) => values.includes(valueAt(record, path) ?? null))
      .toSorted(this.#orders.byId);
  }

  #hidden(object: string, lagMs: number): Map<RecordId, TwinRecord | null> {
    const hidden = new Map<RecordId, TwinRecord | null>();
    if (this.state.masks.length === 0 && lagMs <= 0) return hidden;
    const now = this.#clock();
    for (const mask of this.state.masks) {
      if (mask.object === object && mask.visibleAt > now && !hidden.has(mask.id))
        hidden.set(mask.id, mask.before);
    }
    for (let at = this.commits.length - 1; lagMs > 0 && at >= 0; at -= 1) {
      const commit = this.commits[at] as Commit;
      if (commit.committedAt <= now - lagMs) break;
      if (commit.object === object) hidden.set(commit.id, commit.before);
    }
    return hidden;
  }

  /** Stores a record (or its absence) and writes the log. */
  commit(draft: CommitDraft): void {
    const now = this.#clock();
    const before = this.get(draft.object, draft.id) ?? null;
    const visibleAt = now + this.#mode.lateMs;
    const seq = this.commits.length + 1;
    const entry: Commit = {
      ...draft,
      seq,
      committedAt: now,
      visibleAt,
      stampedAt: draft.stampedAt ?? now,
      before,
    };
    this.state.masks = this.state.masks.filter((mask) => mask.visibleAt > now);
    this.#shelf.put(draft.object, draft.id, draft.after);
    this.commits.push(entry);
    if (visibleAt > now) {
      this.state.masks.push({ seq: entry.seq, object: draft.object, id: draft.id, visibleAt, before });
    }
    this.#undo?.push(() => {
      this.#shelf.put(draft.object, draft.id, before);
      this.commits.pop();
      if (visibleAt > now) this.state.masks.pop();
    });
    this.#noteAbsence(entry);
    if (this.#undo === null) this.#tell([entry]);
  }

  #noteAbsence(commit: Commit): void {
    const key = `${commit.object}/${commit.id}`;
    if (commit.kind === "unmerge") {
      const { deleted, merged } = this.state;
      this.state.deleted = deleted.filter((gone) => gone.object !== commit.object || gone.id !== commit.id);
      const { [key]: into, ...others } = merged;
      this.state.merged = others;
      this.#undo?.push(() => {
        this.state.deleted = deleted;
        this.state.merged = into === undefined ? others : merged;
      });
    }
    if (commit.after !== null) return;
    const mergedInto = commit.into ?? null;
    const { object, id, committedAt: deletedAt, visibleAt, actor: deletedBy } = commit;
    this.state.deleted.push({ object, id, deletedAt, visibleAt, deletedBy, mergedInto });
    if (mergedInto !== null) this.state.merged[key] = mergedInto;
    this.#undo?.push(() => {
      this.state.deleted.pop();
      delete this.state.merged[key];
    });
  }

  #tell(made: readonly Commit[]): void {
    for (const commit of made) for (const listener of this.#listeners) listener(commit);
  }

  /** Runs `act`; when it throws, what it committed is undone. Listeners hear of commits at the end. */
  transaction<T>(act: () => T): T {
    if (this.#undo !== null) return act();
    const from = this.commits.length;
    const steps: (() => void)[] = [];
    this.#undo = steps;
    this.#foreignUpTo = from;
    try {
      const result = act();
      this.#undo = null;
      this.#tell(this.commits.slice(from));
      return result;
    } catch (failure) {
      this.#undo = null;
      for (const step of steps.toReversed()) step();
      throw failure;
    } finally {
      this.#foreignUpTo = Number.POSITIVE_INFINITY;
    }
  }

  /** Runs `act` with its commits made late or silent. */
  during<T>(mode: Partial<CommitMode>, act: () => T): T {
    const outer = this.#mode;
    this.#mode = { ...outer, ...mode };
    try {
      return act();
    } finally {
      this.#mode = outer;
    }
  }

  /** The next number of a named sequence. A rolled back transaction burns it, as real ones do. */
  nextNumber(name: string, first: number): number {
    const number = this.state.sequences[name] ?? first;
    this.state.sequences[name] = number + 1;
    return number;
  }

  lock(object: string, id: RecordId, untilMs: number): void {
    this.state.locks[`${object}/${id}`] = untilMs;
  }

  /** True while somebody holds the row: a lock, or a late commit that is still open. */
  isLocked(object: string, id: RecordId): boolean {
    const now = this.#clock();
    if ((this.state.locks[`${object}/${id}`] ?? 0) > now) return true;
    return this.state.masks.some(
      (mask) =>
        mask.object === object && mask.id === id && mask.visibleAt > now && mask.seq <= this.#foreignUpTo,
    );
  }

  onCommit(listener: (commit: Commit) => void): void {
    this.#listeners.push(listener);
  }

  /** Replaces records and log as a whole; nobody is told. */
  restore(state: LedgerState, commits: readonly Commit[]): void {
    Object.assign(this.state, structuredClone(state));
    this.commits.length = 0;
    for (const commit of structuredClone(commits)) this.commits.push(commit);
    this.#shelf.reset();
  }
}
