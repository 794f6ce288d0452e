import fc from "fast-check";
import { expect, it } from "vitest";
import { evenOut } from "./even-out.ts";

it("a weight never falls as agreement rises, and saying nothing weighs nothing", () => {
  const share = fc.double({ min: 0.001, max: 1, noNaN: true });
  const shares = fc.array(share, { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(shares, shares, (match, other) => {
      const weights = evenOut(Float64Array.of(0, ...match), Float64Array.of(0, ...other));
      expect(weights[0]).toBe(0);
      for (let level = 2; level < weights.length; level++)
        expect(weights[level]).toBeGreaterThanOrEqual((weights[level - 1] ?? 0) - 1e-9);
    }),
  );
});
