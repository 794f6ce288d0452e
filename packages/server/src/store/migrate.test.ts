import { describe, expect, it } from "vitest";
import { faultOfSchema, knownSteps } from "./migrate.ts";

const step = (version: number, name = `000${version}-x.sql`) => ({ version, name });

describe("a store's schema", () => {
  it("has its steps numbered from one on, each number once: of two the second would never be made", () => {
    expect(knownSteps().map(({ version }) => version)).toEqual(knownSteps().map((_, at) => at + 1));
  });

  it("fits when its steps are known, all of them or the first ones", () => {
    expect(faultOfSchema([], [step(1)])).toBe(null);
    expect(faultOfSchema([step(1)], [step(1), step(2)])).toBe(null);
  });

  it("that is newer than the program is refused, with both numbers and what to do", () => {
    const fault = faultOfSchema([step(1), step(2), step(3)], [step(1), step(2)]);
    expect(fault).toContain("its schema is 3, this program knows 2");
    expect(fault).toContain("restore a backup");
  });

  it("with a step of another name is refused: it is of a build that was never released", () => {
    expect(faultOfSchema([step(1), step(2, "0002-other.sql")], [step(1), step(2)])).toContain(
      "0002-other.sql",
    );
  });
});
