import { isMap } from "@crossfoot/kernel";
import type { FailureRecord, Json, JsonMap } from "@crossfoot/kernel";
import type { ConnectionId, ExternalId } from "@crossfoot/kernel";
import { consolidatedBody, each, failed, leaves, matchKeys, text, whole } from "./forms.ts";
import type { Sealer } from "./calls.ts";
import { keyOfToken, ownSubject } from "./vault.ts";

/** How the rows of a table are sealed that were stored before values were. */
export interface RowForm {
  readonly table: string;
  readonly columns: readonly string[];
  readonly seal: (sealer: Sealer, row: JsonMap) => JsonMap;
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const orNull = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);

const recordOf = ({ vault }: Sealer, row: JsonMap): string =>
  vault.subjectOfRecord({
    connection: textOf(row["connection"]) as ConnectionId,
    entity: textOf(row["entity"]),
    id: textOf(row["external_id"]) as ExternalId,
  });
/** The same for a link whose row does not say of which entity it is: a key of its own does no harm. */
const linkOf = ({ vault }: Sealer, row: JsonMap): string =>
  vault.subjectOfLink(textOf(row["link_id"]), orNull(row["entity"]));

const at = (row: JsonMap, column: string): Json => row[column] ?? null;
const failure = (sealer: Sealer, subject: string, value: Json): Json =>
  failed(sealer.pen, subject, value as unknown as FailureRecord | null) as unknown as Json;

/** An entry's body: what decisions and outcomes say, and what an erasure left of either. */
function bodyOf(sealer: Sealer, subject: string, body: Json): Json {
  if (!isMap(body)) return body;
  const { pen, vault } = sealer;
  const forms: { readonly [key: string]: (value: Json) => Json } = {
    before: (value) => whole(pen, subject, value),
    after: (value) => each(pen, subject, value),
    images: (value) => each(pen, subject, value),
    values: (value) => whole(pen, subject, value),
    fields: (value) => (isMap(value) ? leaves(pen, { subject, isLinkId: vault.isLinkId }, value) : value),
    sent: (value) => leaves(pen, { subject, isLinkId: vault.isLinkId }, value),
    value: (value) => whole(pen, subject, value),
    kept: (value) => whole(pen, subject, value),
    keys: (value) => (Array.isArray(value) ? [...matchKeys(pen, value as string[])] : value),
    body: (value) => bodyOf(sealer, subject, value),
  };
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, forms[key]?.(value) ?? value]));
}

const wholeBody = (table: string, column = "body"): RowForm => ({
  table,
  columns: [column],
  seal: ({ pen }, row) => ({ [column]: whole(pen, ownSubject, at(row, column)) }),
});

const ofRecords: readonly RowForm[] = [
  {
    ...{ table: "observation", columns: ["native", "content_hash"] },
    seal: (sealer, row) => ({
      native: whole(sealer.pen, recordOf(sealer, row), at(row, "native")),
      content_hash: text(sealer.pen, recordOf(sealer, row), textOf(row["content_hash"])),
    }),
  },
  {
    ...{ table: "observation_was", columns: ["native"] },
    seal: (sealer, row) => ({ native: whole(sealer.pen, recordOf(sealer, row), at(row, "native")) }),
  },
  {
    ...{ table: "match_key", columns: ["key"] },
    seal: ({ pen }, row) => ({ key: whole(pen, ownSubject, at(row, "key")) }),
  },
  {
    ...{ table: "candidate", columns: ["keys"] },
    seal: ({ pen }, row) => ({ keys: [...matchKeys(pen, at(row, "keys") as string[])] }),
  },
];

