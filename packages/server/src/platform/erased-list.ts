import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ErasedList, ErasedMark } from "../ports.ts";
import { writeWhole } from "./whole-file.ts";

/** Name of the list in the project's folder, beside the store's folder and never inside it. */
export const erasedListName = "crossfoot-erased.json";

/** What stands in the file. */
interface Kept {
  /** Key of the hashes, in hex. */
  readonly key: string;
  readonly erased: readonly ErasedMark[];
}

/**
 * The list of erased persons in a file that its owner alone may read: written beside its place and renamed,
 * so that it is always a whole one. A list that is there and cannot be read is an error, never an empty list.
 */
export function fileErasedList(path: string): ErasedList {
  const load = (): Kept => {
    try {
      return keptIn(readFileSync(path, "utf8"));
    } catch (error) {
      const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (isAbsent) return { key: randomBytes(32).toString("hex"), erased: [] };
      throw new Error(`the list of erased persons (${path}) cannot be read`, { cause: error });
    }
  };
  return {
    async load() {
      return load().erased;
    },
    async add(mark) {
      const kept = load();
      if (kept.erased.some(({ id }) => id === mark.id)) return;
      writeWhole(path, `${JSON.stringify({ ...kept, erased: [...kept.erased, mark] }, null, 1)}\n`);
    },
    async remove(id) {
      const kept = load();
      const erased = kept.erased.filter((mark) => mark.id !== id);
      writeWhole(path, `${JSON.stringify({ ...kept, erased }, null, 1)}\n`);
    },
    async nameOf(record) {
      const kept = load();
      // The key has to be the same for the next hash: it is kept before the first one is given.
      if (kept.erased.length === 0) writeWhole(path, `${JSON.stringify(kept, null, 1)}\n`);
      return createHmac("sha256", Buffer.from(kept.key, "hex")).update(record, "utf8").digest("hex");
    },
  };
}

function keptIn(text: string): Kept {
  const given: unknown = JSON.parse(text);
  const isOne =
    typeof given === "object" &&
    given !== null &&
    "key" in given &&
    typeof given.key === "string" &&
    /^[0-9a-f]{64}$/.test(given.key) &&
    "erased" in given &&
    Array.isArray(given.erased);
  if (!isOne) throw new Error("it is not what Crossfoot wrote");
  return given as unknown as Kept;
}
