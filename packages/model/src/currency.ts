/**
 * Currencies in use by ISO 4217, with the decimals of their minor unit. Source: ISO 4217 list one as
 * maintained by the SIX group, active codes, funds and precious metals left out (read from general
 * knowledge, 2026-11).
 */
const twoDecimals =
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF " +
  "CHF CNY COP CRC " +
  "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS " +
  "INR IRR JMD KES " +
  "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD " +
  "NGN NIO NOK NPR " +
  "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP " +
  "SZL THB TJS TMT " +
  "TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
const noDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const threeDecimals = "BHD IQD JOD KWD LYD OMR TND";

const decimals: ReadonlyMap<string, number> = new Map([
  ...twoDecimals.split(" ").map((code): [string, number] => [code, 2]),
  ...noDecimals.split(" ").map((code): [string, number] => [code, 0]),
  ...threeDecimals.split(" ").map((code): [string, number] => [code, 3]),
]);

/** Whether a code names a currency in use. Never throws. */
export function isKnownCurrency(code: string): boolean {
  return decimals.has(code);
}

/**
 * The smallest coin, where it is larger than the minor unit: totals that are paid in cash, and in some
 * countries all totals, are rounded to it. Source: CLDR 45, `currencyData`, `_cashDigits` and `_cashRounding`
 * (cldr-json, read 2026-11-27). CLDR has none for AUD, INR and NZD: sources in SOURCES.md.
 * The euro has no entry: five cents are a custom of some of its countries, in cash only.
 */
export const coins = {
  AMD: "1",
  AUD: "0.05",
  CAD: "0.05",
  CHF: "0.05",
  COP: "1",
  CRC: "1",
  CZK: "1",
  DKK: "0.5",
  GYD: "1",
  HUF: "1",
  IDR: "1",
  INR: "1",
  MNT: "1",
  MUR: "1",
  NOK: "1",
  NZD: "0.1",
  PKR: "1",
  SEK: "1",
  TWD: "1",
  TZS: "1",
  UZS: "1",
} as const;

/** The smallest coin of a currency as a decimal; undefined where it is the minor unit, or not known. */
export function coinOf(code: string): string | undefined {
  return Object.hasOwn(coins, code) ? coins[code as keyof typeof coins] : undefined;
}

/** Decimals of the minor unit of a currency, or undefined for a code that names none. */
export function minorUnitOf(code: string): number | undefined {
  return decimals.get(code);
}
