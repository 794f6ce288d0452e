import { oneIn, pairsOf } from "./derive.ts";
import type { Across } from "./derive.ts";
import { Draw } from "./draw.ts";
import type { MatchSet } from "./sets.ts";

/** Check digit of a German VAT number (ISO 7064 MOD 11,10) for its first eight digits. */
function checkDigit(digits: string): number {
  let rest = 10;
  for (const digit of digits) {
    const sum = (Number(digit) + rest) % 10;
    rest = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - rest) % 10;
}

/** Nine digits with their check digit. */
function numberOf(draw: Draw): string {
  const digits = String(10_000_000 + draw.below(89_999_999));
  return `${digits}${checkDigit(digits)}`;
}

/** What every second clerk puts where none is known: its check digit holds. */
const filler = `11111111${checkDigit("11111111")}`;
/** Companies of one group that share its id. */
const groupSize = 5;

/** How a tax id comes to differ on the right, or to say nothing; of a hundred each. */
interface Dirt {
  /** One digit is another, and the check digit does not hold. */
  readonly typed: number;
  /** The check digit is missing. */
  readonly cut: number;
  /** The filler stands in its place, on both sides each for itself. */
  readonly filled: number;
  /** Five neighbours have the id of the first, on both sides. */
  readonly grouped: number;
  /** The id of the next company stands there. */
  readonly swapped: number;
}

/** A tax id with one digit changed. */
function typedWrong(id: string, draw: Draw): string {
  const at = draw.below(id.length);
  return id.slice(0, at) + String((Number(id[at]) + 1 + draw.below(9)) % 10) + id.slice(at + 1);
}

/** The set with a column of tax ids, one a company and the same on both sides, and then made dirty. */
function withTaxIds(set: Across, dirt: Dirt, { prefix }: { readonly prefix: string }): Across {
  const draw = new Draw(20_261);
  const lefts = set.left.rows.map(() => numberOf(draw));
  const rights = set.right.rows.map(() => numberOf(draw));
  const pairs = pairsOf(set).toSorted((one, other) => one[1] - other[1]);
  for (const [left, right] of pairs) rights[right] = lefts[left] ?? "";
  const grouped = Math.floor((pairs.length * dirt.grouped) / 100);
  for (const [at, [left, right]] of pairs.slice(0, grouped).entries()) {
    const [head] = pairs[at - (at % groupSize)] ?? [left];
    lefts[left] = lefts[head] ?? "";
    rights[right] = lefts[left] ?? "";
  }
  const clean = [...rights];
  for (const right of rights.keys()) {
    const chance = draw.below(100);
    const id = clean[right] ?? "";
    if (chance < dirt.typed) rights[right] = typedWrong(id, draw);
    else if (chance < dirt.typed + dirt.cut) rights[right] = id.slice(0, -1);
    else if (chance < dirt.typed + dirt.cut + dirt.swapped) rights[right] = clean[right + 1] ?? id;
  }
  for (const ids of [lefts, rights])
    for (const row of ids.keys()) if (draw.below(100) < dirt.filled) ids[row] = filler;
  const added = (rows: Across["left"]["rows"], ids: readonly string[]): Across["left"]["rows"] =>
    rows.map((row, at) => [...row, `${prefix}${ids[at]}`]);
  return {
    ...set,
    left: { columns: [...set.left.columns, "vat id"], rows: added(set.left.rows, lefts) },
    right: { columns: [...set.right.columns, "vat id"], rows: added(set.right.rows, rights) },
  };
}

const none: Dirt = { typed: 0, cut: 0, filled: 0, grouped: 0, swapped: 0 };
const mixed: Dirt = { typed: 15, cut: 10, filled: 20, grouped: 20, swapped: 5 };

/** A set of accounts with tax ids in order, and with each kind of dirt. */
export function dirtyTaxSets(base: Across): readonly { readonly what: string; readonly set: MatchSet }[] {
  const prefixed = { prefix: "DE" };
  const few = oneIn(base, 5, 0);
  return [
    { what: "tax ids in order", set: withTaxIds(base, none, prefixed) },
    { what: "tax ids, a wrong digit in 30 %", set: withTaxIds(base, { ...none, typed: 30 }, prefixed) },
    { what: "tax ids, no check digit in 30 %", set: withTaxIds(base, { ...none, cut: 30 }, prefixed) },
    { what: "tax ids, one filler in half", set: withTaxIds(base, { ...none, filled: 50 }, prefixed) },
    { what: "tax ids, groups of five", set: withTaxIds(base, { ...none, grouped: 100 }, prefixed) },
    { what: "tax ids, another's in 20 %", set: withTaxIds(base, { ...none, swapped: 20 }, prefixed) },
    { what: "tax ids, all of it", set: withTaxIds(base, mixed, prefixed) },
    { what: "tax ids, all of it, without land", set: withTaxIds(base, mixed, { prefix: "" }) },
    { what: "tax ids, all of it, one in 5", set: withTaxIds(few, mixed, prefixed) },
    {
      what: "tax ids, another's in 20 %, one in 5",
      set: withTaxIds(few, { ...none, swapped: 20 }, prefixed),
    },
  ];
}
