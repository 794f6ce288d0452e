import type { Json, JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { PartyClock } from "../party-clock.ts";
import type { Random } from "../random.ts";
import type { Timeline } from "../virtual-time.ts";
import type { Actor, Commit, Life, Standing } from "./commit.ts";
import { rewritten } from "./automation.ts";
import { decode, encode, isMap, rootOf } from "./dialect.ts";
import type { Resolve } from "./dialect.ts";
import { stored } from "./loss.ts";
import type { Names } from "./names.ts";
import { Office } from "./office.ts";
import type { Profile } from "./profile.ts";
import { kindOf, kinds, shapesOn } from "./vocabulary.ts";

/** A record with everything it ever was. */
export interface Row {
  readonly entity: EntityName;
  readonly id: string;
  readonly tag: string;
  /** The reference of ours that it carries, or null. */
  readonly reference: string | null;
  readonly commits: Commit[];
  /** When it was made, ms since 1970 by the system's clock. */
  readonly madeAt: number;
  /** It breaks the parser of its page, and every write to it is refused (fault D9). */
  isPoisoned: boolean;
  /** From when until when it was so, true time; null if never. */
  poisoned: { readonly from: number; readonly until: number } | null;
}

/** The native root in which both systems keep our reference. */
export const referenceRoot = "crossfoot_ref";

/** A commit that somebody wants made. */
export interface Change {
  readonly op: Commit["op"];
  readonly actor: Actor;
  readonly native?: JsonMap;
  readonly life?: Life;
  readonly into?: string | null;
  /** The stamp it carries when its transaction was opened earlier (fault R5), by the system's clock. */
  readonly openedAt?: number;
  /** Leaves stamp and version as they are (fault R6). */
  readonly isUnmarked?: boolean;
  readonly shownActor?: string;
}

/** What a model system works with. */
export interface SystemOptions {
  readonly profile: Profile;
  readonly timeline: Timeline;
  readonly clock: PartyClock;
  readonly random: Random;
  readonly names: Names;
  /** Told of each commit, at once. */
  readonly tell: (commit: Commit) => void;
  /** Told of each fault of the profile where it is felt. */
  readonly felt: (fault: string) => void;
}

/**
 * A business system in memory with people in it: tables, a commit log, stamps, versions and lags as its
 * profile says. It knows nothing of the engine; `connection.ts` is its API.
 */
export class ModelSystem {
  readonly profile: Profile;
  readonly log: Commit[] = [];
  readonly clock: PartyClock;
  readonly timeline: Timeline;
  readonly #tables = new Map<EntityName, Map<string, Row>>();
  readonly #byReference = new Map<string, Row>();
  /** Plain forms of native records, with how far the world was when they were made: they name records. */
  readonly #decoded = new WeakMap<
    JsonMap,
    { readonly entity: string; readonly plain: JsonMap; readonly commits: number; readonly unions: number }
  >();
  readonly #random: Random;
  readonly #tell: (commit: Commit) => void;
  readonly felt: (fault: string) => void;
  #freeIds: { readonly entity: EntityName; readonly id: string }[] = [];
  readonly #replaced: Row[] = [];
  readonly #office: Office;
  readonly names: Names;
  #hidden: { readonly what: "lists" | "everything"; readonly from: number; readonly until: number } = {
    what: "lists",
    from: 0,
    until: 0,
  };
  #ids = 0;
  #rowIds = 0;

  constructor(options: SystemOptions) {
    this.profile = options.profile;
    this.timeline = options.timeline;
    this.clock = options.clock;
    this.#random = options.random;
    this.#tell = options.tell;
    this.felt = options.felt;
    this.#office = new Office(options);
    this.names = options.names;
    for (const entity of Object.keys(kinds)) this.#tables.set(entity as EntityName, new Map());
  }

  get name(): "crm" | "erp" {
    return this.profile.role;
  }

  rows(entity: EntityName): readonly Row[] {
    return [...this.#table(entity).values()];
  }

  /** Every record there ever was, also those whose id was given to another one. */
  everyRow(entity: EntityName): readonly Row[] {
    return [...this.#replaced.filter((row) => row.entity === entity), ...this.rows(entity)];
  }

  row(entity: EntityName, id: string): Row | undefined {
    return this.#table(entity).get(id);
  }

  /** The oldest record of a tag that is still there, or undefined. */
  find(entity: EntityName, tag: string): Row | undefined {
    return this.rows(entity).find((row) => row.tag === tag && standing(row).life !== "deleted");
  }

  byReference(entity: EntityName, reference: string): Row | undefined {
    return this.#byReference.get(`${entity}\n${reference}`);
  }

  readonly idOf: Resolve = (entity, tag) => this.find(entity as EntityName, tag)?.id ?? null;
  readonly tagOf: Resolve = (entity, id) => {
    const row = this.row(entity as EntityName, id);
    return row === undefined ? null : this.names.of(entity, row.tag);
  };

  /** What ids meant when a commit was made. */
  #tagOfThen(seq: number): Resolve {
    return (entity, id) => {
      const rows = this.everyRow(entity as EntityName).filter((row) => row.id === id);
      const then = rows.findLast(({ commits: [first] }) => first !== undefined && first.seq <= seq);
      const row = then ?? rows[0];
      return row === undefined ? null : this.names.of(entity, row.tag);
    };
  }

  /** Native values of plain ones, as this system writes them down. */
  encode(entity: EntityName, plain: JsonMap): JsonMap {
    return encode({ role: this.name, entity, idOf: this.idOf }, plain);
  }

  /**
   * Plain values of a native record. Ids in it mean what they meant at a commit, where one is given: an id
   * may have gone to another record since (fault R14).
   */
  decode(entity: EntityName, native: JsonMap, asOf?: number): JsonMap {
    const { log, names } = this;
    if (asOf !== undefined && this.#replaced.length > 0)
      return decode({ role: this.name, entity, tagOf: this.#tagOfThen(asOf) }, native);
    const known = this.#decoded.get(native);
    if (known?.commits === log.length && known.unions === names.unions && known.entity === entity)
      return known.plain;
    const plain = decode({ role: this.name, entity, tagOf: this.tagOf }, native);
    this.#decoded.set(native, { entity, plain, commits: log.length, unions: names.unions });
    return plain;
  }

  create(
    entity: EntityName,
    native: JsonMap,
    at: { readonly actor: Actor; readonly reference: string | null; readonly openedAt?: number },
  ): Row {
    const tag = this.decode(entity, native)[kindOf(entity).tag];
    const free = this.profile.reusesIds ? this.#takeFreeId(entity) : undefined;
    if (free !== undefined) this.felt("R14");
    const id = free ?? this.#nextId();
    const { reference } = at;
    const row: Row = {
      entity,
      id,
      tag: typeof tag === "string" ? tag : "?",
      reference,
      commits: [],
      madeAt: this.clock.now(),
      isPoisoned: false,
      poisoned: null,
    };
    const before = this.row(entity, id);
    if (before !== undefined) this.#replaced.push(before);
    this.#table(entity).set(id, row);
    if (reference !== null) this.#byReference.set(`${entity}\n${reference}`, row);
    const { initialStatus } = kindOf(entity);
    const initial = initialStatus === null ? {} : this.encode(entity, { status: initialStatus });
    const own = reference === null ? {} : { [referenceRoot]: reference };
    this.commit(row, { op: "create", ...at, native: { ...initial, ...native, ...own } });
    return row;
  }

  /** Makes a commit on a record: the only way anything changes here. */
  commit(row: Row, change: Change): Commit {
    const before = row.commits.at(-1)?.after ?? null;
    const { now } = this.timeline;
    const mark =
      change.isUnmarked === true && before !== null
        ? { version: before.version, stamp: before.stamp }
        : { version: (before?.version ?? 0) + 1, stamp: this.stampOf(change.openedAt ?? this.clock.now()) };
    const given = this.#completed(row.entity, { ...before?.native, ...change.native });
    const native = this.#stored(row.entity, given);
    if (Object.keys(given).some((root) => typeof given[root] === "string" && native[root] !== given[root]))
      this.felt("R9");
    if (this.profile.stampGranularityMs > 1_000) this.felt("R11");
    if (change.openedAt !== undefined && change.openedAt < this.clock.now()) this.felt("R5");
    if (change.isUnmarked === true) this.felt("R6");
    const after: Standing = {
      native,
      life: change.life ?? before?.life ?? "live",
      into: change.into === undefined ? (before?.into ?? null) : change.into,
      shownActor: change.shownActor ?? this.#shownName(change.actor),
      ...mark,
    };
    const lag = this.profile.searchLagMs;
    const shown = row.commits.at(-1)?.visibleAt ?? 0;
    const commit: Commit = {
      seq: this.log.length + 1,
      system: this.name,
      at: now,
      visibleAt: Math.max(shown, now + (lag === 0 ? 0 : this.#random.between(0, lag))),
      entity: row.entity,
      id: row.id,
      tag: row.tag,
      op: change.op,
      actor: change.actor,
      before,
      after,
    };
    row.commits.push(commit);
    this.log.push(commit);
    const isFree = after.life === "deleted" && after.into === null;
    if (isFree && this.profile.reusesIds) this.#freeIds.push({ entity: row.entity, id: row.id });
    this.#tell(commit);
    this.#number(row, commit);
    this.#rewrite(row, commit);
    return commit;
  }

  /** An id that is free again: its record is still gone, and nothing names it any more. */
  #takeFreeId(entity: EntityName): string | undefined {
    const isGone = (id: string): boolean => {
      const row = this.row(entity, id);
      return row !== undefined && standing(row).life === "deleted";
    };
    const isNamed = (id: string): boolean =>
      [...this.#tables].some(([from, rows]) => {
        const roots = referencesTo(this.name, from, entity);
        return [...(roots.length === 0 ? [] : rows.values())].some((row) =>
          roots.some((root) => standing(row).native[root] === id),
        );
      });
    const found = this.#freeIds.findLast(
      (one) => one.entity === entity && isGone(one.id) && !isNamed(one.id),
    );
    this.#freeIds = this.#freeIds.filter((one) => one !== found);
    return found?.id;
  }

  /** What the system works out for itself, in the same commit. */
  #completed(entity: EntityName, native: JsonMap): JsonMap {
    const own = this.#office.completed(entity, () => this.decode(entity, native));
    return own === null ? native : { ...native, ...this.encode(entity, own) };
  }

  /** A document that was made, or is no draft any more, gets its number in a commit of the system's own. */
  #number(row: Row, { op, after }: Commit): void {
    const field = this.#office.numberField(row.entity);
    if (field === undefined) return;
    const { status, [field]: number } = this.decode(row.entity, after.native);
    if (op === "delete" && status === "draft") this.#office.takeBack(row.entity, number);
    const isWanted = number === undefined || number === null || this.#office.isProvisional(number);
    if (after.life !== "live" || !isWanted || (op !== "create" && status === "draft")) return;
    const native = this.encode(row.entity, { [field]: this.#office.number(row.entity, status === "draft") });
    this.commit(row, { op: "write", actor: { kind: "automation", name: "numbering" }, native });
  }

  /** What refers to a merged record refers to the survivor from now on, by the system's own doing. */
  repoint(loser: Row, survivor: Row): void {
    this.names.unite(loser.entity, loser.tag, survivor.tag);
    const actor: Actor = { kind: "automation", name: "merge" };
    for (const [entity, table] of this.#tables) {
      const roots = referencesTo(this.name, entity, loser.entity);
      for (const row of roots.length === 0 ? [] : table.values()) {
        const { native, life } = standing(row);
        const moved = roots.filter((root) => native[root] === loser.id);
        if (life === "deleted" || moved.length === 0) continue;
        this.commit(row, {
          op: "write",
          actor,
          native: Object.fromEntries(moved.map((root) => [root, survivor.id])),
        });
      }
    }
  }

  /** Rights are taken away for a while: lists are empty, perhaps single records are not found (fault R12). */
  hide(what: "lists" | "everything", forMs: number): void {
    const { now } = this.timeline;
    this.#hidden = { what, from: now, until: now + forMs };
  }

  /** Whether rights were missing at any time since an instant. */
  wasHiddenSince(at: number): boolean {
    return this.#hidden.until > at && this.#hidden.from <= this.timeline.now;
  }

  /** Whether rights to lists, or to single records, are missing now. */
  isHidden(place: "lists" | "records"): boolean {
    if (this.timeline.now >= this.#hidden.until) return false;
    const isHit = place === "lists" || this.#hidden.what === "everything";
    if (isHit) this.felt("R12");
    return isHit;
  }

  /** Whether a reading at an instant could show a record as it stood. */
  couldShow(row: Row | undefined, at: number): boolean {
    const isIn = (span: { readonly from: number; readonly until: number } | null): boolean =>
      span !== null && span.from <= at && at <= span.until;
    return !isIn(this.#hidden) && !isIn(row?.poisoned ?? null);
  }

  /** A stamp of this system at its granularity. */
  stampOf(instant: number): number {
    return instant - (instant % this.profile.stampGranularityMs);
  }

  /** The name under which the system shows who wrote, which may be somebody else's (fault R10). */
  #shownName(actor: Actor): string {
    const { wrongActors } = this.profile;
    const isWrong = wrongActors > 0 && actor.kind !== "automation" && this.#random.chance(wrongActors);
    if (isWrong) this.felt("R10");
    if (actor.kind !== "us") return isWrong ? "crossfoot" : actor.name;
    return isWrong ? "ann" : "crossfoot";
  }

  /** The system's own rule goes over what was saved (fault R8). */
  #rewrite(row: Row, { op, after, actor }: Commit): void {
    const { automation } = this.profile;
    if (automation === null || row.entity !== "accounts" || actor.kind === "automation") return;
    const own =
      op === "create" || op === "write" ? rewritten(automation, this.decode(row.entity, after.native)) : null;
    if (own === null) return;
    this.felt("R8");
    const by: Actor = { kind: "automation", name: "telephone rule" };
    const native = this.encode(row.entity, own);
    this.commit(row, { op: "write", actor: by, native, isUnmarked: automation.isUnmarked });
  }

  #table(entity: EntityName): Map<string, Row> {
    const table = this.#tables.get(entity);
    if (table === undefined) throw new Error(`the model ${this.name} has no ${entity}`);
    return table;
  }

  #nextId(): string {
    this.#ids += 1;
    return this.name === "crm" ? `003${this.#ids.toString(36).padStart(5, "0")}` : String(1000 + this.#ids);
  }

  #stored(entity: EntityName, native: JsonMap): JsonMap {
    const losses = Object.entries(this.profile.lossy[entity] ?? {}).map(
      ([field, loss]) => [rootOf(this.name, field), loss] as const,
    );
    const kept = losses.length === 0 ? native : stored(Object.fromEntries(losses), native);
    return Object.fromEntries(Object.entries(kept).map(([root, value]) => [root, this.#numbered(value)]));
  }

  /** Rows of nested lists get ids of their own. */
  #numbered(value: Json): Json {
    if (!Array.isArray(value)) return value;
    return value.map((row: Json) => {
      if (!isMap(row) || row["id"] !== undefined) return row;
      this.#rowIds += 1;
      return { id: `r${this.#rowIds}`, ...row };
    });
  }
}

/** Roots of an entity that hold ids of another. */
function referencesTo(role: "crm" | "erp", entity: EntityName, to: EntityName): readonly string[] {
  return Object.entries(shapesOn(role, entity)).flatMap(([field, shape]) =>
    shape.kind === "ref" && shape.entity === to ? [rootOf(role, field)] : [],
  );
}

/** How a record stands in truth. */
export function standing(row: Row): Standing {
  return (row.commits.at(-1) as Commit).after;
}

/** How lists and searches show a record at an instant; null while they do not show it. */
export function shownAt(row: Row, now: number): Standing | null {
  return row.commits.findLast(({ visibleAt }) => visibleAt <= now)?.after ?? null;
}
