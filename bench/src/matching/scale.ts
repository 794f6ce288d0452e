import type { Table } from "@crossfoot/matching";
import { pairKey } from "./sets.ts";
import type { MatchSet } from "./sets.ts";

const starts =
  "al an bar ber car cor dal del den el fal fer gal gor hal har in jan kal kor lan lor mar".split(" ");
const middles = "a e i o u an en in on ar er or al el il ta te ti to va ve vi ra re ri".split(" ");
const ends = "ba co da fa go ka la lo ma mo na no pa ra ro sa so ta to va ver den ton ford berg stein".split(
  " ",
);
const trades =
  "Foods Steel Paints Tools Lamps Boats Tiles Motors Textiles Logistics Pharma Optics Farms".split(" ");
const forms = "GmbH,Ltd,Inc,S.A.,AG,B.V.,SRL,LLC,Oy,AB".split(",");
const kinds = "Street,Road,Avenue,Lane,Square,Drive".split(",");

/** Numbers by a fixed rule from a seed, 0 to below `below` (linear congruence of 31 bits). */
class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(below: number): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((this.#state / 0x8000_0000) * below);
  }

  of(words: readonly string[]): string {
    return words[this.below(words.length)] ?? "";
  }
}

function word(draw: Draw): string {
  const made = draw.of(starts) + draw.of(middles) + draw.of(ends);
  return made.charAt(0).toUpperCase() + made.slice(1);
}

function account(draw: Draw): readonly string[] {
  return [
    `${word(draw)} ${draw.below(3) === 0 ? `${word(draw)} ` : ""}${draw.of(trades)} ${draw.of(forms)}`,
    `${draw.below(400) + 1} ${word(draw)} ${draw.of(kinds)}`,
    word(draw),
    String(10_000 + draw.below(90_000)),
    `+49 ${200 + draw.below(700)} ${1_000_000 + draw.below(8_999_999)}`,
  ];
}

/** A value as the other system may hold it: a letter dropped or doubled, a word cut, or nothing. */
function damaged(value: string, draw: Draw): string {
  const chance = draw.below(10);
  if (chance === 0) return "";
  const at = 1 + draw.below(Math.max(1, value.length - 1));
  if (chance === 1) return value.slice(0, at) + value.slice(at + 1);
  if (chance === 2) return value.slice(0, at) + value.slice(at - 1);
  return chance === 3 ? value.toUpperCase() : value;
}

/**
 * Two tables of made-up accounts, of which nine in ten are in both, damaged in the second; the same
 * for the same
 * count.
 */
export function madeAccounts(count: number): MatchSet {
  const draw = new Draw(count);
  const columns = ["name", "street", "city", "postcode", "phone"];
  const left: (readonly string[])[] = [];
  const right: (readonly string[])[] = [];
  const truth = new Set<number>();
  for (let at = 0; at < count; at++) {
    const mine = account(draw);
    left.push(mine);
    const isShared = draw.below(10) > 0;
    // The name is never lost whole: such a pair nobody could find.
    const theirs = mine.map((value, cell) => {
      const other = damaged(value, draw);
      return cell === 0 && other === "" ? value : other;
    });
    right.push(isShared ? theirs : account(draw));
    if (isShared) truth.add(pairKey(at, count - 1 - at));
  }
  const tableOf = (rows: readonly (readonly string[])[]): Table => ({ columns, rows });
  return {
    name: `${count} x ${count} made accounts`,
    entity: "accounts",
    left: tableOf(left),
    right: tableOf(right.toReversed()),
    truth,
  };
}
