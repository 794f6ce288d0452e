import type { Discard } from "../conflict.ts";
import type { Plan } from "../plan.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Line, Value } from "../value.ts";
import { agree, hasNothing, same, showsNothingElse } from "./sameness.ts";
import type { Station } from "./station.ts";

/**
 * Watches a world and writes down what must never be. It knows the systems' true values, their edits and the
 * contract; of the kernel it takes the types alone.
 */
export class Judge {
  readonly #policy: FieldPolicy;
  readonly #stations: readonly Station[];
  readonly #violations = new Set<string>();
  /**
   * Edits by persons so far: each may cause at most one write per other system, and one that puts a value
   * back.
   */
  #edits = 0;
  #landed = 0;
  #isTouched = false;
  /** Stations whose difference the contract lets stand. */
  readonly #kept = new Set<string>();
  /** Lines that one system added by itself before all began: they have no counterpart. */
  readonly #ownKeys: ReadonlySet<string>;

  constructor(policy: FieldPolicy, stations: readonly Station[]) {
    this.#policy = policy;
    this.#stations = stations;
    const keys = stations.flatMap(({ base }) =>
      Array.isArray(base?.[0]) ? base[0].map((line: Line) => line.key) : [],
    );
    this.#ownKeys = new Set(keys.filter((key) => keys.indexOf(key) === keys.lastIndexOf(key)));
    const fresh = stations.filter(({ base }) => base === undefined).length;
    const changed = stations.filter(({ truth, base }) => base !== undefined && !same(truth, base[0])).length;
    this.#edits = changed + (fresh === 0 ? 0 : Math.max(1, fresh - 1));
  }

  /** What went wrong, in words; empty when nothing did. */
  get violations(): readonly string[] {
    return [...this.#violations];
  }

  get landed(): number {
    return this.#landed;
  }

  #fail(rule: string): void {
    this.#violations.add(rule);
  }

  /** A person edited the station, or decided a conflict. */
  noteEdit(station?: Station): void {
    this.#edits += 1;
    this.#isTouched = true;
    if (station !== undefined) this.#kept.delete(station.connection);
  }

