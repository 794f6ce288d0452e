import { describe, expect, test } from "vitest";
import { isLikelyImage } from "./likely-image.ts";
import type { Value } from "./value.ts";

describe("isLikelyImage", () => {
  const kept: readonly (readonly [string, Value, Value])[] = [
    ["cut", "DELTA WORKS V281137", "DELTA W"],
    ["cut behind a space, then trimmed", "Delta Works", "Delta"],
    ["in capitals", "Étoile", "ÉTOILE"],
    ["without accents and cut", "Étoile du Nord", "Etoile"],
    ["with spaces collapsed", "Acme   &  Sons ", "Acme & Sons"],
    ["rounded up", "12.345", "12.35"],
    ["rounded down below zero", "-0.125", "-0.12"],
    ["rounded to a whole number", "2.5", "3"],
    [
      "a group with a part that was cut",
      { street: "Long Street 5", city: "Lyon" },
      { street: "Long St", city: "LYON" },
    ],
    ["a part without a place", { street: "A", city: "B" }, { street: "A" }],
    ["of blanks alone, emptied", "  ", ""],
    ["with a space at its end", "Acme Ltd", "Acme "],
    ["that is not there, as it was", null, null],
    ["in lines, as it was", [{ key: "k1", fields: { a: "1" } }], [{ key: "k1", fields: { a: "1" } }]],
    ["cut to whole numbers", "-7.99", "-7"],
    ["cut at the second of many places", "1234.56789", "1234.56"],
  ];
  test.each(kept)("a value %s may be what is kept of it", (_what, sent, shown) => {
    expect(isLikelyImage(sent, shown)).toBe(true);
  });

  const edited: readonly (readonly [string, Value | undefined, Value | undefined])[] = [
    ["another text", "Acme", "Apex"],
    ["a longer text", "Acme", "Acme Ltd"],
    ["an emptied text", "Acme", ""],
    ["nothing at all", "Acme", null],
    ["another number of the same form", "12.34", "12.35"],
    ["a number without its last digits", "120", "12"],
    ["a number a whole unit away", "12.345", "13.35"],
    ["a group with another part", { street: "A", city: "B" }, { street: "A", city: "C" }],
    ["an absent value", "Acme", undefined],
    ["a value where none was sent", undefined, "Acme"],
    ["a number exactly a unit more", "12.0", "13"],
    ["a number exactly a unit less", "12.0", "11"],
    ["a number with places that were not sent", "12.3", "12.31"],
    ["a number where text was sent", "12.34 kg", "12.3x"],
    ["text where a number was sent", "12.34", "a12.3"],
    ["a number with its sign turned", "-12.34", "12.3"],
    ["words run together", "Acme Ltd", "AcmeLtd"],
    ["a value where a group was sent", { city: "B" }, "B"],
    ["a group where a value was sent", "B", { city: "B" }],
    ["true where text was sent", "true", true],
    ["text where true was sent", true, "true"],
    ["a reference to another", { link: "l1" }, { link: "l2" }],
    ["a part that was not sent", { street: "A" }, { street: "A", city: "B" }],
    ["another line", [{ key: "k1", fields: { a: "12" } }], [{ key: "k1", fields: { a: "1" } }]],
    ["a group where lines were sent", [{ key: "k1", fields: {} }], {}],
    ["lines where a group was sent", {}, [{ key: "k1", fields: {} }]],
  ];
  test.each(edited)("%s is somebody's edit", (_what, sent, shown) => {
    expect(isLikelyImage(sent, shown)).toBe(false);
  });
});
