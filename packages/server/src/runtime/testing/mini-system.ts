import { ConnectorError } from "@crossfoot/connector-sdk";
import type {
  Connection,
  EntityAbilities,
  Manifest,
  NativeRecord,
  NativeWrite,
  WriteOutcome,
} from "@crossfoot/connector-sdk";
import { isMap } from "@crossfoot/kernel";
import type { EntityName, ExternalId, Json, JsonMap } from "@crossfoot/kernel";

/** A row of the small system. */
export interface MiniRow {
  readonly id: string;
  readonly fields: JsonMap;
  readonly version: number;
  readonly modifiedAt: number;
  readonly madeAt?: number;
  readonly isDeleted: boolean;
  readonly isArchived: boolean;
  /** Id of the record that survived a merge with this one, or that this one became. */
  readonly into?: string | null;
  readonly moved?: "merged" | "converted";
}

/** What the next write shall meet. */
export type MiniFault = "lost_answer" | "lost_request" | "refused" | "throttled" | "silent" | "none";

/** Options of a small system. */
export interface MiniOptions {
  readonly name: string;
  readonly now: () => number;
  readonly entities: { readonly [entity: string]: Partial<EntityAbilities> };
  /** What the system makes of a record when it stores it; the identity when missing. */
  readonly transform?: (entity: EntityName, fields: JsonMap) => JsonMap;
  readonly horizonMs?: number;
  /** Whether readers are told of merges; without it the loser of one is simply gone. */
  readonly tellsMerges?: boolean;
  /** Whether a merge deletes the loser for good, as some systems' own merges do. */
  readonly mergesDelete?: boolean;
  /** Whether readers are told of archiving; without it the status alone shows it, as `inactive`. */
  readonly tellsArchives?: boolean;
  /** Whether records carry the stamp of their creation. */
  readonly tellsCreation?: boolean;
}

/** Abilities of an entity that can do everything, one record a call. */
const ableEntity: EntityAbilities = {
  object: "rows",
  incremental: "since",
  listsIds: true,
  create: true,
  update: true,
  archive: true,
  unarchive: true,
  writeBatchMax: 10,
  readBatchMax: 50,
  precondition: "conditional",
  createProof: "reference",
  referenceField: "reference",
  answersRecord: true,
  transitions: [],
  initialStatus: null,
};

/** A business system in memory, with people who edit it and faults on demand. */
export class MiniSystem {
  readonly tables: Map<EntityName, Map<string, MiniRow>> = new Map();
  readonly creates: string[] = [];
  /** Notes by record and key. */
  readonly notes: Map<string, Map<string, string>> = new Map();
  faults: MiniFault[] = [];
  writes = 0;
  #next = 1;
  readonly #options: MiniOptions;

  constructor(options: MiniOptions) {
    this.#options = options;
    for (const entity of Object.keys(options.entities)) this.tables.set(entity, new Map());
  }

  rows(entity: EntityName): readonly MiniRow[] {
    return this.#listed(entity).filter((row) => !hasMoved(row));
  }

  /** What readers are shown: with losers of merges, where the system tells of them. */
  #listed(entity: EntityName): readonly MiniRow[] {
    const tells = this.#options.tellsMerges !== false;
    const rows = [...this.#table(entity).values()];
    return rows.filter((row) => !row.isDeleted && (tells || !hasMoved(row)));
  }

  /** A person makes a record. */
  add(entity: EntityName, fields: JsonMap): string {
    const id = `${this.#options.name}-${this.#next}`;
    this.#next += 1;
    this.addAs(entity, id, fields);
    return id;
  }

