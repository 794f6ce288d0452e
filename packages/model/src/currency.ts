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

/** Decimals of the minor unit of a currency, or undefined for a code that names none. */
export function minorUnitOf(code: string): number | undefined {
  return decimals.get(code);
}
