import type { Tables } from "./tables.ts";
import { keyOf } from "./table.ts";

type Columns<Row> = (row: Row) => readonly (string | number | boolean | null)[];

/** Marks the links whose leaves may have changed, as the triggers of the SQL store do. */
export function watchForProofs(tables: Tables, nextNr: () => number): void {
  const mark = (link: string | null): void => {
    if (link !== null) tables.proofDue.insert({ nr: nextNr(), link_id: link });
  };
  const marker =
    <Row extends { readonly link_id: string | null }>(columns: Columns<Row>) =>
    (before: Row | undefined, after: Row | undefined): void => {
      const text = (row: Row | undefined): string =>
        row === undefined ? "" : keyOf(...columns(row).map(String));
      if (text(before) === text(after)) return;
      const links = new Set([before?.link_id ?? null, after?.link_id ?? null]);
      for (const link of links) mark(link);
    };
  const { observation, member, line, work } = tables;
  observation.watch(
    marker(({ connection, entity, external_id, link_id, kind, content_hash }) => [
      connection,
      entity,
      external_id,
      link_id,
      kind,
      content_hash,
    ]),
  );
  member.watch(
    marker(({ link_id, connection, entity, external_id, is_alias, until_at }) => [
      link_id,
      connection,
      entity,
      external_id,
      is_alias,
      until_at,
    ]),
  );
  line.watch(
    marker(({ link_id, connection, field, native_id, key }) => [link_id, connection, field, native_id, key]),
  );
  work.watch((before, after) => {
    if (after !== undefined && before?.marked !== after.marked) mark(after.link_id);
  });
}
