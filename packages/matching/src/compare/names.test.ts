import fc from "fast-check";
import { expect, it } from "vitest";
import { nameLikenesses, sameNameMin } from "./names.ts";

const alike = (of: "companies" | "people", left: string, right: string): number =>
  nameLikenesses([[left, right]], of)[0] ?? -1;

it.each([
  ["Siemens Aktiengesellschaft", "SIEMENS AG"],
  ["Procter & Gamble Co.", "Procter and Gamble"],
  ["SiemensAG", "Siemens AG"],
  ["Good Will Company", "Goodwill Company"],
  ["Samsong Electronics Co., Ltd.", "Samsung Electronics"],
  ["International Business Machines", "IBM"],
  ["ООО Газпром", "OOO Gazprom"],
  ["Coca-Cola Company", "Coca Cola"],
])("companies: %s is %s", (left, right) => {
  expect(alike("companies", left, right)).toBeGreaterThanOrEqual(sameNameMin);
});

it.each([
  ["Volkswagen AG", "Siemens AG"],
  ["Industrial and Commercial Bank of Chad", "Industrial Farmers Bank of Chad"],
  ["Mitsubishi UFJ Trust and Banking Corporation", "Mitsubishi UFJ Lease and Finance Corporation"],
  ["BAE Systems, Inc.", "BAE Industries, Inc."],
  ["", ""],
])("companies: %s is not %s", (left, right) => {
  expect(alike("companies", left, right)).toBeLessThan(sameNameMin);
});

it.each([
  ["Putin, Vladimir", "Vladimir Putin"],
  ["Bob Miller", "Robert Miller"],
  ["V. Putin", "Vladimir Putin"],
  ["Владимир Путин", "Vladimir Putin"],
  ["Usama bin Ladin", "Osama bin Laden"],
  ["Jean Marie Le Pen", "Jean-Marie Le Pen"],
  ["Ramimakhlouf", "Rami Makhlouf"],
  ["Friedrich Mertz", "Friedrich Merz"],
  ["Prof. Dr. Anna Schmidt", "Anna Schmidt"],
])("people: %s is %s", (left, right) => {
  expect(alike("people", left, right)).toBeGreaterThanOrEqual(sameNameMin);
});

it.each([
  ["Boris Netanyahu", "Benjamin Netanyahu"],
  ["Igor Deripaska", "Oleg Deripaska"],
  ["Barack Obama", "George Hussein Onyango Obama"],
  ["Anna Schmidt", "Schmidt"],
  ["", "Anna Schmidt"],
])("people: %s is not %s", (left, right) => {
  expect(alike("people", left, right)).toBeLessThan(sameNameMin);
});

it("the likeness of names is symmetric and between 0 and 1", () => {
  const word = fc.constantFrom(
    "anna",
    "ana",
    "bob",
    "robert",
    "al",
    "b",
    "steel",
    "steal",
    "4",
    "gmbh",
    "ltd",
    "",
  );
  const name = fc.array(word, { maxLength: 5 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(name, name, fc.constantFrom("companies", "people"), (left, right, of) => {
      const forth = alike(of, left, right);
      expect(forth).toBeCloseTo(alike(of, right, left), 9);
      expect(forth).toBeGreaterThanOrEqual(0);
      expect(forth).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1000 },
  );
});
