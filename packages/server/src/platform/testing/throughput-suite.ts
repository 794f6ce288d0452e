import { expect, it } from "vitest";
import type { Database } from "../../ports.ts";

const batch = 500;
const batches = 60;

function rowsOf(at: number): string {
  const rows = Array.from({ length: batch }, (_, n) => ({
    id: at * batch + n,
    name: `Account ${at}/${n}`,
    amount: "12.50",
    fields: { city: "Lyon", tags: ["a", "b"], note: "x".repeat(150) },
  }));
  return JSON.stringify(rows);
}

/** Prints what bulk inserts and single statements cost. Judges only that the rows arrived. */
export function throughputSuite(name: string, open: () => Promise<Database>): void {
  it(`${name}: ${batches} transactions of ${batch} rows`, async () => {
    const started = performance.now();
    const database = await open();
    const opened = performance.now();
    await database.script(
      "create table bulk (id bigint primary key, name text, amount numeric, fields jsonb)",
    );
    const texts = Array.from({ length: batches }, (_, at) => rowsOf(at));
    const begun = performance.now();
    for (const text of texts) {
      await database.transaction((tx) =>
        tx.query(
          "insert into bulk select id, name, amount, fields from jsonb_to_recordset($1::jsonb) " +
            "as r(id bigint, name text, amount numeric, fields jsonb)",
          [text],
        ),
      );
    }
    const written = performance.now();
    const read = await database.query("select id, name, amount, fields from bulk");
    const ended = performance.now();
    for (let n = 0; n < 100; n += 1)
      await database.query("update bulk set name = $2 where id = $1", [n, "x"]);
    const single = (performance.now() - ended) / 100;
    const perSecond = (ms: number): number => Math.round((batches * batch) / (ms / 1_000));
    const transactionMs = (written - begun) / batches;
    process.stdout.write(
      `${name}: open ${Math.round(opened - started)} ms, insert ${perSecond(written - begun)} rows/s ` +
        `(${transactionMs.toFixed(1)} ms a transaction), read ${perSecond(ended - written)} rows/s, ` +
        `one committed update ${single.toFixed(2)} ms\n`,
    );
    expect(read).toHaveLength(batch * batches);
    await database.close();
  });
}
