/**
 * Program of the lock tests: says `ready`, waits for a line, tries to take the lock of the folder in its
 * first argument, says `won` or the reason, and holds what it has until it is killed.
 */
import { once } from "node:events";
import { lockFolder } from "../folder-lock.ts";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

say("ready");
await once(process.stdin, "data");
try {
  lockFolder(process.argv[2] ?? "", null);
  say("won");
} catch (error) {
  say(error instanceof Error ? error.message : "unknown reason");
}
await once(process.stdin, "end");
