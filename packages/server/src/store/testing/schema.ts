import type { Queryable } from "../../ports.ts";

/** What a database's own catalogue says of its schema, in an order that depends on nothing else. */
export async function schemaOf(database: Queryable): Promise<readonly string[]> {
  const rows = await database.query<{ text: string }>(
    [
      "select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || " +
        "coalesce(column_default, '') as text from information_schema.columns where table_schema = " +
        "current_schema()",
      "select indexdef from pg_indexes where schemaname = current_schema()",
      "select conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) from pg_constraint where " +
        "connamespace = current_schema()::regnamespace",
      "select tgrelid::regclass::text || ' ' || pg_get_triggerdef(oid) from pg_trigger where not " +
        "tgisinternal",
      "select proname || ' ' || prosrc from pg_proc where pronamespace = current_schema()::regnamespace",
      "select 'version ' || version || ' ' || name from schema_version order by 1",
    ].join(" union all "),
  );
  return rows.map(({ text }) => text);
}
