import { instantOf, timestampOf } from "./wire.ts";
import { text, trytonId } from "./native.ts";
import type { Row } from "./native.ts";

/** One part of an aggregate: the row, its model, and when it was last written, as Tryton's `_timestamp`. */
export interface PartStamp {
  readonly model: string;
  readonly id: number;
  readonly stamp: string;
  /** Id of the user who wrote it last. */
  readonly user: number | undefined;
}

/** Fields that {@link partOf} needs of a row, with the path of the row in front. */
export const stampFields = (prefix: string): readonly string[] =>
  ["_timestamp", "write_uid", "create_uid"].map((field) => `${prefix}${field}`);

/** Fields of a relation: a view over two directions has no `_timestamp` of its own. */
export const relationFields: readonly string[] = [
  "relations.type",
  "relations.to",
  "relations.write_date",
  "relations.create_date",
  "relations.write_uid",
  "relations.create_uid",
];

/** The stamp of a row that was read with its stamp fields; undefined when it has none. */
export function partOf(model: string, row: Row): PartStamp | undefined {
  const id = trytonId(row["id"]);
  const stamp = text(row, "_timestamp");
  if (id === undefined || stamp === null) return undefined;
  return { model, id, stamp, user: trytonId(row["write_uid"]) ?? trytonId(row["create_uid"]) };
}

/** The stamp of a row of `party.relation.all`; the record behind it is `party.relation`, with half the id. */
export function relationPart(row: Row): PartStamp | undefined {
  const id = trytonId(row["id"]);
  const written = text(row, "write_date") ?? text(row, "create_date");
  if (id === undefined || written === null) return undefined;
  const user = trytonId(row["write_uid"]) ?? trytonId(row["create_uid"]);
  return { model: "party.relation", id: Math.floor(id / 2), stamp: timestampOf(written), user };
}

/**
 * The version of an aggregate: `model,id=stamp` of each part, sorted, then marks of computed values that have
 * no stamp (`~name=value`). Equal for equal parts, whatever the order in which they were read.
 */
export function composeVersion(parts: readonly PartStamp[], marks: readonly string[] = []): string {
  const rows = parts.toSorted((a, b) => (a.model === b.model ? a.id - b.id : a.model < b.model ? -1 : 1));
  return [
    ...rows.map(({ model, id, stamp }) => `${model},${id}=${stamp}`),
    ...marks.map((mark) => `~${mark}`),
  ].join(";");
}

/** Stamps by `model,id` of a version, as Tryton takes them in the context key `_timestamp`. */
export function stampsOf(version: string): ReadonlyMap<string, string> {
  const stamps = new Map<string, string>();
  for (const part of version.split(";")) {
    const at = part.lastIndexOf("=");
    if (at > 0 && !part.startsWith("~")) stamps.set(part.slice(0, at), part.slice(at + 1));
  }
  return stamps;
}

/** True when every part has the same stamp in both versions; computed marks do not count. */
export function isSameStamps(a: string, b: string): boolean {
  const [left, right] = [stampsOf(a), stampsOf(b)];
  return left.size === right.size && [...left].every(([part, stamp]) => right.get(part) === stamp);
}

/** The part written last; the first of equals. */
export function latestOf(parts: readonly PartStamp[]): PartStamp | undefined {
  let latest: PartStamp | undefined;
  for (const part of parts)
    if (latest === undefined || Number(part.stamp) > Number(latest.stamp)) latest = part;
  return latest;
}

/** When the latest part was written, as an ISO instant in UTC with microseconds; null when there is none. */
export const modifiedAt = (parts: readonly PartStamp[]): string | null =>
  instantOf(latestOf(parts)?.stamp ?? "");
