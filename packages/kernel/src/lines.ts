import type { ConflictReason, Discard } from "./conflict.ts";
import { mergeField } from "./merge.ts";
import type { FieldDecision, MergeContext, SideValue } from "./merge.ts";
import type { FieldPolicy } from "./policy.ts";
import type { ConnectionId } from "./record.ts";
import { isEqual, isLines } from "./value.ts";
import type { Fields, FieldKinds, Line, Value } from "./value.ts";

/**
 * Merge of a keyed collection, line by line and part by part, each side against its own base. Lines are the same when
 * their keys are, never because they stand at the same place. A line that only the target has, and that the other
 * sides never had, is left alone (a freight line the system added by itself).
 * When nothing was agreed yet, the collection merges as one value by the first-link rule.
 */
export function mergeLines(policy: FieldPolicy, sides: readonly SideValue[], context: MergeContext): FieldDecision {
  const seen = sides.filter((side) => side.view !== undefined);
  const isPlain = seen.some((side) => side.base === undefined || side.base.length !== 1 || !isLines(side.view));
  if (isPlain || context.resolution !== undefined || policy.kind.kind !== "collection") {
    return mergeField(policy, sides, context);
  }
  const whole = mergeField({ ...policy, policy: "review" }, sides, context);
  if (whole.kind !== "conflict" && whole.kind !== "write") return whole;
  const merging = new LineMerge(policy, seen, context);
  return merging.decide(policy.kind.parts);
}

/** The lines of one side by key, with those of its base. */
interface SideLines {
  readonly side: SideValue;
  readonly view: ReadonlyMap<string, Line>;
  readonly base: ReadonlyMap<string, Line>;
}

function byKey(value: Value | undefined): ReadonlyMap<string, Line> {
  return new Map(isLines(value) ? value.map((line) => [line.key, line]) : []);
}

/** One merge of one collection; lives for the length of a call. */
class LineMerge {
  readonly #policy: FieldPolicy;
  readonly #context: MergeContext;
  readonly #sides: readonly SideLines[];
  /** Lines as each side should end up, by connection. */
  readonly #results: ReadonlyMap<ConnectionId, Map<string, Line>>;
  readonly #discards: Discard[] = [];
  #winner: ConnectionId | "person";
  #conflict: FieldDecision | undefined;

  constructor(policy: FieldPolicy, seen: readonly SideValue[], context: MergeContext) {
    this.#policy = policy;
    this.#context = context;
    this.#sides = seen.map((side) => ({ side, view: byKey(side.view), base: byKey(side.base?.[0]) }));
    this.#results = new Map(this.#sides.map(({ side, view }) => [side.connection, new Map(view)]));
    this.#winner = policy.master;
  }

