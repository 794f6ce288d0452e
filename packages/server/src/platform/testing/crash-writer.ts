/**
 * Program of the kill tests: opens the embedded database of the folder in its first argument and commits
 * rows for ever, each acknowledged on standard output after its commit. Every third row comes with 300
 * others in the same transaction.
 */
import { openEmbedded } from "../embedded.ts";

const folder = process.argv[2] ?? "";
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

let beats = 0;
const beat = setInterval(() => {
  beats += 1;
  say(`opening ${beats}`);
}, 25);
const database = await openEmbedded(folder);
clearInterval(beat);
await database.script(
  `create table if not exists written (n int primary key);
  create table if not exists filler (n int, text text)`,
);
const [last] = await database.query<{ n: number | null }>("select max(n) as n from written");
say("open");
for (let n = (last?.n ?? 0) + 1; ; n += 1) {
  await database.transaction(async (tx) => {
    await tx.query("insert into written values ($1)", [n]);
    if (n % 3 > 0) return;
    await tx.query("insert into filler select $1, repeat(i::text, 100) from generate_series(1, 300) i", [n]);
  });
  say(String(n));
}
