import type { FaultKind } from "./fault-kind.ts";

/** Faults that people are: drawn as deeds, and counted when they are done (groups P and D, some of R). */
export const peopleFaults: readonly FaultKind[] = [
  { name: "R4", title: "deleted and brought back", draw: null },
  { name: "R5", title: "late commit: stamp older than the watermark", draw: null },
  { name: "R6", title: "a change without a stamp of its own", draw: null },
  { name: "P2", title: "an edit by the integration's own user", draw: null },
  { name: "P3", title: "deleted on one side while edited on the other", draw: null },
  { name: "P4", title: "typed, corrected and typed again within seconds", draw: null },
  { name: "P6", title: "made twice by a double click, or by two people at once", draw: null },
  { name: "P7", title: "all records changed or deleted at once", draw: null },
  { name: "P8", title: "records merged, also in a chain", draw: null },
  { name: "P10", title: "a record leaves the filter, is edited outside, and comes back", draw: null },
  { name: "P9", title: "a merge taken back, a record moved to another parent", draw: null },
  {
    name: "D1",
    title: "long texts, emoji, combining and right-to-left letters, control characters",
    draw: null,
  },
  { name: "D2", title: "texts that look like numbers, nothing, or code", draw: null },
  { name: "D4", title: "a document without its currency, or with another one", draw: null },
  { name: "D5", title: "a unit that is missing, larger, or takes no fractions", draw: null },
  { name: "D6", title: "a price that is missing, zero or negative", draw: null },
  { name: "P5", title: "a document changes its state or its lines under us", draw: null },
  { name: "D7", title: "dates at which calendars differ", draw: null },
  { name: "D8", title: "values that are code", draw: null },
  { name: "D10", title: "parents in a circle", draw: null },
];
