import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalOf, proveFields } from "./proof.ts";
import { nodesAbove, rootOf, treeOf } from "./tree.ts";

const digest = (text: string): string => {
  let hash = 5381;
  for (const letter of text) hash = (hash * 33 + (letter.codePointAt(0) ?? 0)) % 4_294_967_296;
  return hash.toString(16).padStart(8, "0").repeat(2);
};

describe("what a value says", () => {
  test("a dozen is twelve pieces, an unknown unit is itself alone", () => {
    expect(normalOf({ value: "1", unit: "dz" })).toBe(normalOf({ value: "12", unit: "pcs" }));
    expect(normalOf({ value: "1", unit: "box" })).not.toBe(normalOf({ value: "1", unit: "pcs" }));
  });
  test("nothing is nothing in every form, and a part without a value is a part that is not there", () => {
    for (const blank of ["", [], { street: null }, { street: "" }])
      expect(normalOf(blank)).toBe(normalOf(null));
    expect(normalOf({ street: "a", city: null })).toBe(normalOf({ street: "a" }));
    for (const value of ["0", false, "null"]) expect(normalOf(value)).not.toBe(normalOf(null));
  });
});

describe("a leaf", () => {
  test("has equal hashes exactly when all fields that both show say the same", () => {
    const value = fc.constantFrom(null, "", "a", "b");
    const side = fc.dictionary(fc.constantFrom("x", "y", "z"), value);
    fc.assert(
      fc.property(side, side, (crm, erp) => {
        const proof = proveFields({ fields: ["x", "y", "z"], crm, erp, digest });
        expect(proof.crm === proof.erp).toBe(proof.compared === proof.equal);
      }),
    );
  });
});

describe("a tree", () => {
  const leaf = fc.record({ link: fc.string(), crm: fc.string(), erp: fc.string() });
  test("its root is that over the nodes of any depth, and changes with any leaf of that side alone", () => {
    fc.assert(
      fc.property(fc.uniqueArray(leaf, { minLength: 1, selector: (each) => each.link }), (leaves) => {
        const tree = treeOf(leaves, digest);
        const root = tree.find(({ path }) => path === "");
        for (const depth of [1, 2, 3, 4]) {
          const nodes = tree.filter(({ path }) => path.length === depth);
          expect(rootOf(nodes, digest)).toEqual({ crm: root?.crm, erp: root?.erp });
          expect(nodesAbove(nodes, digest).length).toBeGreaterThan(0);
        }
        const [first, ...rest] = leaves;
        if (first === undefined) return;
        const changed = treeOf([{ ...first, crm: `${first.crm}!` }, ...rest], digest);
        const other = changed.find(({ path }) => path === "");
        expect([other?.crm === root?.crm, other?.erp === root?.erp]).toEqual([false, true]);
      }),
    );
  });
  test("equal sides have equal roots, and no leaves have none", () => {
    const leaves = ["a", "b", "c"].map((link) => ({ link, crm: link, erp: link }));
    const root = treeOf(leaves, digest).find(({ path }) => path === "");
    expect(root?.crm).toBe(root?.erp);
    expect(rootOf([], digest)).toEqual({ crm: "", erp: "" });
  });
});
