/** Program of the tests of orphans: starts a PostgreSQL, says its process id, and waits to be killed. */
import { once } from "node:events";
import { startPostgres } from "./postgres.ts";

const { pid } = await startPostgres({ isDurable: false });
process.stdout.write(`${pid}\n`);
process.stdin.resume();
await once(process.stdin, "end");
