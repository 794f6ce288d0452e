/** The shape of VAT numbers by country prefix of the EU, after the prefix. */
const shapes: { readonly [country: string]: RegExp } = {
  AT: /^U\d{8}$/,
  BE: /^[01]?\d{9}$/,
  BG: /^\d{9,10}$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^\d{9}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^[A-Z0-9]\d{7}[A-Z0-9]$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^\d[A-Z0-9+*]\d{5}[A-Z]{1,2}$/,
  IT: /^\d{11}$/,
  LT: /^(?:\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^\d{9}B\d{2}$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^\d{2,10}$/,
  SE: /^\d{12}$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
  XI: /^\d{9}(?:\d{3})?$/,
};

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);
}

function isLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** ISO 7064 MOD 11,10: Germany and Croatia. */
function isMod1110(digits: string): boolean {
  let rest = 10;
  for (const digit of digits.slice(0, -1)) {
    const sum = (Number(digit) + rest) % 10;
    rest = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - rest) % 10 === Number(digits.at(-1));
}

const checks: { readonly [country: string]: (body: string) => boolean } = {
  AT: (body) => {
    const sum = Array.from(body.slice(1, 8)).reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    return (10 - ((sum + 4) % 10)) % 10 === Number(body[8]);
  },
  BE: (body) => {
    const digits = body.padStart(10, "0");
    return 97 - (Number(digits.slice(0, 8)) % 97) === Number(digits.slice(8));
  },
  DE: isMod1110,
  DK: (body) => weighted(body, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  EE: (body) => (10 - (weighted(body, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)) % 10 === Number(body[8]),
  EL: (body) => (weighted(body, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === Number(body[8]),
  FI: (body) => weighted(body, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0,
  FR: (body) => {
    const [key, siren] = [body.slice(0, 2), body.slice(2)];
    return !/^\d{2}$/.test(key) || (12 + 3 * (Number(siren) % 97)) % 97 === Number(key);
  },
  HR: isMod1110,
  HU: (body) => weighted(body, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0,
  IT: isLuhn,
  LU: (body) => Number(body.slice(0, 6)) % 89 === Number(body.slice(6)),
  MT: (body) => 37 - (weighted(body, [3, 4, 6, 7, 8, 9]) % 37) === Number(body.slice(6)),
  NL: (body) =>
    weighted(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === Number(body[8]) ||
    BigInt(
      Array.from(`NL${body}`)
        .map((sign) => Number.parseInt(sign, 36))
        .join(""),
    ) %
      97n ===
      1n,
  PL: (body) => weighted(body, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(body[9]),
  PT: (body) => {
    const rest = 11 - (weighted(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
    return (rest > 9 ? 0 : rest) === Number(body[8]);
  },
  RO: (body) => {
    const digits = body.padStart(10, "0");
    return ((weighted(digits, [7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10) % 11) % 10 === Number(digits[9]);
  },
  SE: (body) => isLuhn(body.slice(0, 10)),
  SI: (body) => {
    const rest = 11 - (weighted(body, [8, 7, 6, 5, 4, 3, 2]) % 11);
    return rest !== 11 && rest % 10 === Number(body[7]);
  },
  SK: (body) => Number(body) % 11 === 0,
};

/**
 * A tax id as it is compared, and whether it is a VAT number of the EU whose shape and check digit
 * hold.
 */
export interface TaxId {
  readonly id: string;
  readonly isProven: boolean;
  /** Of the EU by its prefix, and wrong by its shape or check digit: it proves nothing. */
  readonly isWrong: boolean;
}

/** Reads a tax id: capital letters and digits; Greece's two prefixes are one. Never throws. */
export function taxIdOf(value: string): TaxId {
  const id = value
    .toUpperCase()
    .replaceAll(/[^A-Z0-9+*]/g, "")
    .replace(/^GR(?=\d)/, "EL");
  const country = id.slice(0, 2);
  const body = id.slice(2);
  const shape = shapes[country];
  if (shape === undefined) return { id, isProven: false, isWrong: false };
  const isRight = shape.test(body) && !/^0+$/.test(body) && (checks[country]?.(body) ?? true);
  return { id, isProven: isRight && checks[country] !== undefined, isWrong: !isRight };
}
