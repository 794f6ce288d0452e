import { fieldsOfImages, readFields, referencesOf } from "@crossfoot/connector-sdk";
import type { EntityMapping, FieldMapping, ReadContext } from "@crossfoot/connector-sdk";
import { carried } from "@crossfoot/kernel";
import type {
  ConnectionId,
  EntityName,
  EntityPolicy,
  ExternalId,
  Fields,
  JsonMap,
  LinkId,
  Problem,
  Value,
  View,
} from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { LineLink, RecordKey, StoredObservation } from "../store/port.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { Side, World } from "./world.ts";

/** Links of referenced records, looked up in bulk before anything is mapped. */
export type Links = ReadonlyMap<string, LinkId>;

/** A record to be mapped, or the image of a base. */
export interface Mappable {
  readonly side: Side;
  readonly mapping: EntityMapping;
  readonly native: JsonMap;
}

/** Entities that a field may refer to. */
function referredBy({ source }: FieldMapping): readonly EntityName[] {
  switch (source.from) {
    case "path":
      return source.form.reference === null ? [] : [source.form.reference];
    case "parts":
      return Object.values(source.parts).flatMap(referredBy);
    case "list":
      return Object.values(source.fields).flatMap(referredBy);
    default:
      return [];
  }
}

const holdsReference = (field: FieldMapping): boolean => referredBy(field).length > 0;

/** Whether records of this mapping may refer to records of that entity. */
export function holdsReferenceTo(mapping: EntityMapping, entity: EntityName): boolean {
  return Object.values(mapping.fields).some((field) => referredBy(field).includes(entity));
}

const referring = new WeakMap<EntityMapping, EntityMapping>();

/** The mapping reduced to the fields that may refer to another record: most records have few or none. */
export function referringPart(mapping: EntityMapping): EntityMapping {
  const known = referring.get(mapping);
  if (known !== undefined) return known;
  const fields = Object.entries(mapping.fields).filter(([, field]) => holdsReference(field));
  const part = { ...mapping, fields: Object.fromEntries(fields) };
  referring.set(mapping, part);
  return part;
}

/** Looks up the links of every record that these refer to: one statement for the whole batch. */
export async function lookUpLinks(world: World, records: readonly Mappable[]): Promise<Links> {
  const wanted = new Map<string, RecordKey>();
  for (const { side, mapping, native } of records) {
    for (const { entity, id } of referencesOf(referringPart(mapping), native)) {
      const key: RecordKey = { connection: side.id, entity, id };
      wanted.set(recordName(key), key);
    }
  }
  return world.store.linksOf([...wanted.values()]);
}

/** The context in which one record is read: links of what it refers to, keys of its lines. */
export function readContext(
  world: World,
  links: Links,
  at: { readonly connection: ConnectionId; readonly lines: readonly LineLink[] },
): ReadContext {
  const keys = new Map(
    at.lines
      .filter((line) => line.connection === at.connection)
      .map((line) => [`${line.field}\n${line.nativeId}`, line.key]),
  );
  return {
    connection: at.connection,
    linkOf: (entity: EntityName, id: ExternalId) =>
      links.get(recordName({ connection: at.connection, entity, id })),
    lineKeyOf: (field, nativeId) => keys.get(`${field}\n${nativeId}`),
    isKnownCurrency: world.isKnownCurrency,
  };
}

/** The view of an observation: canonical fields and problems. */
export function viewOf(
  seen: StoredObservation,
  read: { fields: Fields; problems: { [field: string]: Problem } },
): View {
  const { connection, id, kind, version, modifiedAt, actor, into } = seen;
  return {
    connection,
    id,
    kind,
    fields: read.fields,
    version,
    modifiedAt,
    actor,
    problems: read.problems,
    into,
  };
}

/** Canonical fields of an observation. */
export function readObservation(
  mapping: EntityMapping,
  seen: StoredObservation,
  context: ReadContext,
): { fields: Fields; problems: { [field: string]: Problem } } {
  return readFields(mapping, seen.native, context);
}

/** Canonical images of a base, one per field. */
export function readImages(
  mapping: EntityMapping,
  images: { readonly [field: string]: JsonMap },
  context: ReadContext,
): Fields {
  return fieldsOfImages(mapping, images, context);
}

/** Whether a value names a record that has no link yet. */
export const isAwaiting = (value: Value | undefined): boolean =>
  carried(value).some((reference) => "awaits" in reference);

/** Fields without those that name a record which has no link yet. */
export function withoutAwaits(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isAwaiting(value)));
}

/** Canonical fields of records as they are stored; a reference that awaits its link is left out. */
export async function canonicalFields(
  world: World,
  policy: EntityPolicy,
  records: readonly StoredObservation[],
): Promise<readonly { readonly record: StoredObservation; readonly fields: Fields }[]> {
  const mappable = records.flatMap((record) => {
    const side = sideOf(world, record.connection);
    const mapping = mappingOf(side, policy.entity);
    return mapping === undefined ? [] : [{ record, side, mapping, native: record.native }];
  });
  const links = await lookUpLinks(world, mappable);
  return mappable.map(({ record, mapping }) => {
    const context = readContext(world, links, { connection: record.connection, lines: [] });
    return { record, fields: withoutAwaits(readObservation(mapping, record, context).fields) };
  });
}
