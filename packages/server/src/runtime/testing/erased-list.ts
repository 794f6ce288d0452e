import { createHmac } from "node:crypto";
import type { ErasedList, ErasedMark } from "../../ports.ts";

/** A list of erased persons in memory. */
export function memoryErasedList(): ErasedList & { readonly marks: ErasedMark[] } {
  const marks: ErasedMark[] = [];
  return {
    marks,
    load: () => Promise.resolve(marks),
    add: (mark) => {
      if (!marks.some(({ id }) => id === mark.id)) marks.push(mark);
      return Promise.resolve();
    },
    remove: (id) => {
      marks.splice(0, marks.length, ...marks.filter((mark) => mark.id !== id));
      return Promise.resolve();
    },
    nameOf: (record) => Promise.resolve(createHmac("sha256", "k").update(record).digest("hex")),
  };
}