  /** A record under an id that the test chooses, as systems give ids of their own. */
  addAs(entity: EntityName, id: string, fields: JsonMap): void {
    this.#store(entity, {
      id,
      fields,
      version: 1,
      modifiedAt: this.#options.now(),
      madeAt: this.#options.now(),
      isDeleted: false,
      isArchived: false,
    });
  }

  /** A person edits a record. */
  edit(entity: EntityName, id: string, fields: JsonMap): void {
    const row = this.#row(entity, id);
    const modifiedAt = this.#options.now();
    this.#store(entity, {
      ...row,
      fields: { ...row.fields, ...fields },
      version: row.version + 1,
      modifiedAt,
    });
  }

  /** The system changes a record by itself, as when a payment is matched: no stamp moves. */
  editUnstamped(entity: EntityName, id: string, fields: JsonMap): void {
    const row = this.#row(entity, id);
    this.#store(entity, { ...row, fields: { ...row.fields, ...fields }, version: row.version + 1 });
  }

  /** A person deletes a record, without a trace for readers. */
  remove(entity: EntityName, id: string): void {
    this.#store(entity, { ...this.#row(entity, id), isDeleted: true });
  }

  /** A person merges records: the loser is gone, and what referred to it refers to the survivor. */
  merge(entity: EntityName, loser: string, survivor: string): void {
    this.move(entity, { from: loser, to: survivor, moved: "merged" });
    for (const [name, table] of this.tables) {
      for (const row of table.values()) {
        const named = Object.entries(row.fields).filter(([, value]) => value === loser);
        if (named.length === 0) continue;
        const fields = Object.fromEntries(named.map(([field]) => [field, survivor]));
        // No stamp moves: the system did this by itself.
        this.#store(name, { ...row, fields: { ...row.fields, ...fields }, version: row.version + 1 });
      }
    }
  }

  /** A record becomes another one, by a merge or because the system gives it another id. */
  move(
    entity: EntityName,
    at: { readonly from: string; readonly to: string; readonly moved: "merged" | "converted" },
  ): void {
    const modifiedAt = this.#options.now();
    const row = this.#row(entity, at.from);
    const into = { into: at.to, moved: at.moved };
    this.#store(entity, { ...row, ...into, version: row.version + 1, modifiedAt });
  }

  /** A person takes a merge back. */
  unmerge(entity: EntityName, loser: string): void {
    const modifiedAt = this.#options.now();
    const row = this.#row(entity, loser);
    this.#store(entity, { ...row, into: null, version: row.version + 1, modifiedAt });
  }

  /** A person archives a record, or brings it back. */
  archive(entity: EntityName, id: string, isArchived: boolean): void {
    const row = this.#row(entity, id);
    const modifiedAt = this.#options.now();
    this.#store(entity, { ...row, isArchived, version: row.version + 1, modifiedAt });
  }

  /** A person takes a record out of the bin again. */
  bringBack(entity: EntityName, id: string, fields: JsonMap = {}): void {
    const row = this.#row(entity, id);
    this.#store(entity, {
      ...row,
      fields: { ...row.fields, ...fields },
      isDeleted: false,
      version: row.version + 1,
      modifiedAt: this.#options.now(),
    });
  }

  /** Texts of the notes on a record. */
  notesOn(id: string): readonly string[] {
    return [...(this.notes.get(id)?.values() ?? [])];
  }

  get(entity: EntityName, id: string): MiniRow {
    return this.#row(entity, id);
  }

  #table(entity: EntityName): Map<string, MiniRow> {
    const table = this.tables.get(entity);
    if (table === undefined) throw new Error(`no table ${entity}`);
    return table;
  }

  #row(entity: EntityName, id: string): MiniRow {
    const row = this.#table(entity).get(id);
    if (row === undefined) throw new Error(`no row ${id}`);
    return row;
  }

  #store(entity: EntityName, row: MiniRow): void {
    const fields = this.#options.transform?.(entity, row.fields) ?? row.fields;
    this.#table(entity).set(row.id, { ...row, fields: this.#numbered(fields) });
  }

  /** Rows of nested lists get ids of their own, as real systems give them. */
  #numbered(fields: JsonMap): JsonMap {
    const numbered = (row: Json): Json => {
      if (!isMap(row) || row["id"] !== undefined) return row;
      this.#next += 1;
      return { id: `row-${this.#next}`, ...row };
    };
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(numbered) : value,
      ]),
    );
  }

  #record(row: MiniRow): NativeRecord {
    const isTold = this.#options.tellsArchives !== false;
    const kind = row.isArchived && isTold ? "archived" : "present";
    return {
      id: row.id as ExternalId,
      kind: hasMoved(row) ? (row.moved ?? "merged") : kind,
      native: isTold || !row.isArchived ? row.fields : { ...row.fields, status: "inactive" },
      version: String(row.version),
      versionOrder: row.version,
      modifiedAt: new Date(row.modifiedAt).toISOString(),
      ...(this.#options.tellsCreation === true && row.madeAt !== undefined
        ? { createdAt: new Date(row.madeAt).toISOString() }
        : {}),
      actor: "somebody",
      into: (row.into ?? null) as ExternalId | null,
    };
  }

  connection(): Connection {
    const { name, entities, horizonMs } = this.#options;
    const manifest: Manifest = {
      system: "mini",
      title: name,
      entities: Object.fromEntries(
        Object.entries(entities).map(([entity, own]) => [entity, { ...ableEntity, ...own }]),
      ),
      horizonMs: horizonMs ?? 50,
      commitLagMs: 0,
      stampGranularityMs: 1,
      webhooks: false,
    };
    return {
      manifest,
      describe: () => Promise.resolve({ tenant: name, title: name, version: null, fields: {} }),
      read: ({ entity, since, cursor, pageSize }) => {
        const from = since === null ? 0 : Date.parse(since);
        const rows = this.#listed(entity).filter((row) => row.modifiedAt >= from);
        const start = Number(cursor ?? "0");
        const page = rows.slice(start, start + pageSize);
        const next = start + pageSize < rows.length ? String(start + pageSize) : null;
        return Promise.resolve({ records: page.map((row) => this.#record(row)), unreadable: [], next });
      },
      readByIds: ({ entity, ids }) => {
        const rows = this.#listed(entity).filter((row) => ids.includes(row.id as ExternalId));
        return Promise.resolve(rows.map((row) => this.#record(row)));
      },
      readIds: ({ entity }) => {
        const ids = this.rows(entity).map((row) => row.id as ExternalId);
        return Promise.resolve({ ids, next: null, isComplete: true });
      },
      write: (writes) => Promise.resolve(writes.map((write) => this.#write(write))),
      probe: ({ entity, reference }) => {
        const found = this.rows(entity).filter((row) => row.fields["reference"] === reference);
        return Promise.resolve({ records: found.map((row) => this.#record(row)), by: "reference" });
      },
      recordUrl: (entity, id) => `https://${name}.example/${entity}/${id}`,
      receive: () => ({ ok: false, reason: "no webhooks here" }),
    };
  }

  #write(write: NativeWrite): WriteOutcome {
    this.writes += 1;
    const fault = this.faults.shift();
    if (fault === "refused") return failed("invalid", "refused_by_rule");
    if (fault === "throttled") return failed("throttled", "slow_down");
    if (fault === "lost_request") return failed("in_doubt", "timeout");
    const outcome = fault === "silent" ? this.#untouched(write) : this.#apply(write);
    return fault === "lost_answer" ? failed("in_doubt", "timeout") : outcome;
  }

  #untouched(write: NativeWrite): WriteOutcome {
    const row = this.#row(write.entity, write.id ?? "");
    return { kind: "done", id: row.id as ExternalId, record: this.#record(row) };
  }

  #apply(write: NativeWrite): WriteOutcome {
    if (write.kind === "create") {
      const initial = this.#options.entities[write.entity]?.initialStatus ?? null;
      const state = initial === null ? {} : { status: initial };
      const id = this.add(write.entity, { ...state, ...write.patch, reference: write.reference });
      this.creates.push(write.reference);
      return { kind: "done", id: id as ExternalId, record: this.#record(this.#row(write.entity, id)) };
    }
    const row = this.tables.get(write.entity)?.get(write.id ?? "");
    if (row !== undefined && write.kind === "unmerge" && hasMoved(row) && !row.isDeleted) {
      this.unmerge(write.entity, row.id);
      return {
        kind: "done",
        id: row.id as ExternalId,
        record: this.#record(this.#row(write.entity, row.id)),
      };
    }
    if (row === undefined || row.isDeleted || hasMoved(row)) return failed("stale", "gone");
    if (write.precondition !== null && write.precondition !== String(row.version))
      return failed("stale", "version");
    if (write.kind === "note") {
      const own = this.notes.get(row.id) ?? new Map<string, string>();
      const { text } = write.patch;
      this.notes.set(
        row.id,
        own.set(write.key, own.get(write.key) ?? (typeof text === "string" ? text : "")),
      );
      // As in systems whose records show that something was put on them.
      this.edit(write.entity, row.id, {});
    } else if (write.kind === "merge") this.merge(write.entity, row.id, intoOf(write));
    else if (write.kind === "archive" || write.kind === "unarchive")
      this.archive(write.entity, row.id, write.kind === "archive");
    else if (write.kind === "transition")
      this.edit(write.entity, row.id, { status: write.transition?.to ?? null });
    else this.edit(write.entity, row.id, write.patch);
    const isGone = write.kind === "merge" && this.#options.mergesDelete === true;
    if (isGone) this.remove(write.entity, row.id);
    const record = isGone ? null : this.#record(this.#row(write.entity, row.id));
    return { kind: "done", id: row.id as ExternalId, record };
  }
}

const intoOf = ({ patch }: NativeWrite): string => (typeof patch["into"] === "string" ? patch["into"] : "");
const hasMoved = (row: MiniRow): boolean => row.into !== undefined && row.into !== null;

function failed(failure: "invalid" | "throttled" | "in_doubt" | "stale", code: string): WriteOutcome {
  const error = new ConnectorError({ failure, code, message: `the small system says ${code}` });
  return {
    kind: "failed",
    failure: {
      failure,
      code,
      message: error.message,
      status: null,
      retryAt: null,
      requestId: null,
      field: null,
    },
  };
}
