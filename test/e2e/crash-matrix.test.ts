import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./twin-project.ts";
import { matrixCases } from "./matrix-cases.ts";
import { matrixRows } from "./matrix-rows.ts";
import { crashMatrix } from "./matrix-suite.ts";

describe("the rows of the crash matrix", () => {
  const casesOf = (row: number) => matrixCases.filter((one) => one.row === row);

  it("are all accounted for: tested before and after their step, or named with what they wait for", () => {
    expect(matrixRows.map(({ row }) => row)).toEqual(Array.from({ length: 24 }, (_each, at) => at + 1));
    for (const { row, tested } of matrixRows) {
      expect([row, casesOf(row).length > 0]).toEqual([row, tested === "cases"]);
      if (typeof tested === "object" && "in" in tested) expect(existsSync(join(root, tested.in))).toBe(true);
    }
    const waiting = matrixRows.flatMap(({ row, step, tested }) =>
      typeof tested === "object" && "waitsFor" in tested ? [`row ${row}, ${step}: ${tested.waitsFor}`] : [],
    );
    console.log([`${matrixCases.length} cases a store; not buildable yet:`, ...waiting].join("\n  "));
  });

  it("are each killed before and after", () => {
    for (const { row, tested } of matrixRows) {
      if (tested !== "cases") continue;
      const titles = casesOf(row).map(({ title }) => title);
      // What is before the commit of the remote is what is after the request was sent.
      if (row !== 8) expect(titles.some((title) => title.startsWith("before"))).toBe(true);
      expect(titles.some((title) => title.startsWith("after"))).toBe(true);
    }
  });
});

crashMatrix("embedded");
