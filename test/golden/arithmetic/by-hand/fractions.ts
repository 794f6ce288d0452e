/**
 * Numbers of the documents worked by hand: a whole number over a whole number, by BigInt alone. Nothing here
 * is taken from the product, so that both cannot be wrong in the same way.
 */
export type Part = { readonly n: bigint; readonly d: bigint };

export const part = (text: string): Part => {
  const isBelow = text.startsWith("-");
  const [whole = "0", rest = ""] = (isBelow ? text.slice(1) : text).split(".");
  const n = BigInt(whole + rest);
  return { n: isBelow ? -n : n, d: 10n ** BigInt(rest.length) };
};

export const mul = (...all: readonly Part[]): Part =>
  all.reduce((a, b) => ({ n: a.n * b.n, d: a.d * b.d }), { n: 1n, d: 1n });
export const add = (...all: readonly Part[]): Part =>
  all.reduce((a, b) => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d }), { n: 0n, d: 1n });
export const sub = (a: Part, b: Part): Part => ({ n: a.n * b.d - b.n * a.d, d: a.d * b.d });
/** The divisor is over zero. */
export const div = (a: Part, b: Part): Part => ({ n: a.n * b.d, d: a.d * b.n });
/** What is left after a percentage was taken. */
export const less = (percent: string): Part => sub(part("1"), of(percent));
/** A percentage as a number: 19 is 0.19. */
export const of = (percent: string): Part => div(part(percent), part("100"));

export type Ties = "away" | "even" | "plus" | "cut";

/** How many whole steps: the nearest, and of two as near the one that `ties` says; `cut` drops the rest. */
function steps(value: Part, step: Part, ties: Ties): bigint {
  const n = value.n * step.d;
  const d = value.d * step.n;
  const size = n < 0n ? -n : n;
  const low = size / d;
  const twice = 2n * (size - low * d);
  const isBelow = n < 0n;
  const isUp =
    ties === "cut"
      ? false
      : twice === d
        ? ties === "away" || (ties === "even" ? low % 2n === 1n : !isBelow)
        : twice > d;
  const whole = isUp ? low + 1n : low;
  return isBelow ? -whole : whole;
}

/** Rounded to a step, as a number. */
export const round = (value: Part, step: string, ties: Ties = "away"): Part => {
  const unit = part(step);
  return { n: steps(value, unit, ties) * unit.n, d: unit.d };
};

/** Decimal text without zeros at the end. The number is a whole number of a power of ten. */
export function text({ n, d }: Part): string {
  let [above, digits] = [n, 0];
  let below = d;
  while (above % below !== 0n) {
    above *= 10n;
    digits += 1;
    if (digits > 30) throw new Error("no decimal");
  }
  above /= below;
  below = 1n;
  const sign = above < 0n ? "-" : "";
  const all = (above < 0n ? -above : above).toString().padStart(digits + 1, "0");
  const [whole, rest] = [all.slice(0, all.length - digits), digits === 0 ? "" : all.slice(-digits)];
  const kept = rest.replace(/0+$/, "");
  return `${sign}${whole}${kept === "" ? "" : `.${kept}`}`;
}

/** For a person: exact, or cut after eight decimals with a mark. */
export function shown(value: Part): string {
  const cut = round(value, "0.00000001", "cut");
  return cut.n * value.d === value.n * cut.d ? text(cut) : `${text(cut)}..`;
}
