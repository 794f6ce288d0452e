import type { ConflictReason, Discard } from "./conflict.ts";
import { imageOf } from "./diff.ts";
import { mergeField } from "./merge.ts";
import type { FieldDecision, MergeContext, SideValue } from "./merge.ts";
import type { FieldPolicy } from "./policy.ts";
import type { ConnectionId } from "./record.ts";
import { isAlikeIn, isLines } from "./value.ts";
import type { FieldKind, FieldKinds, Fields, Line, Value } from "./value.ts";

/**
 * Merge of a keyed collection, line by line and part by part, each side against its own base. Lines are the
 * same when their keys are, never because they stand at the same place. A line that only the target has, and
 * that the other sides never had, is left alone (a freight line the system added by itself). When nothing was
 * agreed yet, the collection merges as one value by the first-link rule; a person decides it as one value
 * too, and a field that is no collection merges as one. A discard names the part as `lines[key].part`; the
 * value of a line that was taken away is that one line.
 */
export function mergeLines(
  policy: FieldPolicy,
  sides: readonly SideValue[],
  context: MergeContext,
): FieldDecision {
  const seen = sides.filter((side) => side.view !== undefined);
  const isPlain = seen.some((side) => side.base === undefined || !isLines(side.view));
  if (isPlain || context.resolution !== undefined || policy.kind.kind !== "collection") {
    return mergeField(policy, sides, context);
  }
  // Under `review` a difference to be settled is a write or a conflict; the lines then say what becomes of
  // it.
  const whole = mergeField({ ...policy, policy: "review" }, sides, context);
  if (whole.kind !== "conflict" && whole.kind !== "write") return whole;
  const merged = new LineMerge(policy, seen, context).decide(policy.kind.parts);
  return whole.kind === "write" && merged.kind === "write" ? { ...merged, reason: whole.reason } : merged;
}

/** The lines of one side by key, with those of its base. */
interface SideLines {
  readonly side: SideValue;
  readonly view: ReadonlyMap<string, Line>;
  readonly base: ReadonlyMap<string, Line>;
}

/** Where one line stands. */
interface LineSides {
  readonly key: string;
  /** Sides that show it. */
  readonly present: readonly SideLines[];
  /** Sides that showed it when they agreed, and do no more. */
  readonly removed: readonly SideLines[];
  /** Sides whose base has it. */
  readonly known: readonly SideLines[];
}

function byKey(value: Value | undefined): ReadonlyMap<string, Line> {
  return new Map(isLines(value) ? value.map((line) => [line.key, line]) : []);
}

/** One merge of one collection; lives for the length of a call. */
class LineMerge {
  readonly #policy: FieldPolicy;
  readonly #context: MergeContext;
  readonly #sides: readonly SideLines[];
  /**
   * Lines as each side should end up, by connection; only of sides in `#winners` do they differ from the
   * view.
   */
  readonly #results: ReadonlyMap<ConnectionId, Map<string, Line>>;
  readonly #winners: Map<ConnectionId, ConnectionId> = new Map();
  readonly #discards: Discard[] = [];
  #conflict: FieldDecision | undefined;

