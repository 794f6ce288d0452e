import { describe, expect, it } from "vitest";
import { missingSigners } from "./signers.ts";

const cfo = (name: string) => ({ name, role: "CFO", department: "Finance" });

describe("who has yet to sign", () => {
  it("is everybody at first, and nobody once all have", () => {
    const signers = [{ department: "Sales" }, { department: "Finance", role: "CFO" }];
    expect(missingSigners(signers, [])).toEqual(signers);
    expect(missingSigners(signers, [cfo("Ada")])).toEqual([{ department: "Sales" }]);
    const sales = { name: "Bob", role: "clerk", department: " sales " };
    expect(missingSigners(signers, [cfo("Ada"), sales])).toEqual([]);
  });

  it("one signature counts for one signer, and none is wasted on one that another could sign for", () => {
    const two = [{ department: "Finance" }, { department: "Finance" }];
    expect(missingSigners(two, [cfo("Ada")])).toHaveLength(1);
    const named = [
      { department: "Finance", role: "CFO" },
      { department: "Finance", name: "Ada" },
    ];
    expect(missingSigners(named, [cfo("Ada"), cfo("Bob")])).toEqual([]);
    expect(missingSigners(named, [cfo("Bob"), cfo("Carl")])).toEqual([named[1]]);
  });

  it("another role, another name or no department is not the signature that is asked for", () => {
    const signer = { department: "Finance", role: "CFO", name: "Ada" };
    expect(missingSigners([signer], [{ ...cfo("Ada"), role: "clerk" }])).toEqual([signer]);
    expect(missingSigners([signer], [cfo("Bob")])).toEqual([signer]);
    expect(missingSigners([signer], [{ ...cfo("Ada"), department: null }])).toEqual([signer]);
  });
});
