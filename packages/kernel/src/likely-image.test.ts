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
  ];
  test.each(edited)("%s is somebody's edit", (_what, sent, shown) => {
    expect(isLikelyImage(sent, shown)).toBe(false);
  });
});
