import { expect, it } from "vitest";
import { fold } from "../text/fold.ts";
import { countryOf } from "./countries.ts";
import { longCountryCodes } from "./country-names.ts";

it.each([
  ["DE", "DE", "code"],
  ["de", "DE", "code"],
  ["DEU", "DE", "long code"],
  ["Germany", "DE", "name"],
  ["Deutschland", "DE", "name"],
  ["Allemagne", "DE", "name"],
  ["Niemcy", "DE", "name"],
  ["Německo", "DE", "name"],
  ["Saksa", "DE", "name"],
  ["ÖSTERREICH", "AT", "name"],
  ["USA", "US", "name"],
  ["U.S.A.", "US", "name"],
  ["United States of America", "US", "name"],
  ["UK", "GB", "name"],
  ["Great Britain", "GB", "name"],
  ["Holland", "NL", "name"],
  ["The Netherlands", "NL", "name"],
  ["Czech Republic", "CZ", "name"],
  ["Côte d’Ivoire", "CI", "name"],
  ["Sverige", "SE", "name"],
  ["Svizzera", "CH", "name"],
])("%j is the country %s, told by a %s", (text, code, form) => {
  expect(countryOf(text)).toEqual({ code, form });
});

it.each(["", "ZZ", "XX", "EN", "Germny", "276", "Europe", "n/a", "constructor", "DE FR"])(
  "%j is no country",
  (text) => {
    expect(countryOf(text)).toBeNull();
  },
);

const languages = ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "cs", "sv", "da", "fi", "nb"];
const codes = longCountryCodes.split(",").map((each) => each.slice(4));
/** Names that two countries have in these languages (Congo, Saint Martin). */
const unsureMax = 3;

it("every code of two and three letters is its country, each once", () => {
  expect(codes.length).toBeGreaterThanOrEqual(249);
  expect(new Set(codes).size).toBe(codes.length);
  for (const each of longCountryCodes.split(",")) {
    const [long = "", code = ""] = each.split(" ");
    expect(countryOf(code)?.code).toBe(code);
    expect(countryOf(long)?.code).toBe(code);
  }
});

it.each(languages)(
  "every name that Unicode has for a country in the language %s is of that country",
  (language) => {
    const names = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
    const told = codes.flatMap((code) => {
      const name = names.of(code);
      return name === undefined ? [] : [{ code, name, read: countryOf(name)?.code ?? null }];
    });
    expect(told.length).toBeGreaterThanOrEqual(245);
    expect(told.filter(({ code, read }) => read !== null && read !== code)).toEqual([]);
    expect(told.filter(({ read }) => read === null).map(({ name }) => fold(name)).length).toBeLessThanOrEqual(
      unsureMax,
    );
  },
);
