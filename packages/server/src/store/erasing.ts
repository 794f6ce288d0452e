import { canonicalBytes, isMap } from "@crossfoot/kernel";
import type { Json, JsonMap, LinkId } from "@crossfoot/kernel";
import { chainedBytes } from "./chain.ts";
import type { Note } from "./chain.ts";
import { erasedText } from "./port.ts";
import type { ErasureOrder, ErasureProof, JournalEntry, PersonSought, RecordKey } from "./port.ts";
import type { Reader } from "./sealed/vault.ts";

/** A table that may hold values of persons, and what an erasure does with its rows. */
export interface Place {
  readonly table: string;
  /** Columns that name a row. */
  readonly key: readonly string[];
  /** Columns in which a row names the link that it is about. */
  readonly links: readonly string[];
  /** Whether a row names the record that it is about. */
  readonly isOfRecord?: true;
  /** Columns that hold values. */
  readonly values: readonly string[];
  /** What becomes of rows about the person; of other rows the texts alone are taken out. */
  readonly own: "remove" | "blank" | "texts" | "entry";
}

/** Every table with values of persons. A test holds it against the schema. */
export const places: readonly Place[] = [
  {
    ...{ table: "observation", key: ["connection", "entity", "external_id"], links: ["link_id"] },
    ...{ isOfRecord: true, values: ["native"], own: "blank" },
  },
  {
    ...{ table: "observation_was", key: ["connection", "entity", "external_id", "until_at"], links: [] },
    ...{ isOfRecord: true, values: ["native"], own: "blank" },
  },
  {
    ...{ table: "base", key: ["link_id", "connection"], links: ["link_id"] },
    ...{ values: ["images"], own: "blank" },
  },
  {
    ...{ table: "link_merge", key: ["entity", "connection", "loser", "merged_at"] },
    ...{ links: ["from_link", "into_link"], values: ["bases", "members"], own: "blank" },
  },
  {
    ...{ table: "intent", key: ["key"], links: ["link_id"], own: "remove" },
    values: ["fields", "before", "source_images", "landed_images", "causes", "failure", "undo", "transition"],
  },
  {
    ...{ table: "conflict", key: ["link_id", "field"], links: ["link_id"], own: "remove" },
    values: ["held", "resolution"],
  },
  {
    ...{ table: "candidate", key: ["connection", "entity", "external_id"], links: [] },
    ...{ isOfRecord: true, values: ["keys"], own: "remove" },
  },
  {
    ...{ table: "match_key", key: ["link_id", "connection", "key"], links: ["link_id"] },
    ...{ values: ["key"], own: "remove" },
  },
  {
    ...{ table: "park", key: ["id"], links: ["link_id"], isOfRecord: true },
    ...{ values: ["problems", "failure"], own: "texts" },
  },
  { table: "journal", key: ["shard", "seq"], links: ["link_id"], values: ["body"], own: "entry" },
  { table: "telling", key: ["shard", "seq"], links: [], values: ["failure"], own: "texts" },
  { table: "plan", key: ["id"], links: [], values: ["body"], own: "texts" },
  { table: "run", key: ["id"], links: [], values: ["summary", "command"], own: "texts" },
  { table: "duplicate", key: ["id"], links: [], values: ["body"], own: "texts" },
  { table: "duplicate_look", key: ["entity"], links: [], values: ["body"], own: "texts" },
  {
    ...{ table: "consolidated", key: ["connection", "entity", "loser"], links: [] },
    ...{ values: ["body"], own: "texts" },
  },
  { table: "cursor", key: ["connection", "entity"], links: [], values: ["failure"], own: "texts" },
  { table: "connection", key: ["id"], links: [], values: ["reason"], own: "texts" },
  {
    ...{ table: "delivery_count", key: ["connection", "outcome", "secret"], links: [] },
    ...{ values: ["reason"], own: "texts" },
  },
  { table: "api_answer", key: ["key_id", "name", "route"], links: [], values: ["answer"], own: "texts" },
];