  checkPlan(plan: Plan, resolution: Value | undefined): void {
    const { field, targets, kind } = this.#policy;
    for (const write of plan.writes) {
      const value = write.fields[field];
      const target = this.#seen(write.target);
      if (write.kind !== "update" || Object.keys(write.fields).length !== 1)
        this.#fail("a write that is no update of the field");
      if (value === undefined) this.#fail("an absent value was written");
      if (target === undefined) this.#fail("a value was written over one that was never seen");
      if (!targets.includes(write.target)) this.#fail("a side that receives nothing was written to");
      if (showsNothingElse(target, value)) this.#fail("a write of what the target shows already");
      if (write.causes.length === 0) this.#fail("a write without a cause");
      for (const { connection } of write.causes) {
        const cause = this.#stations.find((station) => station.connection === connection);
        const isNews = !(cause?.base?.some((image) => same(image, cause.seen.value)) ?? false);
        if (!isNews) this.#fail("a write whose cause is no news (I07)");
        const others = this.#stations
          .filter((station) => station.connection !== write.target)
          .map(({ seen }) => seen.value);
        const isHeld =
          connection === "person" ? same(value, resolution) : others.some((other) => same(value, other));
        if (kind.kind !== "collection" && !isHeld) this.#fail("a written value that nobody holds");
      }
    }
    for (const lost of plan.discards) {
      if (!plan.writes.some(({ target }) => target === lost.connection))
        this.#fail("a discard without a write");
      const write = plan.writes.find(({ target }) => target === lost.connection);
      if (kind.kind !== "collection" && agree(lost.value, write?.fields[field]))
        this.#fail("a discard of what stands");
      if (kind.kind !== "collection" && !same(lost.value, this.#seen(lost.connection)))
        this.#fail("a discard of another value");
    }
    for (const open of plan.conflicts) {
      for (const { connection, seen } of this.#stations) {
        if (!same(open.values[connection], seen.value)) this.#fail("a conflict that hides a value");
      }
    }
    const shown = this.#stations.map(({ seen }) => seen.value).filter((value) => value !== undefined);
    const isOne = shown.every((one) => shown.every((other) => agree(one, other)));
    if (plan.conflicts.length > 0 && isOne) this.#fail("a conflict over values that agree");
    if (plan.conflicts.length > 0 && plan.writes.length > 0) this.#fail("a field in conflict was written");
  }

  /**
   * INVARIANTS.md I02: what is overwritten was agreed before, or is named by a discard that was stored first.
   */
  checkLanding(plan: Plan, landing: { station: Station; next: Value }): void {
    this.#landed += 1;
    this.#isTouched = true;
    const { station, next } = landing;
    if (this.#policy.kind.kind !== "collection") this.#kept.delete(station.connection);
    const before = station.truth;
    if (same(before, next)) return;
    const images = station.base ?? [];
    if (images.some((image) => showsNothingElse(before, image))) return;
    const lost = plan.discards.filter(({ connection }) => connection === station.connection);
    if (lost.some(({ value }) => same(value, before))) return;
    const isPerson = plan.writes.some(({ causes }) =>
      causes.some(({ connection }) => connection === "person"),
    );
    if (hasNothing(before) && (images.length === 0 || isPerson)) return;
    if (Array.isArray(before) && images.length === 1)
      this.#checkLines({ before, next, base: images[0], lost });
    else this.#fail("a value was overwritten silently");
  }

  #checkLines(change: {
    before: readonly Line[];
    next: Value;
    base: Value | undefined;
    lost: readonly Discard[];
  }): void {
    const { field } = this.#policy;
    const lineOf = (value: Value | undefined, key: string): Line | undefined =>
      (value as readonly Line[]).find((line) => line.key === key);
    for (const line of change.before) {
      const base = lineOf(change.base, line.key);
      const next = lineOf(change.next, line.key);
      if (next === undefined) {
        const isNamed = change.lost.some(({ value }) => same(value, [line]));
        if (!same(line, base) && !isNamed) this.#fail("a line was taken away silently");
        continue;
      }
      for (const [part, value] of Object.entries(line.fields)) {
        if (same(value, next.fields[part]) || same(value, base?.fields[part])) continue;
        const isNamed = change.lost.some(
          (one) => one.field === `${field}[${line.key}].${part}` && same(one.value, value),
        );
        if (!isNamed && !(base === undefined && hasNothing(value)))
          this.#fail("a part of a line was overwritten silently");
      }
    }
  }

  /**
   * A base moves without a write when all show the same, or when the contract leaves a difference standing.
   */
  checkMove(connection: string, fields: readonly string[], image: Value | undefined): void {
    const { field, kind, writers, targets, onForeignEdit } = this.#policy;
    if (!same(fields, [field])) this.#fail("a base move of another field");
    if (image === undefined) this.#fail("a base moved to an absent value");
    // Lines differ in what only one system has; whether they agree is seen at the end.
    if (kind.kind === "collection") return;
    const shown = this.#stations.filter(({ seen }) => seen.value !== undefined);
    const open = shown.filter(
      (station) => station.connection === connection || !this.#kept.has(station.connection),
    );
    const settled = open.filter(
      ({ seen, base }) => base?.some((image) => showsNothingElse(seen.value, image)) ?? false,
    );
    const stands = (one: Station) =>
      settled.some((other) => other === one || agree(one.seen.value, other.seen.value));
    const isOne = (one: Station, other: Station) =>
      agree(one.seen.value, other.seen.value) || (stands(one) && stands(other));
    if (open.every((one) => open.every((other) => isOne(one, other)))) return;
    const areBlank = shown.every(({ seen }) => hasNothing(seen.value));
    const isForeign = !writers.some((writer) => writer === connection) && onForeignEdit === "keep";
    const isUnreachable = shown.some((station) => !targets.includes(station.connection));
    if (!areBlank && !isForeign && !isUnreachable)
      this.#fail("a difference was accepted that the contract does not accept");
    this.#kept.add(connection);
  }

  /** The truth of a station without the lines that it had alone when all began. */
  #shared({ truth }: Station): Value {
    return Array.isArray(truth)
      ? truth.filter((line: Line) => !this.#ownKeys.has(line.key))
      : (truth as Value);
  }

  /**
   * After the last edit: agreed, which is that each holds what the other would make of it, or an open entry
   * that says why not; and no more writes than the edits ask for.
   */
  checkEnd(last: Plan, roundsMax: number): void {
    if (last.writes.length + last.baseMoves.length + last.discards.length > 0)
      this.#fail(`no rest after ${roundsMax} rounds`);
    if (this.#landed > this.#edits * this.#stations.length) this.#fail("more writes than the edits ask for");
    if (last.conflicts.length > 0) return;
    const isStart =
      !this.#isTouched &&
      this.#stations.every(
        ({ truth, base }) => base?.some((image) => showsNothingElse(truth, image)) ?? false,
      );
    if (isStart) return;
    const { kind, onForeignEdit, writers } = this.#policy;
    const mayDiffer =
      onForeignEdit === "keep" && this.#stations.some((each) => !writers.includes(each.connection));
    if (kind.kind === "collection" && mayDiffer) return;
    const shown = this.#stations.filter(
      ({ truth, connection }) => truth !== undefined && !this.#kept.has(connection),
    );
    if (!shown.some(({ connection }) => this.#policy.writers.includes(connection))) return;
    for (const one of shown) {
      for (const other of shown) {
        const forms = [one, other].map((station) => one.keep(other.keep(one.keep(this.#shared(station)))));
        if (!agree(forms[0], forms[1])) this.#fail("the systems disagree and nothing says so");
      }
    }
  }

  #seen(connection: string): Value | undefined {
    return this.#stations.find((station) => station.connection === connection)?.seen.value;
  }
}
