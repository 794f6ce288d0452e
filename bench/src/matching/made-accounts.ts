import { Draw } from "./draw.ts";

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

/** A seed of its own for each record, so that any record can be made without those before it. */
function seedOf(record: number, salt: number): number {
  let mixed = Math.imul(record + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & 0x7fff_ffff;
}

/** A row of the first file. */
export const firstRow = (row: number): readonly string[] => account(new Draw(seedOf(row, 1)));

/** The account of the first file that a row of the second is made of: far apart, each once. */
export const originOf = (row: number, count: number): number => (row * 7_919 + 13) % count;

/** Whether an account is in both files, nine in ten are. */
export const isShared = (record: number): boolean => new Draw(seedOf(record, 2)).below(10) > 0;

/** A row of the second file: the account as another system holds it, or an account of its own. */
export function otherRow(row: number, count: number): readonly string[] {
  const record = originOf(row, count);
  if (!isShared(record)) return account(new Draw(seedOf(record, 3)));
  const draw = new Draw(seedOf(record, 4));
  // The name is never lost whole: such a pair nobody could find.
  return account(new Draw(seedOf(record, 1))).map((value, cell) => {
    const other = damaged(value, draw);
    return cell === 0 && other === "" ? value : other;
  });
}

/** In a file with doubles every so-many-th row is an earlier account, damaged. */
const doubledEvery = 10;

/** The earlier row that a row of a file with doubles is a copy of; null for an account of its own. */
export function copiedRow(row: number): number | null {
  if (row % doubledEvery !== doubledEvery - 1) return null;
  const earlier = (Math.imul(row, 0x9e3779b1) >>> 0) % row;
  return earlier % doubledEvery === doubledEvery - 1 ? earlier - 1 : earlier;
}

/** A row of a file with doubles. */
export function doubledRow(row: number): readonly string[] {
  const earlier = copiedRow(row);
  if (earlier === null) return firstRow(row);
  const draw = new Draw(seedOf(row, 5));
  return firstRow(earlier).map((value, cell) => {
    const other = damaged(value, draw);
    return cell === 0 && other === "" ? value : other;
  });
}