const ofLinks: readonly RowForm[] = [
  {
    ...{ table: "base", columns: ["images"] },
    seal: (sealer, row) => ({ images: each(sealer.pen, linkOf(sealer, row), at(row, "images")) }),
  },
  {
    ...{ table: "link_merge", columns: ["bases"] },
    seal: (sealer, row) => ({
      bases: eachOfImages(sealer, textOf(row["into_link"]), { entity: orNull(row["entity"]), row }),
    }),
  },
  {
    table: "intent",
    columns: ["fields", "before", "source_images", "landed_images", "failure", "content_hash"],
    seal(sealer, row) {
      const { pen, vault } = sealer;
      const subject = linkOf(sealer, row);
      return {
        fields: leaves(pen, { subject, isLinkId: vault.isLinkId }, at(row, "fields")),
        before: whole(pen, subject, at(row, "before")),
        source_images: whole(pen, subject, at(row, "source_images")),
        landed_images: each(pen, subject, at(row, "landed_images")),
        failure: failure(sealer, subject, at(row, "failure")),
        content_hash: text(pen, subject, textOf(row["content_hash"])),
      };
    },
  },
  {
    ...{ table: "conflict", columns: ["held", "resolution"] },
    seal(sealer, row) {
      const { pen } = sealer;
      const subject = linkOf(sealer, row);
      const resolution = at(row, "resolution");
      return {
        held: whole(pen, subject, at(row, "held")),
        resolution: isMap(resolution)
          ? { ...resolution, value: whole(pen, subject, at(resolution, "value")) }
          : resolution,
      };
    },
  },
  {
    ...{ table: "park", columns: ["failure"] },
    seal: (sealer, row) => {
      const subject = row["link_id"] === null ? ownSubject : linkOf(sealer, row);
      return { failure: failure(sealer, subject, at(row, "failure")) };
    },
  },
  {
    ...{ table: "journal", columns: ["body"] },
    seal: (sealer, row) => {
      const subject = row["link_id"] === null ? ownSubject : linkOf(sealer, row);
      return { body: bodyOf(sealer, subject, at(row, "body")) };
    },
  },
];

/** Bases as a merge keeps them: by connection, images and what kind the record was. */
function eachOfImages(
  { pen, vault }: Sealer,
  link: string,
  { entity, row }: { readonly entity: string | null; readonly row: JsonMap },
): Json {
  const bases = at(row, "bases");
  const subject = vault.subjectOfLink(link, entity);
  const sealed = (base: Json): Json =>
    isMap(base) ? { ...base, images: each(pen, subject, at(base, "images")) } : base;
  if (Array.isArray(bases)) return bases.map((base: Json) => sealed(base));
  if (!isMap(bases)) return bases;
  return Object.fromEntries(Object.entries(bases).map(([connection, base]) => [connection, sealed(base)]));
}

const failedRow = (table: string): RowForm => ({
  table,
  columns: ["failure"],
  seal: (sealer, row) => ({ failure: failure(sealer, ownSubject, at(row, "failure")) }),
});

/** Every table with values, and how its rows are sealed. A test holds it against the places of persons. */
export const rowForms: readonly RowForm[] = [
  ...ofRecords,
  ...ofLinks,
  ...[failedRow("telling"), failedRow("cursor"), wholeBody("plan"), wholeBody("run", "summary")],
  ...[wholeBody("duplicate"), wholeBody("duplicate_look"), wholeBody("api_answer", "answer")],
  ...[wholeBody("connection", "reason"), wholeBody("delivery_count", "reason")],
  {
    ...{ table: "consolidated", columns: ["body"] },
    seal: ({ pen }, row) => ({ body: consolidatedBody(pen, at(row, "body")) }),
  },
];

/** A row that may hold tokens already, with only what is plain in it sealed: the others stay as they are. */
export function sealRow(form: RowForm, sealer: Sealer, row: JsonMap): JsonMap {
  const isToken = (value: Json): boolean => typeof value === "string" && keyOfToken(value) !== undefined;
  const pen: Sealer["pen"] = (subject, value) =>
    isToken(value) ? (value as string) : sealer.pen(subject, value);
  return form.seal({ ...sealer, pen }, row);
}
