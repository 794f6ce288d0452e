/**
 * Postal codes by country, without blanks and hyphens: `9` a digit, `A` a letter, `*` either. After the
 * addressing pages of the Universal Postal Union and Unicode CLDR's postal code patterns (read from general
 * knowledge, 2026-11). The written form after `>` puts the blank or hyphen back.
 */
const shapes: { readonly [country: string]: readonly string[] } = {
  AR: ["9999", "A9999AAA"],
  AT: ["9999"],
  AU: ["9999"],
  BE: ["9999"],
  BG: ["9999"],
  BR: ["99999999>99999-999", "99999"],
  CA: ["A9A9A9>A9A 9A9"],
  CH: ["9999"],
  CN: ["999999"],
  CY: ["9999"],
  CZ: ["99999>999 99"],
  DE: ["99999"],
  DK: ["9999"],
  EE: ["99999"],
  ES: ["99999"],
  FI: ["99999"],
  FR: ["99999"],
  GB: [
    "A99AA>A9 9AA",
    "A999AA>A99 9AA",
    "AA99AA>AA9 9AA",
    "AA999AA>AA99 9AA",
    "A9A9AA>A9A 9AA",
    "AA9A9AA>AA9A 9AA",
  ],
  GR: ["99999>999 99"],
  HR: ["99999"],
  HU: ["9999"],
  ID: ["99999"],
  IE: ["A99****>A99 ****", "A9A****>A9A ****"],
  IL: ["9999999", "99999"],
  IN: ["999999"],
  IS: ["999"],
  IT: ["99999"],
  JP: ["9999999>999-9999"],
  KR: ["99999"],
  LI: ["9999"],
  LT: ["99999"],
  LU: ["9999"],
  LV: ["9999"],
  MA: ["99999"],
  MT: ["AAA9999>AAA 9999", "AAA99>AAA 99"],
  MX: ["99999"],
  MY: ["99999"],
  NL: ["9999AA>9999 AA"],
  NO: ["9999"],
  NZ: ["9999"],
  PL: ["99999>99-999"],
  PT: ["9999999>9999-999", "9999"],
  RO: ["999999"],
  RS: ["99999", "999999"],
  RU: ["999999"],
  SA: ["99999", "999999999>99999-9999"],
  SE: ["99999>999 99"],
  SG: ["999999"],
  SI: ["9999"],
  SK: ["99999>999 99"],
  TH: ["99999"],
  TR: ["99999"],
  TW: ["999", "99999", "999999"],
  UA: ["99999"],
  US: ["99999", "999999999>99999-9999"],
  VE: ["9999"],
  ZA: ["9999"],
};

/** Countries whose addresses have no postal code, or do without it. */
const without = new Set(
  (
    "AE AG AN AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GD GH GM GQ GY HK IE JM KE " +
    "KI KM KN KP LC LY ML MO MR MW NR NU QA RW SB SC SL SR ST SY TD TF TG TK TO TT TV TZ UG VU YE ZW"
  ).split(" "),
);

/** Whether an address in this country is delivered to by its postal code. Never throws. */
export function needsPostcode(country: string): boolean {
  return !without.has(country);
}

/** Letters of the country before its codes, as `D-`, `CH-`, `SE-` on letters from abroad. */
const prefixes: { readonly [country: string]: string } = {
  AT: "A",
  BE: "B",
  DE: "D",
  ES: "E",
  FI: "FIN",
  FR: "F",
  HU: "H",
  IT: "I",
  LU: "L",
  NO: "N",
  PT: "P",
  SE: "S",
};

const classes: { readonly [sign: string]: RegExp } = { "9": /\d/, A: /[A-Z]/, "*": /[A-Z0-9]/ };

function fits(shape: string, text: string): boolean {
  return (
    shape.length === text.length && Array.from(shape).every((sign, at) => classes[sign]?.test(text[at] ?? ""))
  );
}

/** A postal code held against its country. */
export type ToldPostcode =
  | { readonly is: "right"; /** As it is usually written. */ readonly written: string }
  | { readonly is: "wrong"; readonly says: string }
  | { readonly is: "unknown" };

/** Holds a postal code against what its country has; `unknown` where we know no rule. Never throws. */
export function judgePostcode(text: string, country: string): ToldPostcode {
  const known = shapes[country];
  if (known === undefined) return { is: "unknown" };
  const prefix = new RegExp(
    `^(?:${[country, prefixes[country]].filter((each) => each !== undefined).join("|")})-`,
  );
  const packed = text.trim().toUpperCase().replace(prefix, "").replaceAll(/[\s-]/g, "");
  for (const each of known) {
    const [shape = "", written = shape] = each.split(">");
    if (!fits(shape, packed)) continue;
    let at = 0;
    const filled = Array.from(written, (sign) => (classes[sign] === undefined ? sign : (packed[at++] ?? "")));
    return { is: "right", written: filled.join("") };
  }
  const digits = known.map((each) => each.split(">")[0] ?? "").filter((shape) => /^9+$/.test(shape));
  const isShort = /^\d+$/.test(packed) && digits.some((shape) => shape.length === packed.length + 1);
  return {
    is: "wrong",
    says: isShort
      ? `one digit too few for ${country}: a leading zero may have been lost`
      : `does not have the form of a postal code of ${country}`,
  };
}
