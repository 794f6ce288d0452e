import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Log, Testimony, Witness } from "../ports.ts";
import { writeWholeOf } from "./whole-file.ts";

/** Name of the witness in the project's folder, beside the store's and never inside it. */
export const witnessName = "crossfoot-witness.json";

/**
 * A witness in a file: written beside its place and renamed, so that it is always a whole one. A file that
 * cannot be read counts as none, and says so.
 */
export function fileWitness(path: string, log: Log): Witness {
  let isWarned = false;
  let last = "";
  /** One after the other, in the order in which they were asked for; never rejects. */
  let saving: Promise<void> = Promise.resolve();
  const warn = (event: string, error: unknown): void => {
    if (!isWarned) log.warn(event, { path, message: error instanceof Error ? error.message : "unknown" });
    isWarned = true;
  };
  const write = async (text: string): Promise<void> => {
    if (text === last) return;
    try {
      mkdirSync(dirname(path), { recursive: true });
      await writeWholeOf(path, onlyOf(text));
      last = text;
    } catch (error) {
      warn("witness_not_written", error);
    }
  };
  return {
    load() {
      try {
        return Promise.resolve(testimonyIn(readFileSync(path, "utf8")));
      } catch (error) {
        const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
        if (!isAbsent) warn("witness_unreadable", error);
        return Promise.resolve(null);
      }
    },
    save(testimony) {
      saving = saving.then(() => write(`${JSON.stringify(testimony)}\n`));
      return saving;
    },
  };
}

async function* onlyOf(text: string): AsyncGenerator<string> {
  yield text;
}

function testimonyIn(text: string): Testimony {
  const given: unknown = JSON.parse(text);
  const isOne =
    typeof given === "object" &&
    given !== null &&
    "epoch" in given &&
    typeof given.epoch === "number" &&
    "heads" in given &&
    Array.isArray(given.heads);
  if (!isOne) throw new Error("it is not what Crossfoot wrote");
  return given as unknown as Testimony;
}
