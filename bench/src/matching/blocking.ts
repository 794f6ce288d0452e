import { matchingFields, proposeCandidates, SideReader, vocabularyOf } from "@crossfoot/matching";
import type { Table } from "@crossfoot/matching";
import { firstRow, isShared, originOf, otherRow } from "./made-accounts.ts";

const columns = ["name", "street", "city", "postcode", "phone"];

/**
 * Share of the true pairs of made-up accounts, so many on each side, that are among the pairs proposed to be
 * compared: the most that recall can reach.
 */
export function blockingRecallOf(count: number): number {
  const sample = (rowAt: (row: number) => readonly string[]): Table => ({
    columns,
    rows: Array.from({ length: Math.min(count, 1000) }, (_, row) => rowAt(row)),
  });
  const theirRow = (row: number): readonly string[] => otherRow(row, count);
  const fields = matchingFields({ left: sample(firstRow), right: sample(theirRow) }, "accounts");
  const vocabulary = vocabularyOf(fields);
  const sides = ([firstRow, theirRow] as const).map((rowAt, at) => {
    const end = at === 0 ? "left" : "right";
    const reader = new SideReader(vocabulary, fields, { end, entity: "accounts" });
    for (let row = 0; row < count; row++) reader.add(rowAt(row));
    return reader.side();
  });
  const [left, right] = sides;
  if (left === undefined || right === undefined) return 0;
  const proposed = proposeCandidates({ left, right, fields, vocabulary });
  let hits = 0;
  for (const [pair, one] of proposed.left.entries())
    if (originOf(proposed.right[pair] ?? -1, count) === one && isShared(one)) hits++;
  const truth = Array.from({ length: count }, (_, record) => isShared(record)).filter(Boolean).length;
  return hits / truth;
}
