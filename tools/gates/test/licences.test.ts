import { describe, expect, test } from "vitest";
import { licenceFaults, readByHand } from "../src/licences.ts";

const part = (expression: string | null, name = "part") => ({
  ...{ name, version: "1.0.0" },
  ...(expression === null ? {} : { licenses: [{ expression }] }),
});

describe("licences of what is shipped", () => {
  test("that are allowed pass, alone, joined, or as one of several", () => {
    expect(licenceFaults([{ name: "a", version: "1", licenses: [{ license: { id: "MIT" } }] }])).toEqual([]);
    for (const each of ["ISC", "MIT AND Apache-2.0", "(MIT OR GPL-3.0-only)", "GPL-3.0-only OR BSD-3-Clause"])
      expect(licenceFaults([part(each)])).toEqual([]);
  });

  test("that are not allowed are named with their part", () => {
    for (const each of ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "SEE LICENSE IN x", "MITx", ""])
      expect(licenceFaults([part(each)])).toEqual([`part@1.0.0 is under ${each}`]);
    expect(licenceFaults([part(null)])).toEqual(["part@1.0.0 names no licence"]);
  });

  test("are believed without a name only for the version that somebody has read", () => {
    const [known = ""] = Object.keys(readByHand);
    const at = known.lastIndexOf("@");
    const [name, version] = [known.slice(0, at), known.slice(at + 1)];
    expect(licenceFaults([{ name, version }])).toEqual([]);
    expect(licenceFaults([{ name, version: `${version}9` }])).toEqual([
      `${name}@${version}9 names no licence`,
    ]);
  });

  test("of nothing are a fault: the list was not made", () => {
    expect(licenceFaults([])).not.toEqual([]);
  });
});