/** Who is meant, with everything that rows name them by. */
export interface Subject {
  readonly links: ReadonlySet<string>;
  /** Names of records, see {@link nameOf}. */
  readonly records: ReadonlySet<string>;
  readonly identifiers: readonly string[];
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

const nameOf = (...parts: readonly string[]): string => parts.join("\u0000");

/** The person of an order, with their links and records. */
export function subjectOf(
  { identifiers }: Pick<PersonSought, "identifiers">,
  at: { readonly links: readonly LinkId[]; readonly records: readonly RecordKey[] },
): Subject {
  return {
    links: new Set<string>(at.links),
    records: new Set(at.records.map(({ connection, entity, id }) => nameOf(connection, entity, id))),
    identifiers: identifiers.map((text) => text.toLowerCase()),
  };
}

/** Whether a row is about the person. */
export function isOwnRow(place: Place, row: JsonMap, subject: Subject): boolean {
  if (place.links.some((column) => subject.links.has(textOf(row[column])))) return true;
  const name = [row["connection"], row["entity"], row["external_id"]].map((each) => textOf(each));
  return place.isOfRecord === true && subject.records.has(nameOf(...name));
}

/** Whether a row is about another record, whose values follow that record. */
export const isOfAnother = (place: Place, row: JsonMap): boolean =>
  place.links.some((column) => typeof row[column] === "string") ||
  (place.isOfRecord === true && typeof row["external_id"] === "string");

/** Reads what a store has sealed, and seals it again. */
export type SealedTexts = Pick<Reader, "read" | "again">;

/**
 * Whether a text stands anywhere in a value, keys of maps and what is sealed included; in small letters on
 * both sides.
 */
export function holdsText(
  value: Json | undefined,
  texts: readonly string[],
  reader: SealedTexts | null = null,
): boolean {
  if (typeof value === "string") {
    const held = reader?.read(value);
    if (held !== undefined) return holdsText(held, texts);
    const small = value.toLowerCase();
    return texts.some((text) => small.includes(text));
  }
  if (Array.isArray(value)) return value.some((each: Json) => holdsText(each, texts, reader));
  if (value === undefined || !isMap(value)) return false;
  return Object.entries(value).some(([key, each]) => holdsText(key, texts) || holdsText(each, texts, reader));
}

/** What is taken out of a value. */
interface Taken {
  /** Texts that go wherever they stand, in small letters. */
  readonly identifiers: readonly string[];
  /** Texts that go where they are the whole text of a part about the person, in small letters. */
  readonly values: ReadonlySet<string>;
  readonly links: ReadonlySet<string>;
  readonly by: string | null;
  readonly reader: SealedTexts | null;
}

/** A sealed value without the texts, sealed as it was. */
function withoutSealed(
  token: string,
  held: Json,
  at: { readonly taken: Taken; readonly isOwn: boolean },
): Json {
  const left = without(held, at.taken, at.isOwn);
  if (left === null || at.taken.reader === null) return left;
  return canonicalBytes(left) === canonicalBytes(held) ? token : at.taken.reader.again(token, left);
}

/**
 * A value without the texts: a part that names a link of the person loses all of their values, everything
 * else their identifiers alone.
 */
function without(value: Json, taken: Taken, isOwn: boolean): Json {
  if (typeof value === "string") {
    const held = taken.reader?.read(value);
    if (held !== undefined) return withoutSealed(value, held, { taken, isOwn });
    const small = value.toLowerCase();
    const goes = (isOwn && taken.values.has(small)) || taken.identifiers.some((text) => small.includes(text));
    return goes ? taken.by : value;
  }
  if (Array.isArray(value)) return value.map((each: Json) => without(each, taken, isOwn));
  if (!isMap(value)) return value;
  const isAbout = isOwn || Object.values(value).some((each) => taken.links.has(textOf(each)));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      holdsText(key, taken.identifiers) ? erasedText : key,
      without(each, taken, isAbout),
    ]),
  );
}

