import { fold } from "../text/fold.ts";
import { countryNames } from "./country-names.ts";

/** What people write and no list has, after folding. */
const informal: { readonly [name: string]: string } = {
  uk: "GB",
  "great britain": "GB",
  england: "GB",
  scotland: "GB",
  wales: "GB",
  usa: "US",
  "u s a": "US",
  "united states of america": "US",
  holland: "NL",
  "the netherlands": "NL",
  brasil: "BR",
  "czech republic": "CZ",
  "south korea": "KR",
  "north korea": "KP",
  russia: "RU",
  "hong kong": "HK",
  macedonia: "MK",
  swaziland: "SZ",
  burma: "MM",
  uae: "AE",
  brd: "DE",
  ksa: "SA",
};

/**
 * Codes of three letters of countries that trade most, by ISO 3166-1 (read from general knowledge,
 * 2026-11).
 */
const longCodes =
  "ARE AE,ARG AR,AUS AU,AUT AT,BEL BE,BGR BG,BRA BR,CAN CA,CHE CH,CHL CL,CHN CN,COL CO,CYP CY," +
  "CZE CZ,DEU DE,DNK DK,EGY EG,ESP ES,EST EE,FIN FI,FRA FR,GBR GB,GRC GR,HKG HK,HRV HR,HUN HU," +
  "IDN ID,IND IN,IRL IE,ISL IS,ISR IL,ITA IT,JPN JP,KOR KR,LIE LI,LTU LT,LUX LU,LVA LV,MAR MA," +
  "MEX MX,MLT MT,MYS MY,NGA NG,NLD NL,NOR NO,NZL NZ,PER PE,PHL PH,POL PL,PRT PT,QAT QA,ROU RO," +
  "RUS RU,SAU SA,SGP SG,SRB RS,SVK SK,SVN SI,SWE SE,THA TH,TUN TN,TUR TR,TWN TW,UKR UA,USA US," +
  "VEN VE,VNM VN,ZAF ZA";

function namesOf(): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  const codes: string[] = [];
  for (const each of countryNames.split(";")) {
    const [code = "", names = ""] = each.split(":");
    codes.push(code);
    for (const name of names.split("|")) all.set(name, code);
  }
  for (const [name, code] of Object.entries(informal)) all.set(name, code);
  for (const each of longCodes.split(",")) all.set(each.slice(0, 3).toLowerCase(), each.slice(4));
  for (const code of codes) all.set(code.toLowerCase(), code);
  return all;
}

const names: ReadonlyMap<string, string> = namesOf();

/** A country as it was written. */
export interface ToldCountry {
  /** ISO 3166-1, two letters. */
  readonly code: string;
  readonly form: "code" | "long code" | "name";
}

/**
 * The country that a text names: as a code of two or three letters or by name in ten languages.
 * Null for none. Never throws.
 */
export function countryOf(text: string): ToldCountry | null {
  const folded = fold(text);
  const code = names.get(folded);
  if (code === undefined) return null;
  const isLong = /^[a-z]{3}$/.test(folded) && informal[folded] === undefined;
  return { code, form: folded.length === 2 && folded !== "uk" ? "code" : isLong ? "long code" : "name" };
}
