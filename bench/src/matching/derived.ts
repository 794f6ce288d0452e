import {
  blanked,
  crossed,
  decoyed,
  doubled,
  fewOf,
  inCyrillic,
  nobodyShared,
  oneIn,
  pairsOf,
  rewriteRight,
  splitInTwo,
  withKin,
} from "./derive.ts";
import type { Across, Decoy } from "./derive.ts";
import { dirtyTaxSets } from "./dirty-tax.ts";
import { Draw } from "./draw.ts";
import { heldOutSets } from "./held-out.ts";
import type { MatchSet } from "./sets.ts";

/** Sets that are scored as one: their links, hits and questions are added up. */
export interface SetGroup {
  readonly name: string;
  readonly sets: readonly MatchSet[];
}

const draws = Array.from({ length: 20 }, (_, at) => at);
const given = "anna,boris,carla,dennis,edith,frank,greta,hubert,ingrid,julian,karin,lorenz".split(",");
const otherGiven = "olga,percy,ruth,simon,tilda,ulrich,vera,walter,yvonne,zeno".split(",");
const chains = "Blue Anchor Grill,Corner Bakery Cafe,Golden Wok,Pasta Presto,The Green Olive".split(",");
const tints = "black,white,silver,red,blue,gray,grey,pink,green,titanium,chrome".split(",");

/** Another person of the household: other given name, other birthday and number, all else the same. */
function relative(columns: readonly string[], names: readonly string[]): Decoy {
  return ({ right }, draw) =>
    right.map((cell, at) => {
      const column = columns[at] ?? "";
      if (column === "given_name") return draw.of(names);
      if (column === "date_of_birth") return String(19_300_101 + draw.below(70) * 10_000 + draw.below(27));
      return column === "soc_sec_id" ? String(1_000_000 + draw.below(8_999_999)) : cell;
    });
}

/** The next model or size: the longest number both names carry is another everywhere, or the colour. */
const variant: Decoy = ({ left, right }, draw) => {
  const [mine, theirs] = [(left[1] ?? "").toLowerCase(), (right[1] ?? "").toLowerCase()];
  const everywhere = (from: string, to: string): readonly string[] =>
    right.map((cell, at) => (at === 0 ? cell : cell.replaceAll(new RegExp(from, "gi"), to)));
  const isIn = (name: string, word: string): boolean => name.split(/[^a-z]+/).includes(word);
  const tint = tints.find((each) => isIn(mine, each) && isIn(theirs, each));
  if (tint !== undefined && draw.below(2) === 0)
    return everywhere(`\\b${tint}\\b`, tint === "white" ? "Black" : "White");
  const numbers = [...theirs.matchAll(/\d{2,}/g)]
    .map(([digits]) => digits)
    .filter((each) => mine.includes(each));
  const number = numbers.toSorted((one, other) => other.length - one.length)[0];
  if (number === undefined) return null;
  const place = draw.below(number.length);
  const digit = (Number(number[place]) + 1 + draw.below(8)) % 10;
  return everywhere(number, number.slice(0, place) + String(digit) + number.slice(place + 1));
};

/** Every record is a branch of one of a few chains, on both sides of the same. */
function branches(set: Across): Across {
  const chainOf = new Map(pairsOf(set).map(([left, right]) => [right, left]));
  const named = (row: readonly string[], at: number): readonly string[] =>
    row.map((cell, place) => (place === 1 ? (chains[at % chains.length] ?? cell) : cell));
  return {
    ...set,
    left: { ...set.left, rows: set.left.rows.map(named) },
    right: {
      ...set.right,
      rows: set.right.rows.map((row, at) => named(row, chainOf.get(at) ?? at)),
    },
  };
}

function groupsOf(base: Across): readonly SetGroup[] {
  const group = (what: string, sets: readonly MatchSet[]): SetGroup => ({
    name: `${base.name}: ${what}`,
    sets,
  });
  const seeded = (make: (draw: Draw) => MatchSet): readonly MatchSet[] =>
    draws.map((at) => make(new Draw(77_000 + at * 13)));
  const one = (make: (draw: Draw) => MatchSet): readonly MatchSet[] => [make(new Draw(4_711))];
  return [
    group(
      "one in 10, ten ways",
      draws.slice(0, 10).map((at) => oneIn(base, 10, at)),
    ),
    group(
      "one in 50, ten ways",
      draws.slice(0, 10).map((at) => oneIn(base, 50, at * 5)),
    ),
    group("nobody shared", [nobodyShared(base)]),
    group(
      "20 records, 10 shared",
      seeded((draw) => fewOf(base, { shared: 10, alone: 10, draw })),
    ),
    group(
      "20 records, 2 shared",
      seeded((draw) => fewOf(base, { shared: 2, alone: 18, draw })),
    ),
    group(
      "40 % blank",
      one((draw) => blanked(base, 40, draw)),
    ),
    group(
      "40 % blank, one in 5",
      one((draw) => blanked(oneIn(base, 5, 0), 40, draw)),
    ),
    group(
      "30 % in the wrong column",
      one((draw) => crossed(base, 30, draw)),
    ),
    group(
      "30 % twice on one side",
      one((draw) => doubled(base, 30, draw)),
    ),
    group(
      "30 % twice, one in 5",
      one((draw) => doubled(oneIn(base, 5, 0), 30, draw)),
    ),
  ];
}

/** What the open sets become by fixed rules and seeds; no weight, level or bar is chosen for one of them. */
export function derivedGroups(sets: readonly MatchSet[]): readonly SetGroup[] {
  const across = sets.flatMap((set): readonly Across[] => {
    if (set.right !== null) return [{ ...set, right: set.right }];
    return set.name.startsWith("febrl dataset3") ? [splitInTwo(set)] : [];
  });
  const firms = heldOutSets().flatMap((set): readonly Across[] => {
    const isTaken = /companies of three lands|names repeat/.test(set.name);
    return isTaken && set.right !== null ? [{ ...set, right: set.right }] : [];
  });
  const dirty = [...across.filter(({ entity }) => entity === "accounts"), ...firms].flatMap((base) =>
    dirtyTaxSets(base).map(({ what, set }) => ({ name: `${base.name}: ${what}`, sets: [set] })),
  );
  const groups = across.flatMap((base) => {
    const more: SetGroup[] = [];
    const add = (what: string, set: MatchSet): void => {
      more.push({ name: `${base.name}: ${what}`, sets: [set] });
    };
    const draw = new Draw(99);
    if (base.entity !== "products") {
      const cyrillic = (row: readonly string[]): readonly string[] =>
        row.map((cell, at) => (at === 0 ? cell : inCyrillic(cell)));
      add("Cyrillic", rewriteRight(base, cyrillic));
      add("Cyrillic, one in 5", rewriteRight(oneIn(base, 5, 0), cyrillic));
    }
    if (base.entity === "contacts") {
      const kin = relative(base.right.columns, given);
      const others = relative(base.right.columns, otherGiven);
      if (base.right.columns.includes("date_of_birth")) add("half are relatives", decoyed(base, kin, draw));
      add("a relative more on each side", withKin(base, [kin, others], draw));
    }
    if (base.entity === "accounts") {
      add("branches of five chains", branches(base));
      add("branches of five chains, one in 5", oneIn(branches(base), 5, 0));
    }
    if (base.name === "abt-buy") {
      add("half are variants", decoyed(base, variant, draw));
    }
    return [...groupsOf(base), ...more];
  });
  return [...groups, ...dirty];
}
