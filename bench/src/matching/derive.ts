import type { Table } from "@crossfoot/matching";
import type { Draw } from "./draw.ts";
import { pairKey } from "./sets.ts";
import type { MatchSet } from "./sets.ts";

/** A set of two tables. */
export type Across = MatchSet & { readonly right: Table };

/** A pair of rows. */
type Pair = readonly [left: number, right: number];

/** The true pairs as rows. */
export function pairsOf({ truth }: MatchSet): readonly Pair[] {
  return [...truth].map((key) => [Math.floor(key / 10_000_000), key % 10_000_000] as const);
}

/** These rows of both tables, and the truth about them. */
function partOf(set: Across, lefts: readonly number[], rights: readonly number[]): Across {
  const places = (rows: readonly number[]): ReadonlyMap<number, number> =>
    new Map(rows.map((row, at) => [row, at]));
  const [mine, theirs] = [places(lefts), places(rights)];
  const truth = pairsOf(set).flatMap(([one, other]) => {
    const [left, right] = [mine.get(one), theirs.get(other)];
    return left === undefined || right === undefined ? [] : [pairKey(left, right)];
  });
  const pick = ({ columns, rows }: Table, kept: readonly number[]): Table => ({
    columns,
    rows: kept.map((row) => rows[row] ?? []),
  });
  return { ...set, left: pick(set.left, lefts), right: pick(set.right, rights), truth: new Set(truth) };
}

/** The set with every row of its right table rewritten. */
export function rewriteRight(
  set: Across,
  rewrite: (row: readonly string[], at: number) => readonly string[],
): Across {
  return { ...set, right: { columns: set.right.columns, rows: set.right.rows.map(rewrite) } };
}

/** Rows in an order that a seed draws. */
function shuffled(rows: readonly number[], draw: Draw): readonly number[] {
  return rows
    .map((row) => ({ row, place: draw.below(1_000_000_000) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ row }) => row);
}

/**
 * Two tables of one: of each group of duplicates the first record to the left and the second to the right,
 * records without duplicates by turns.
 */
export function splitInTwo(set: MatchSet): Across {
  const home = new Map<number, number>();
  for (const [one, other] of pairsOf(set).toSorted((a, b) => a[0] - b[0] || a[1] - b[1]))
    if (!home.has(other)) home.set(other, home.get(one) ?? one);
  const members = new Map<number, number[]>();
  for (const row of set.left.rows.keys()) {
    const group = home.get(row) ?? row;
    members.set(group, [...(members.get(group) ?? []), row]);
  }
  const lefts: number[] = [];
  const rights: number[] = [];
  let turn = 0;
  for (const [first = 0, second] of members.values()) {
    if (second !== undefined) rights.push(second);
    if (second !== undefined || turn++ % 2 === 0) lefts.push(first);
    else rights.push(first);
  }
  return partOf({ ...set, right: set.left }, lefts, rights.toReversed());
}

/** The set with one partner in so many kept in the right table, beginning with the one at `offset`. */
export function oneIn(set: Across, keep: number, offset: number): Across {
  const rights = pairsOf(set)
    .map(([, right]) => right)
    .toSorted((one, other) => one - other);
  const dropped = new Set(rights.filter((_, at) => at % keep !== offset % keep));
  return partOf(
    set,
    [...set.left.rows.keys()],
    [...set.right.rows.keys()].filter((row) => !dropped.has(row)),
  );
}

/** The left records of half the pairs and the right ones of the other half, and all without partner. */
export function nobodyShared(set: Across): Across {
  const pairs = pairsOf(set);
  const mine = new Set(pairs.filter((_, at) => at % 2 === 0).map(([left]) => left));
  const theirs = new Set(pairs.filter((_, at) => at % 2 === 1).map(([, right]) => right));
  return partOf(
    set,
    [...set.left.rows.keys()].filter((row) => !mine.has(row)),
    [...set.right.rows.keys()].filter((row) => !theirs.has(row)),
  );
}

/** So many pairs, and on each side so many records without partner, as a seed draws them. */
export function fewOf(
  set: Across,
  { shared, alone, draw }: { readonly shared: number; readonly alone: number; readonly draw: Draw },
): Across {
  const pairs = pairsOf(set);
  const order = shuffled([...pairs.keys()], draw);
  const kept = order.slice(0, shared).flatMap((at) => pairs[at] ?? []);
  const lefts = order.slice(shared, shared + alone).flatMap((at) => pairs[at]?.[0] ?? []);
  const rights = order.slice(shared + alone, shared + 2 * alone).flatMap((at) => pairs[at]?.[1] ?? []);
  const ends = (side: 0 | 1): readonly number[] => kept.filter((_, at) => at % 2 === side);
  return partOf(set, [...ends(0), ...lefts], shuffled([...ends(1), ...rights], draw));
}