  constructor(policy: FieldPolicy, seen: readonly SideValue[], context: MergeContext) {
    this.#policy = policy;
    this.#context = context;
    const sorted = seen.toSorted((a, b) => (a.connection < b.connection ? -1 : 1));
    this.#sides = sorted.map((side) => ({
      side,
      view: byKey(side.view),
      base: byKey(imageOf(side.view, side.base)),
    }));
    this.#results = new Map(this.#sides.map(({ side, view }) => [side.connection, new Map(view)]));
  }

  decide(parts: FieldKinds): FieldDecision {
    const keys = new Set(this.#sides.flatMap(({ view, base }) => [...view.keys(), ...base.keys()]));
    for (const key of [...keys].toSorted()) this.#decideLine(key, parts);
    if (this.#conflict !== undefined) return this.#conflict;
    const targets = [...this.#winners.keys()];
    if (targets.length === 0) return { kind: "converged" };
    const values = targets.map((target) => [target, [...(this.#results.get(target)?.values() ?? [])]]);
    return {
      kind: "write",
      values: Object.fromEntries(values) as { readonly [target: string]: Value },
      winners: Object.fromEntries(this.#winners),
      reason: "lines_merged",
      discards: this.#discards,
    };
  }

  #decideLine(key: string, parts: FieldKinds): void {
    const present = this.#sides.filter(({ view }) => view.has(key));
    const known = this.#sides.filter(({ base }) => base.has(key));
    const line: LineSides = { key, present, known, removed: known.filter(({ view }) => !view.has(key)) };
    const keeper = line.removed.length > 0 ? this.#afterRemoval(line) : this.#afterAddition(line);
    if (keeper === "gone") return;
    for (const part of Object.keys(parts).toSorted())
      this.#decidePart(line, { part, kind: parts[part] as FieldKind });
    if (keeper === undefined) return;
    const winner = keeper.side.connection;
    const lacking = line.removed.length > 0 ? line.removed : this.#sides.filter(({ view }) => !view.has(key));
    const result = this.#results.get(winner)?.get(key);
    for (const { side } of lacking) this.#set(side.connection, { key, line: result, winner });
  }

  /**
   * What becomes of a line that some side removed: "gone" where it still is, or back where it was removed, as
   * its keeper has it, or left as it is when the contract lets foreign edits stand.
   */
  #afterRemoval(line: LineSides): SideLines | "gone" | undefined {
    const remover = this.#leading(line.removed.filter(({ side }) => this.#mayWrite(side)));
    const edited = line.present.filter(({ view, base }) =>
      isLineChanged(view.get(line.key), base.get(line.key)),
    );
    const editor = this.#leading(edited.filter(({ side }) => this.#mayWrite(side)));
    if (remover === undefined) {
      const owner = editor ?? this.#leading(line.present.filter(({ side }) => this.#mayWrite(side)));
      return editor === undefined && this.#policy.onForeignEdit === "keep" ? undefined : owner;
    }
    if (editor !== undefined) {
      if (this.#policy.policy === "master" && this.#isMaster(editor)) return editor;
      if (this.#policy.policy !== "master" || !this.#isMaster(remover)) {
        this.#fail("removed_and_changed");
        return "gone";
      }
    }
    for (const place of line.present)
      this.#remove(place, { key: line.key, by: remover, isLoss: edited.includes(place) });
    return "gone";
  }

  /** A line that no base has: it is added everywhere, or taken away again where it may not be added. */
  #afterAddition(line: LineSides): SideLines | "gone" | undefined {
    if (line.known.length > 0) return undefined;
    const adder = this.#leading(line.present.filter(({ side }) => this.#mayWrite(side)));
    if (adder !== undefined || this.#policy.onForeignEdit === "keep") return adder;
    const owner = this.#leading(this.#sides.filter(({ side }) => this.#mayWrite(side)));
    if (owner === undefined) return undefined;
    for (const place of line.present) this.#remove(place, { key: line.key, by: owner, isLoss: true });
    return "gone";
  }

  #remove(place: SideLines, removal: { key: string; by: SideLines; isLoss: boolean }): void {
    const { connection, actor } = place.side;
    const winner = removal.by.side.connection;
    const line = place.view.get(removal.key);
    if (
      !this.#set(connection, { key: removal.key, line: undefined, winner }) ||
      !removal.isLoss ||
      line === undefined
    )
      return;
    const reason = this.#mayWrite(place.side) ? "master_wins" : "not_a_writer";
    this.#discards.push({ field: this.#policy.field, connection, value: [line], actor, reason, winner });
  }

  #decidePart({ key, present }: LineSides, { part, kind }: { part: string; kind: FieldKind }): void {
    const policy: FieldPolicy = { ...this.#policy, field: `${this.#policy.field}[${key}].${part}`, kind };
    const sides = present.map(({ side, view, base }): SideValue => {
      const image = base.get(key)?.fields[part];
      return { ...side, view: view.get(key)?.fields[part], base: image === undefined ? undefined : [image] };
    });
    const decision = mergeField(policy, sides, this.#context);
    if (decision.kind === "conflict") this.#fail(decision.reason);
    if (decision.kind === "failed") this.#conflict ??= decision;
    if (decision.kind !== "write") return;
    for (const connection of Object.keys(decision.values) as ConnectionId[]) {
      const fields: Fields = {
        ...this.#results.get(connection)?.get(key)?.fields,
        [part]: decision.values[connection] as Value,
      };
      this.#set(connection, {
        key,
        line: { key, fields },
        winner: decision.winners[connection] as ConnectionId,
      });
    }
    this.#discards.push(...decision.discards);
  }

  /** Changes one line of a side that may receive it; false when it may not. */
  #set(
    connection: ConnectionId,
    change: { readonly key: string; readonly line: Line | undefined; readonly winner: ConnectionId },
  ): boolean {
    const result = this.#results.get(connection);
    if (result === undefined || !this.#policy.targets.includes(connection)) return false;
    if (change.line === undefined) result.delete(change.key);
    else result.set(change.key, change.line);
    this.#winners.set(connection, change.winner);
    return true;
  }

  #mayWrite(side: SideValue): boolean {
    return this.#policy.writers.includes(side.connection);
  }

  #isMaster({ side }: SideLines): boolean {
    return side.connection === this.#policy.master;
  }

  #leading(places: readonly SideLines[]): SideLines | undefined {
    return places.find((place) => this.#isMaster(place)) ?? places[0];
  }

  #fail(reason: ConflictReason): void {
    const values = Object.fromEntries(this.#sides.map(({ side }) => [side.connection, side.view]));
    this.#conflict ??= { kind: "conflict", reason, values };
  }
}

function isLineChanged(view: Line | undefined, base: Line | undefined): boolean {
  return view !== undefined && (base === undefined || !isAlikeIn(base.fields, view.fields));
}
