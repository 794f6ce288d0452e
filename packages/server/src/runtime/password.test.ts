import { describe, expect, it } from "vitest";
import { hashPassword, isPassword, passwordCost, passwordLength, whyNoPassword } from "./password.ts";

const cheap = { ln: 4, r: 1, p: 1 };
const long = "correct horse battery staple";

describe("passwords", () => {
  it("are kept by a hash that says how it was made, never twice the same", async () => {
    const one = await hashPassword(long, cheap);
    const other = await hashPassword(long, cheap);
    expect(one).toMatch(/^scrypt\$ln=4,r=1,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(other).not.toBe(one);
    expect(await isPassword(long, one, cheap)).toBe(true);
    expect(await isPassword(`${long} `, one, cheap)).toBe(false);
  });

  it("are told by what the hash says, whatever is used today", async () => {
    const before = await hashPassword(long, { ln: 5, r: 2, p: 1 });
    expect(await isPassword(long, before, cheap)).toBe(true);
  });

  it("without a hash, or with one that is none, are wrong", async () => {
    for (const kept of [null, "", "plain", "scrypt$ln=4,r=1,p=1$$"])
      expect(await isPassword(long, kept, cheap)).toBe(false);
  });

  it("typed as other code points of the same letters are the same", async () => {
    const kept = await hashPassword("Bücher im Regal stehen", cheap);
    expect(await isPassword("Bu\u0308cher im Regal stehen", kept, cheap)).toBe(true);
  });

  it("cost what OWASP names, and are hashed with it unless somebody says otherwise", async () => {
    expect(passwordCost).toEqual({ ln: 15, r: 8, p: 3 });
    const kept = await hashPassword(long);
    expect(kept).toContain("ln=15,r=8,p=3");
    expect(await isPassword(long, kept)).toBe(true);
  });

  it("more than can wait are refused, and all others are answered", async () => {
    const all = await Promise.allSettled(Array.from({ length: 60 }, () => hashPassword(long, cheap)));
    const refused = all.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(60 - 2 - 32);
    expect(await isPassword(long, await hashPassword(long, cheap), cheap)).toBe(true);
  });

  it.each([
    ["x".repeat(passwordLength.min - 1), "at least 15"],
    ["ab".repeat(200), "at most 256"],
    ["aaaaaaaabbbbbbbb", "different"],
    ["i am Ada Lovelace", "name"],
  ])("%s is not taken", (password, why) => {
    expect(whyNoPassword(password, "ada")).toContain(why);
  });

  it("of 128 signs and of one script are taken", () => {
    expect(whyNoPassword("abcdefgh".repeat(16), "ada")).toBeNull();
    expect(whyNoPassword("пятнадцать букв и ещё", "ada")).toBeNull();
  });
});