/** What becomes of one row: gone, other columns, or as it was (null). */
export type Erased = "gone" | JsonMap | null;

/** What an erasure makes of one row. Pure; never throws. */
export function erasedRow(
  place: Place,
  row: JsonMap,
  at: { readonly order: ErasureOrder; readonly subject: Subject; readonly reader?: SealedTexts | null },
): Erased {
  const { order, subject, reader = null } = at;
  const isOwn = isOwnRow(place, row, subject);
  if (!isOwn && isOfAnother(place, row)) return null;
  if (isOwn && place.own === "remove") return "gone";
  if (isOwn && place.own === "entry") {
    if (row["kind"] === "erased") return null;
    return { kind: "erased", body: { was: row["kind"] ?? null, erasure: order.id } };
  }
  const taken: Taken = {
    identifiers: subject.identifiers,
    values: new Set(order.values.map((text) => text.toLowerCase())),
    links: subject.links,
    by: isOwn && place.own === "blank" ? null : erasedText,
    reader,
  };
  const changed = place.values.flatMap((column): [string, Json][] => {
    const value = row[column];
    if (value === undefined || value === null) return [];
    const left = without(value, taken, isOwn);
    return canonicalBytes(left) === canonicalBytes(value) ? [] : [[column, left]];
  });
  const more: JsonMap = {
    // What the system shows is taken in again at the next sight, as it is there.
    ...(place.table === "observation" && changed.length > 0 ? { content_hash: "" } : {}),
    // A plan with values of the person is not applied any more.
    ...(place.table === "plan" && changed.length > 0 ? { is_void: true } : {}),
  };
  if (place.table === "journal" && changed.length > 0)
    return {
      ...{ kind: "erased" },
      body: { was: row["kind"] ?? null, erasure: order.id, body: changed[0]?.[1] ?? null },
    };
  return changed.length === 0 ? null : { ...Object.fromEntries(changed), ...more };
}

/** What an erasure leaves of an entry of the journal: its place, and a digest of all that it says now. */
export type LeftEntry = readonly [shard: number, seq: number, digest: string];

/** The digest by which an emptied entry is known: over the hash that it keeps and all that it says now. */
export const leftDigest = (
  entry: JournalEntry,
  sealed: { readonly before: string; readonly hash: string },
  digest: (text: string) => string,
): string => digest(`${sealed.hash}\n${chainedBytes(sealed.before, entry)}`);

/** The journal's entry of an erasure: with it the chain vouches for the entries that were emptied. */
export const erasureNote = (order: ErasureOrder, left: readonly LeftEntry[]): Note => ({
  ...{ kind: "person_erased", entity: null, link: null },
  body: {
    ...{ erasure: order.id, by: order.by },
    left: left.toSorted(([a, b], [c, d]) => a - c || b - d).map((each) => [...each]),
  },
});

/** What erasures left of entries, by `shard/seq`; of an entry that was emptied twice the last counts. */
export function leftEntries(bodies: readonly Json[]): ReadonlyMap<string, string> {
  const all = bodies.flatMap((body): readonly LeftEntry[] => {
    const { left } = body as { readonly left?: readonly LeftEntry[] };
    return left ?? [];
  });
  return new Map(all.map(([shard, seq, digest]) => [`${shard}/${seq}`, digest]));
}

/** The proof of an erasure, sealed by its hash. */
export function proofOf(
  order: ErasureOrder,
  done: Pick<ErasureProof, "rows" | "elsewhere">,
  digest: (text: string) => string,
): ErasureProof {
  const { id, at, by, links, facts } = order;
  const plain = { id, at, by, links: [...links], rows: done.rows, elsewhere: done.elsewhere, facts };
  return { ...plain, hash: digest(canonicalBytes(plain)) };
}
