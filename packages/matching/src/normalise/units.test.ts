import { commonUnits } from "@crossfoot/model";
import { expect, it } from "vitest";
import { unitOf } from "./units.ts";

it.each([
  [
    "pcs",
    "pcs PCE pc. Stück Stueck Stk. St C62 H87 each EA unit Units u pieza pezzi pièce szt. ks kpl styck",
  ],
  ["dz", "dozen DZN doz Dutzend"],
  ["kg", "kg KGM Kilo kilogrammes Kilogramm kilogramos"],
  ["g", "g GRM gr gram Gramm"],
  ["m", "m MTR metre mètres Meter"],
  ["m2", "m2 MTK m² sqm qm Quadratmeter"],
  ["m3", "m3 MTQ m³ cbm"],
  ["l", "l LTR L litre Liter litros"],
  ["h", "h HUR hour Stunden heures"],
  ["box", "box BX boxes"],
  ["carton", "ctn Karton CT"],
  ["pair", "pair PR Paar"],
])("%s is called %s", (unit, words) => {
  for (const word of words.split(" ")) expect([word, unitOf(word)]).toEqual([word, unit]);
});

it.each(["sq m", "square metre", "mètres carrés", "m 2", "metro cuadrado"])(
  "%j is a square metre",
  (text) => {
    expect(unitOf(text)).toBe("m2");
  },
);

it.each([
  ["kg", "g"],
  ["m", "m2"],
  ["m2", "m3"],
  ["m", "mm"],
  ["l", "ml"],
  ["pcs", "dz"],
  ["box", "carton"],
  ["TNE", "KGM"],
  ["INH", "FOT"],
  ["pair", "pcs"],
])("%s and %s are two units", (one, other) => {
  expect(unitOf(one)).not.toBeNull();
  expect(unitOf(other)).not.toBeNull();
  expect(unitOf(one)).not.toBe(unitOf(other));
});

it.each(["", "smidgen", "12", "5 kg", "n/a", "constructor", "kg/m"])("%j is no unit", (text) => {
  expect(unitOf(text)).toBeNull();
});

it("every unit of the model is called by its own code", () => {
  const codes = Object.keys(commonUnits);
  expect(codes.map(unitOf)).toEqual(codes);
});
