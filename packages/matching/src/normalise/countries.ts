import { fold } from "../text/fold.ts";
import { countryNames, longCountryCodes } from "./country-names.ts";

/**
 * What people write and the names have not, folded. UK and "U.S." are in i18n-iso-countries 7.14.0; EL is
 * Greece in tax ids (Directive 2006/112/EC, article 215); the parts of the United Kingdom are those of
 * ISO 3166-2:GB; Holland as visit-holland.nl says of it (read 2026-11-27); BRD and KSA are the initials of
 * the official names; Burma and Swaziland were the names until 1989 and 2018.
 */
const informal: ReadonlyMap<string, string> = new Map(
  Object.entries({
    uk: "GB",
    "u s": "US",
    el: "GR",
    england: "GB",
    scotland: "GB",
    wales: "GB",
    "northern ireland": "GB",
    holland: "NL",
    "hong kong": "HK",
    macedonia: "MK",
    swaziland: "SZ",
    burma: "MM",
    brd: "DE",
    ksa: "SA",
  }),
);

/** Codes by name, and by code of two letters. */
const names: ReadonlyMap<string, string> = new Map(
  countryNames.split(";").flatMap((each) => {
    const [code = "", told = ""] = each.split(":");
    return [code.toLowerCase(), ...told.split("|")].map((name): [string, string] => [name, code]);
  }),
);

const longCodes: ReadonlyMap<string, string> = new Map(
  longCountryCodes.split(",").map((each) => [each.slice(0, 3).toLowerCase(), each.slice(4)]),
);

/** A country as it was written. */
export interface ToldCountry {
  /** ISO 3166-1, two letters. */
  readonly code: string;
  readonly form: "code" | "long code" | "name";
}

/** Initials that are no code of the standard, and that of the one which is. */
const initials: ReadonlySet<string> = new Set(["uk", "usa", "uae"]);

/**
 * The country that a text names: as a code of two or three letters, or by name in thirteen languages. Null
 * for none, and for a name that two countries have. Never throws.
 */
export function countryOf(text: string): ToldCountry | null {
  const folded = fold(text);
  const long = longCodes.get(folded);
  const code = names.get(folded) ?? informal.get(folded) ?? long;
  if (code === undefined) return null;
  if (initials.has(folded)) return { code, form: "name" };
  return { code, form: long !== undefined ? "long code" : folded.length === 2 ? "code" : "name" };
}
