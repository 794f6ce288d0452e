import { isBlank } from "../normalise/blank.ts";
import type { Meaning } from "./columns.ts";
import { countryOf } from "../normalise/countries.ts";
import { judgePostcode, needsPostcode } from "./postcodes.ts";
import { valueOf } from "./record.ts";
import type { Fault, Judge } from "./record.ts";

const parts: readonly Meaning[] = ["street", "city", "postcode", "country"];

/**
 * Addresses that nothing can be delivered to: no street, town or country; no postal code where the country
 * has them, or one that it does not have. An address of which nothing is known is none, save the main one of
 * a company.
 */
export const judgeAddresses: Judge = ({ list, cells }) => {
  const { columns, entity } = list;
  const faults: Fault[] = [];
  for (const place of new Set(
    columns.flatMap((each) => (parts.includes(each.meaning) ? [each.place] : [])),
  )) {
    const at = (meaning: Meaning): number =>
      columns.findIndex((each) => each.meaning === meaning && each.place === place);
    const of = (meaning: Meaning): string => {
      const value = valueOf(cells[at(meaning)]);
      return isBlank(value) && !(meaning === "postcode" && /[1-9]/.test(value)) ? "" : value;
    };
    const isKnown = parts.some((meaning) => of(meaning) !== "");
    if (!isKnown && (entity !== "accounts" || place !== "" || at("street") < 0)) continue;
    for (const meaning of ["street", "city", "country"] as const) {
      const field = columns[at(meaning)]?.name;
      if (field !== undefined && of(meaning) === "")
        faults.push({ rule: "address-incomplete", field, value: "", says: `there is no ${field}` });
    }
    const field = columns[at("postcode")]?.name;
    const country = countryOf(of("country"))?.code ?? null;
    if (field === undefined) continue;
    const value = of("postcode");
    if (value === "") {
      if (country !== null && needsPostcode(country))
        faults.push({ rule: "postcode-missing", field, value, says: `${country} delivers by postal code` });
      continue;
    }
    const told = country === null ? null : judgePostcode(value, country);
    if (told?.is === "wrong") faults.push({ rule: "postcode-invalid", field, value, says: told.says });
  }
  return faults;
};
