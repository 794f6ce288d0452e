import { isNickname } from "../normalise/nicknames.ts";
import { editsBetween, jaroWinkler } from "../text/closeness.ts";
import { soundOf } from "../text/sound.ts";

/** Words of two names that were found in each other, whatever their order. */
export interface Aligned {
  /** Worth of the words that met, less what their closeness lacks. */
  readonly met: number;
  readonly count: number;
  /** Closeness of the least close words that met; 1 if none did. */
  readonly worst: number;
  /** Words that only one side has. */
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** How names are read. */
export interface NameReading {
  /** Nicknames and initials stand for given names. */
  readonly isPerson: boolean;
  readonly worth: (word: string) => number;
}

/** Edits that are taken for a slip, by the length of the longer word. */
function slipsMax(length: number): number {
  if (length <= 3) return 0;
  return length <= 8 ? 1 : 2;
}

/** How close two words of names are, 0 to 1; symmetric. Never throws. */
export function wordCloseness(left: string, right: string, isPerson: boolean): number {
  if (left === right) return 1;
  if (isPerson && isNickname(left, right)) return 0.92;
  if (left.length === 1 || right.length === 1) return isPerson && left[0] === right[0] ? 0.8 : 0;
  if (/\d/.test(left + right)) return 0;
  const [mine, theirs] = [soundOf(left), soundOf(right)];
  if (mine === theirs) return 0.95;
  const longest = Math.max(left.length, right.length);
  const limit = slipsMax(longest);
  const written = editsBetween(left, right, limit);
  const edits = limit >= 1 && editsBetween(mine, theirs, 1) <= 1 ? Math.min(written, 1) : written;
  if (edits <= limit) return left[0] === right[0] || longest >= 6 ? 1 - (edits / longest) * 1.1 : 0.6;
  return jaroWinkler(left, right) >= 0.93 ? 0.7 : 0;
}

/** Pairs up the words of two names, the closest first; symmetric. Never throws. */
export function alignNames(left: readonly string[], right: readonly string[], reading: NameReading): Aligned {
  const near: { readonly one: number; readonly other: number; readonly close: number }[] = [];
  for (const [one, word] of left.entries())
    for (const [other, mate] of right.entries()) {
      const close = wordCloseness(word, mate, reading.isPerson);
      if (close > 0) near.push({ one, other, close });
    }
  near.sort((a, b) => b.close - a.close || Math.abs(a.one - a.other) - Math.abs(b.one - b.other));
  const lefts = new Set<number>();
  const rights = new Set<number>();
  let met = 0;
  let worst = 1;
  for (const { one, other, close } of near) {
    if (lefts.has(one) || rights.has(other)) continue;
    lefts.add(one);
    rights.add(other);
    met += (close * (reading.worth(left[one] ?? "") + reading.worth(right[other] ?? ""))) / 2;
    worst = Math.min(worst, close);
  }
  return {
    met,
    count: lefts.size,
    worst,
    left: left.filter((_, at) => !lefts.has(at)),
    right: right.filter((_, at) => !rights.has(at)),
  };
}