  decide(parts: FieldKinds): FieldDecision {
    const keys = new Set(this.#sides.flatMap(({ view, base }) => [...view.keys(), ...base.keys()]));
    for (const key of keys) this.#decideLine(key, parts);
    if (this.#conflict !== undefined) return this.#conflict;
    const values: Record<string, Value> = {};
    for (const { side } of this.#sides) {
      const result = [...(this.#results.get(side.connection)?.values() ?? [])];
      if (!isEqual(result, side.view)) values[side.connection] = result;
    }
    if (Object.keys(values).length === 0) return { kind: "converged" };
    return { kind: "write", values, winner: this.#winner, discards: this.#discards };
  }

  #decideLine(key: string, parts: FieldKinds): void {
    const present = this.#sides.filter(({ view }) => view.has(key));
    const known = this.#sides.filter(({ base }) => base.has(key));
    const removed = known.filter(({ view }) => !view.has(key));
    const added = present.filter(({ base }) => !base.has(key));
    if (removed.length > 0) return this.#decideRemoval(key, { present, removed });
    if (known.length === 0 && added.length > 0) return this.#decideAddition(key, added);
    // A line that the other sides never had, and nobody added now, belongs to one side alone: it has no counterpart.
    if (present.length < 2) return;
    for (const [part, kind] of Object.entries(parts)) this.#decidePart({ key, part, kind }, present);
  }

  #mayWrite(connection: ConnectionId): boolean {
    return this.#policy.writers.includes(connection);
  }

  #set(connection: ConnectionId, key: string, line: Line | undefined): void {
    if (!this.#policy.targets.includes(connection)) return;
    const result = this.#results.get(connection);
    if (line === undefined) result?.delete(key);
    else result?.set(key, line);
  }

  #decideRemoval(key: string, found: { present: readonly SideLines[]; removed: readonly SideLines[] }): void {
    const remover = found.removed.find(({ side }) => this.#mayWrite(side.connection));
    const edited = found.present.filter(({ view, base }) => !isEqual([view.get(key) as Line], [base.get(key) as Line]));
    const editor = edited.find(({ side }) => this.#mayWrite(side.connection));
    if (remover !== undefined && editor !== undefined && this.#policy.policy !== "master") {
      this.#fail("removed_and_changed");
      return;
    }
    const editorWins = editor !== undefined && editor.side.connection === this.#policy.master;
    if (remover === undefined || editorWins) {
      const keeper = editor ?? found.present[0];
      if (keeper === undefined) return;
      for (const { side } of found.removed) this.#set(side.connection, key, keeper.view.get(key));
      return;
    }
    for (const { side, view } of found.present) {
      this.#set(side.connection, key, undefined);
      if (edited.some((one) => one.side === side)) this.#lose(side, view.get(key) as Line, remover.side.connection);
    }
    this.#winner = remover.side.connection;
  }

  #decideAddition(key: string, added: readonly SideLines[]): void {
    const adder = added.find(({ side }) => this.#mayWrite(side.connection));
    if (adder === undefined) {
      // Added by a side that may not write: taken away again only when the contract restores foreign edits.
      if (this.#policy.onForeignEdit === "keep") return;
      for (const { side, view } of added) {
        this.#set(side.connection, key, undefined);
        this.#lose(side, view.get(key) as Line, this.#policy.master);
      }
      return;
    }
    for (const { side, view } of this.#sides) {
      if (!view.has(key)) this.#set(side.connection, key, adder.view.get(key));
    }
    this.#winner = adder.side.connection;
  }

  #decidePart(at: { key: string; part: string; kind: FieldPolicy["kind"] }, present: readonly SideLines[]): void {
    const policy: FieldPolicy = { ...this.#policy, field: `${this.#policy.field}.${at.part}`, kind: at.kind };
    const sides = present.map(({ side, view, base }): SideValue => {
      const image = base.get(at.key)?.fields[at.part];
      return { ...side, view: view.get(at.key)?.fields[at.part], base: image === undefined ? undefined : [image] };
    });
    const decision = mergeField(policy, sides, this.#context);
    if (decision.kind === "conflict") {
      this.#fail(decision.reason);
      return;
    }
    if (decision.kind !== "write") return;
    for (const [target, value] of Object.entries(decision.values)) this.#setPart(target as ConnectionId, at, value);
    this.#discards.push(...decision.discards);
    this.#winner = decision.winner;
  }

  #setPart(connection: ConnectionId, at: { key: string; part: string }, value: Value): void {
    const line = this.#results.get(connection)?.get(at.key);
    if (line === undefined) return;
    const fields: Fields = { ...line.fields, [at.part]: value };
    this.#set(connection, at.key, { key: at.key, fields });
  }

  #lose(side: SideValue, line: Line, winner: ConnectionId): void {
    const reason = this.#mayWrite(side.connection) ? "master_wins" : "not_a_writer";
    const { connection, actor } = side;
    this.#discards.push({ field: this.#policy.field, connection, value: [line], actor, reason, winner });
  }

  #fail(reason: ConflictReason): void {
    const values = Object.fromEntries(this.#sides.map(({ side }) => [side.connection, side.view]));
    this.#conflict = { kind: "conflict", reason, values };
  }
}

/** A line of one side, to be paired with the other side's. */
export interface LineToPair {
  readonly id: string;
  readonly fields: Fields;
  /** Our line key stored on the native row, when the system has a place for it. */
  readonly lineRef: string | null;
}

/**
 * Pairs lines of two sides that are not linked yet: first by our own reference stored on the row, then by equal
 * fingerprints (the parts named), equal ones in their order. What is not paired is left over on each side.
 */
export function pairLines(
  known: readonly { readonly key: string; readonly fields: Fields }[],
  rows: readonly LineToPair[],
  parts: readonly string[],
): { readonly pairs: ReadonlyMap<string, string>; readonly isAmbiguous: boolean } {
  const pairs = new Map<string, string>();
  const openKeys = new Set(known.map((line) => line.key));
  const open = new Map(rows.map((row) => [row.id, row]));
  for (const row of rows) {
    if (row.lineRef === null || !openKeys.has(row.lineRef)) continue;
    pairs.set(row.id, row.lineRef);
    openKeys.delete(row.lineRef);
    open.delete(row.id);
  }
  const sameAs = (a: Fields, b: Fields, names: readonly string[]) => names.every((part) => isEqual(a[part], b[part]));
  let isAmbiguous = false;
  // Fingerprints from the strictest to the loosest: a system that rounds prices still pairs by product and quantity.
  for (let length = parts.length; length > 0; length -= 1) {
    const names = parts.slice(0, length);
    for (const line of known) {
      if (!openKeys.has(line.key)) continue;
      const fits = [...open.values()].filter((row) => sameAs(row.fields, line.fields, names));
      const [row] = fits;
      if (row === undefined) continue;
      if (length < parts.length && fits.length > 1) isAmbiguous = true;
      pairs.set(row.id, line.key);
      openKeys.delete(line.key);
      open.delete(row.id);
    }
  }
  return { pairs, isAmbiguous };
}
