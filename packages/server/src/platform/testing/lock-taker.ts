/**
 * Program of the lock tests: says `ready`; for each line it reads, tries to take the lock of the folder of
 * that name, and says `won` or the reason. Holds what it has until it is killed.
 */
import { createInterface } from "node:readline";
import { lockFolder } from "../folder-lock.ts";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

say("ready");
for await (const folder of createInterface({ input: process.stdin })) {
  try {
    lockFolder(folder, null);
    say("won");
  } catch (error) {
    say(error instanceof Error ? error.message : "unknown reason");
  }
}
