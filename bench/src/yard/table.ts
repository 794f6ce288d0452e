/** Values of a record by native name. */
export interface YardFields {
  readonly [field: string]: string | null;
}

/** A record as the yard keeps and answers it. */
export interface YardRecord {
  readonly id: string;
  readonly version: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly externalRef: string | null;
  readonly fields: YardFields;
}

/** A page of a list; `next` is null at its end. */
export interface YardPage {
  readonly rows: readonly YardRecord[];
  readonly next: string | null;
}

/** What a write came to: the record, or the status of a refusal. */
export type YardOutcome =
  | { readonly status: 200 | 201; readonly record: YardRecord }
  | { readonly status: 404 | 412 };

/**
 * The accounts of one system, in memory. It does what a real system would have to do for the engine to be
 * right (ids, versions, stamps, preconditions, our reference) and nothing else, so that little of the time
 * measured is its.
 */
export class YardTable {
  readonly #name: string;
  readonly #records: Map<string, YardRecord> = new Map();
  readonly #byReference: Map<string, string[]> = new Map();
  #ids: string[] = [];
  /** Called after each write of the integration. */
  onWrite: (record: YardRecord) => void = () => undefined;

  constructor(name: string) {
    this.#name = name;
  }

  get size(): number {
    return this.#records.size;
  }

  /** References that more than one record carries: each of them was created twice. */
  get doubled(): number {
    return [...this.#byReference.values()].filter((ids) => ids.length > 1).length;
  }

  clear(): void {
    this.#records.clear();
    this.#byReference.clear();
    this.#ids = [];
  }

  get(id: string): YardRecord | undefined {
    return this.#records.get(id);
  }

  idAt(at: number): string {
    return this.#ids[at] ?? "";
  }

  /** A person makes a record; it has been there since long ago. */
  seed(fields: YardFields): YardRecord {
    return this.#keep(fields, {
      by: "person",
      updatedAt: new Date(1_700_000_000_000 + this.size).toISOString(),
    });
  }

  /** A person edits a record. */
  edit(id: string, fields: YardFields): void {
    const record = this.#records.get(id);
    if (record !== undefined) this.#change(record, { fields, by: "person" });
  }

  create(body: YardFields): YardOutcome {
    const record = this.#keep(body, { by: "integration", updatedAt: new Date().toISOString() });
    this.onWrite(record);
    return { status: 201, record };
  }

  update(id: string, body: YardFields, version: number | null): YardOutcome {
    const record = this.#records.get(id);
    if (record === undefined) return { status: 404 };
    if (version !== null && version !== record.version) return { status: 412 };
    const changed = this.#change(record, { fields: body, by: "integration" });
    this.onWrite(changed);
    return { status: 200, record: changed };
  }

  #keep(body: YardFields, at: { readonly by: string; readonly updatedAt: string }): YardRecord {
    const { externalRef = null, ...fields } = body;
    const id = `${this.#name}-${this.size + 1}`;
    const record = { id, version: 1, updatedAt: at.updatedAt, updatedBy: at.by, externalRef, fields };
    this.#records.set(id, record);
    this.#ids.push(id);
    if (externalRef === null) return record;
    const known = this.#byReference.get(externalRef);
    if (known === undefined) this.#byReference.set(externalRef, [id]);
    else known.push(id);
    return record;
  }

  #change(record: YardRecord, to: { readonly fields: YardFields; readonly by: string }): YardRecord {
    const changed = {
      ...record,
      version: record.version + 1,
      updatedAt: new Date().toISOString(),
      updatedBy: to.by,
      fields: { ...record.fields, ...to.fields },
    };
    this.#records.set(record.id, changed);
    return changed;
  }

  /**
   * Records in the order of their ids, or those stamped at `since` or later. The cursor is a count of rows.
   */
  page(from: {
    readonly since: string | null;
    readonly after: string | null;
    readonly limit: number;
  }): YardPage {
    const { since, limit } = from;
    const start = Number(from.after ?? "0");
    const ids = since === null ? this.#ids : this.#ids.filter((id) => this.#stampOf(id) >= since);
    const rows = ids.slice(start, start + limit).flatMap((id) => this.get(id) ?? []);
    return { rows, next: start + limit < ids.length ? String(start + limit) : null };
  }

  #stampOf(id: string): string {
    return this.#records.get(id)?.updatedAt ?? "";
  }

  byReference(reference: string): readonly YardRecord[] {
    return (this.#byReference.get(reference) ?? []).flatMap((id) => this.get(id) ?? []);
  }
}
