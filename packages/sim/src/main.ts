/** `npm run sim -- --seeds 200 | --seed 7`: see `cli.ts`. */
import { runCli } from "./cli.ts";

process.exitCode = await runCli(process.argv.slice(2), (line) => void process.stdout.write(`${line}\n`));
