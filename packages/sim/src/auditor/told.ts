import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Sight, StoreFacts } from "../checker.ts";
import type { Row } from "../system/model-system.ts";
import type { Role } from "./things.ts";
import { isUnseenStay } from "./unseen-life.ts";

type Line = { readonly [column: string]: unknown };

/** A value that the journal names as lost. */
export interface Discard {
  /** The field, or `field[key].part`. */
  readonly field: string;
  readonly value: Json;
  /** What the winner made of it, where that is told. */
  readonly kept: Json | undefined;
}

/** Rows of one table of the store. */
export const rowsOf = (facts: StoreFacts, table: string): readonly Line[] =>
  (facts.dump as { readonly [name: string]: readonly Line[] })[table] ?? [];

/** What people are told of a record: everything the store holds open or has written down about it. */
export class Told {
  readonly #links = new Map<string, string>();
  /** Links that a record had in lives of the store that are forgotten; what was told under them was told. */
  readonly #formerly = new Map<string, string[]>();
  readonly #open = new Map<string, Set<string>>();
  readonly #discards = new Map<
    string,
    { readonly field: string; readonly value: Json; readonly at: number }[]
  >();
  readonly #whole = new Map<string, Discard[]>();
  readonly #candidates: ReadonlySet<string>;
  readonly #parkedRecords: ReadonlySet<string>;
  readonly #states: ReadonlyMap<string, string>;
  readonly #seen: ReadonlySet<string>;

  readonly #sight: Pick<Sight, "history" | "systems">;

  constructor(sight: Pick<Sight, "history" | "systems">, facts: StoreFacts) {
    this.#sight = sight;
    const name = (row: Line): string =>
      `${String(row["connection"])}/${String(row["entity"])}/${String(row["external_id"])}`;
    // The newest membership counts; earlier ones are history.
    for (const row of rowsOf(facts, "link_member")) {
      const known = this.#links.get(name(row));
      if (known === undefined || row["until_at"] === null) this.#links.set(name(row), String(row["link_id"]));
    }
    this.#seen = new Set(rowsOf(facts, "observation").map(name));
    this.#states = new Map(rowsOf(facts, "link").map((row) => [String(row["id"]), String(row["state"])]));
    const isOpen = (row: Line): boolean => row["state"] === "open";
    for (const row of rowsOf(facts, "conflict").filter(isOpen))
      this.#note(row["link_id"], `conflict ${String(row["field"])}`);
    for (const row of rowsOf(facts, "park").filter(isOpen)) this.#note(row["link_id"], "park");
    // Without a mandatory parent nothing of a record is written.
    for (const row of rowsOf(facts, "wait"))
      this.#note(row["link_id"], row["is_blocking"] === true ? "wait" : `wait ${String(row["field"])}`);
    for (const row of rowsOf(facts, "intent")) {
      if (row["state"] === "parked" || row["state"] === "in_doubt") this.#note(row["link_id"], "park");
    }
    // What a person took back stays different, and is shown as undone.
    for (const row of rowsOf(facts, "base")) {
      for (const [field, mark] of Object.entries((row["undone"] ?? {}) as JsonMap))
        if (mark !== null) this.#note(row["link_id"], field === "*" ? "park" : `conflict ${field}`);
    }
    // What left the filter is none of ours until it comes back, and is shown so.
    for (const row of rowsOf(facts, "observation"))
      if (row["kind"] === "out_of_scope") this.#note(row["link_id"], "park");
    this.#candidates = new Set(rowsOf(facts, "candidate").filter(isOpen).map(name));
    this.#parkedRecords = new Set(rowsOf(facts, "park").filter(isOpen).map(name));
    for (const row of facts.forgotten) {
      if (row["kind"] !== "link_made" && row["kind"] !== "link_joined") continue;
      const body = row["body"] as JsonMap;
      const record = name({ ...row, connection: body["connection"], external_id: body["id"] });
      const link = row["link_id"];
      if (typeof link === "string") this.#formerly.set(record, [...(this.#formerly.get(record) ?? []), link]);
    }
    for (const row of [...facts.forgotten, ...rowsOf(facts, "journal")]) {
      if (row["kind"] !== "discarded") continue;
      const body = row["body"] as JsonMap;
      const link = String(row["link_id"]);
      const field = typeof body["field"] === "string" ? body["field"] : "";
      const at = Date.parse(String(row["at"]));
      // What the target shows in place of ours is told with it; who made it there, nobody can say.
      const values = [body["value"] ?? null, ...(body["kept"] === undefined ? [] : [body["kept"]])];
      const whole = { field, value: body["value"] ?? null, kept: body["kept"] };
      this.#whole.set(link, [...(this.#whole.get(link) ?? []), whole]);
      const entries = values.map((value) => ({ field, value, at }));
      this.#discards.set(link, [...(this.#discards.get(link) ?? []), ...entries]);
    }
  }

  #note(link: unknown, what: string): void {
    const known = this.#open.get(String(link)) ?? new Set<string>();
    this.#open.set(String(link), known.add(what));
  }

  /** The link that a record is or was a member of, or undefined. */
  linkOf(role: Role, row: Row): string | undefined {
    return this.#links.get(`${role}/${row.entity}/${row.id}`);
  }

  #everyLinkOf(role: Role, row: Row): readonly string[] {
    const formerly = this.#formerly.get(`${role}/${row.entity}/${row.id}`) ?? [];
    const own = this.linkOf(role, row);
    return [...new Set(own === undefined ? formerly : [...formerly, own])];
  }

  /** The state of the link of a record, or undefined. */
  stateOf(role: Role, row: Row): string | undefined {
    return this.#states.get(this.linkOf(role, row) ?? "");
  }

  /**
   * Whether nothing is known of a record by now, although its system has it: it left the filter before it
   * could be read, and what is outside of the filter is none of ours (I29).
   */
  #isNeverSeen(role: Role, row: Row): boolean {
    if (this.#seen.has(`${role}/${row.entity}/${row.id}`) || this.linkOf(role, row) !== undefined)
      return false;
    return isUnseenStay(this.#sight, { role, row });
  }

  /** Whether a person is told of this record and field: a conflict, a park, a wait, a question. */
  isOpen(role: Role, row: Row, field: string): boolean {
    const name = `${role}/${row.entity}/${row.id}`;
    if (this.#candidates.has(name) || this.#parkedRecords.has(name)) return true;
    if (this.#isNeverSeen(role, row)) return true;
    const open = this.#open.get(this.linkOf(role, row) ?? "");
    return (
      open !== undefined &&
      (open.has("park") || open.has("wait") || open.has(`conflict ${field}`) || open.has(`wait ${field}`))
    );
  }

  /** Values of a field that the journal named as lost by an instant of the store's clock. */
  lostBy(at: {
    readonly role: Role;
    readonly row: Row;
    readonly field: string;
    readonly by: number;
  }): readonly Json[] {
    return this.#everyLinkOf(at.role, at.row)
      .flatMap((link) => this.#discards.get(link) ?? [])
      .filter((entry) => entry.field === at.field && entry.at <= at.by)
      .map(({ value }) => value);
  }

  /** Values of a field that the journal names as lost. */
  lostOf(role: Role, row: Row, field: string): readonly Json[] {
    return this.lostBy({ role, row, field, by: Infinity });
  }

  /** Everything that the journal names as lost of a record. */
  discardsOf(role: Role, row: Row): readonly Discard[] {
    return this.#everyLinkOf(role, row).flatMap((link) => this.#whole.get(link) ?? []);
  }
}
