import { isKnownCurrency } from "@crossfoot/model";
import { isBlank } from "../normalise/blank.ts";
import { countryOf } from "../normalise/countries.ts";
import { gtinOf } from "../normalise/product-code.ts";
import { unitOf } from "../normalise/units.ts";
import { valueOf } from "./record.ts";
import type { Fault, Judge } from "./record.ts";

/** Country, currency, unit and GTIN that are none. */
export const judgeCodes: Judge = ({ list, cells }) =>
  list.columns.flatMap(({ name: field, meaning }, at): readonly Fault[] => {
    const value = valueOf(cells[at]);
    if (value === "") return [];
    if (meaning === "currency" && /^\p{Sc}$/u.test(value))
      return [{ rule: "currency-unknown", field, value, says: "a sign that several currencies have" }];
    if (isBlank(value)) return [];
    if (meaning === "country" && countryOf(value) === null)
      return [{ rule: "country-unknown", field, value, says: "no country has this code or name" }];
    if (meaning === "currency" && !isKnownCurrency(value)) {
      const upper = value.toUpperCase();
      const repair = isKnownCurrency(upper) ? upper : null;
      const says = repair === null ? "no currency in use has this code" : "written in small letters";
      return [{ rule: "currency-unknown", field, value, says, repair }];
    }
    if (meaning === "unit" && unitOf(value) === null)
      return [{ rule: "unit-unknown", field, value, says: "no unit in common use is called so" }];
    if (meaning === "gtin" && gtinOf(value) === "")
      return [{ rule: "gtin-invalid", field, value, says: "its length or check digit does not hold" }];
    return [];
  });
