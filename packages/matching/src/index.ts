/** The matcher: which records of two systems, or of one, stand for the same company, person or product. */
export { mappedFields } from "./columns/align.ts";
export type { ColumnPair } from "./columns/align.ts";
export { nameLikenesses, sameNameMin } from "./compare/names.ts";
export { describeMatching } from "./describe.ts";
export type { MatchingSummary } from "./describe.ts";
export { evidenceOf } from "./evidence.ts";
export type { Evidence } from "./evidence.ts";
export { matchTables } from "./match.ts";
export type { MatchInput, MatchedPair, Matching } from "./match.ts";
export { kinds } from "./kinds.ts";
export type { Field, Kind, MatchedEntity, Table } from "./kinds.ts";