/** The right cells blank by so many in a hundred; one cell of each row stays. */
export function blanked(set: Across, percent: number, draw: Draw): Across {
  return rewriteRight(set, (row) => {
    const stays = 1 + draw.below(Math.max(1, row.length - 1));
    return row.map((cell, at) => (at > 0 && at !== stays && draw.below(100) < percent ? "" : cell));
  });
}

/** In so many right rows of a hundred two neighbouring cells stand in each other's column. */
export function crossed(set: Across, percent: number, draw: Draw): Across {
  return rewriteRight(set, (row) => {
    if (draw.below(100) >= percent) return row;
    const at = 1 + draw.below(Math.max(1, row.length - 2));
    return row.map((cell, place) => (place === at ? row[at + 1] : place === at + 1 ? row[at] : cell) ?? "");
  });
}

/** A word with two letters in each other's place. */
function slipped(text: string, draw: Draw): string {
  if (text.length < 4) return text;
  const at = 1 + draw.below(text.length - 2);
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}

/** So many right records of a hundred stand there twice, the second with a slip in a cell; both are true. */
export function doubled(set: Across, percent: number, draw: Draw): Across {
  const twice = [...set.right.rows.keys()].filter(() => draw.below(100) < percent);
  const copies = twice.map((row) => {
    const cells = set.right.rows[row] ?? [];
    const at = 1 + draw.below(Math.max(1, cells.length - 1));
    return cells.map((cell, place) => (place === at ? slipped(cell, draw) : cell));
  });
  const places = new Map(twice.map((row, at) => [row, set.right.rows.length + at]));
  const more = pairsOf(set).flatMap(([left, right]) => {
    const place = places.get(right);
    return place === undefined ? [] : [pairKey(left, place)];
  });
  const rows = [...set.right.rows, ...copies];
  return { ...set, right: { columns: set.right.columns, rows }, truth: new Set([...set.truth, ...more]) };
}

const cyrillic = new Map(
  Array.from("abcdefghijklmnoprstuvyz", (letter, at) => [
    letter,
    "а б ц д е ф г х и ж к л м н о п р с т у в ы з".split(" ")[at] ?? letter,
  ]),
);

/** A text in Cyrillic letters, one by one as a clerk would write a foreign name. */
export function inCyrillic(text: string): string {
  return Array.from(text.toLowerCase(), (letter) => cyrillic.get(letter) ?? letter).join("");
}

/** Another record that looks like the right one of a pair; null where none can be made. */
export type Decoy = (
  pair: { readonly left: readonly string[]; readonly right: readonly string[] },
  draw: Draw,
) => readonly string[] | null;

/** The right record of every second pair becomes another one that looks like it: nobody's partner. */
export function decoyed(set: Across, decoy: Decoy, draw: Draw): Across {
  const rows = [...set.right.rows];
  const truth = new Set(set.truth);
  for (const [left, right] of pairsOf(set).filter((_, at) => at % 2 === 0)) {
    const pair = { left: set.left.rows[left] ?? [], right: rows[right] ?? [] };
    const made = decoy(pair, draw);
    if (made === null) continue;
    rows[right] = made;
    truth.delete(pairKey(left, right));
  }
  return { ...set, right: { columns: set.right.columns, rows }, truth };
}

/** Every second pair gets one more record on each side that looks like it: two that are not one. */
export function withKin(
  set: Across,
  [mine, theirs]: readonly [left: Decoy, right: Decoy],
  draw: Draw,
): Across {
  const [lefts, rights] = [[...set.left.rows], [...set.right.rows]];
  for (const [left, right] of pairsOf(set).filter((_, at) => at % 2 === 0)) {
    const pair = { left: set.left.rows[left] ?? [], right: set.right.rows[right] ?? [] };
    lefts.push(mine({ left: pair.right, right: pair.left }, draw) ?? []);
    rights.push(theirs(pair, draw) ?? []);
  }
  const { columns } = set.left;
  return { ...set, left: { columns, rows: lefts }, right: { columns: set.right.columns, rows: rights } };
}
