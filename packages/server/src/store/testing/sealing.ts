import { createHash } from "node:crypto";
import { createSealingCipher } from "../../platform/sealing-cipher.ts";
import type { SealingDeps } from "../sealed/vault.ts";

/** Master keys of tests: bytes that everybody may know. */
const testMaster = (id: string): { readonly id: string; readonly bytes: Uint8Array } => ({
  id,
  bytes: createHash("sha256").update(`master ${id}`).digest(),
});

let drawn = 0;
/** Random bytes that are the same in every run, and never the same twice in one. */
const seededBytes = (bytes: number): Uint8Array => {
  drawn += 1;
  return createHash("sha512").update(`${drawn}`).digest().subarray(0, bytes);
};

/** Sealing of a test: every entity has persons, and links are called as the test's are. */
export const testSealing = (
  masters: readonly [string, ...string[]] = ["k-1"],
  isLinkId: (text: string) => boolean = (text) => /^l(?:ink)?-\d+$/.test(text),
): SealingDeps => {
  const [first, ...rest] = masters;
  return {
    cipher: createSealingCipher([testMaster(first), ...rest.map(testMaster)], seededBytes),
    hasPersons: () => true,
    isLinkId,
  };
};

/** Every row of every table of a database, as text, by table: also what no store's dump shows. */
export async function allRows(database: {
  readonly query: <Row>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;
}): Promise<{ readonly [table: string]: readonly string[] }> {
  const tables = await database.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = current_schema()",
  );
  const all: { [table: string]: readonly string[] } = {};
  for (const { name } of tables) {
    const rows = await database.query<{ row: string }>(`select to_jsonb(t)::text as row from "${name}" t`);
    all[name] = rows.map(({ row }) => row);
  }
  return all;
}
