import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WrappedKey } from "../ports.ts";
import { createSealingCipher } from "./sealing-cipher.ts";
import type { MasterKey } from "./sealing-cipher.ts";

const first: MasterKey = { id: "k-1", bytes: randomBytes(32) };
const second: MasterKey = { id: "k-2", bytes: randomBytes(32) };

/** The text with one character of it exchanged. */
const changed = (text: string, at: number): string => {
  const place = at % text.length;
  return `${text.slice(0, place)}${text[place] === "A" ? "B" : "A"}${text.slice(place + 1)}`;
};

describe("keys of the store's values", () => {
  const cipher = createSealingCipher([first]);
  const key = cipher.unwrap(cipher.make("l:1"));
  const other = cipher.unwrap(cipher.make("l:2"));

  test("a text comes back, the same text is the same token, and no other key opens it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const token = key?.seal(text) ?? "";
        expect(key?.open(token)).toBe(text.toWellFormed());
        expect(key?.seal(text)).toBe(token);
        expect(other?.open(token)).toBeNull();
        expect(other?.seal(text)).not.toBe(token);
      }),
      { seed: 11 },
    );
  });

  test("a token that was changed anywhere, or cut, opens nothing", () => {
    const token = key?.seal("w.quartermain@canary.example") ?? "";
    // The last character of base64url may hold bits that mean nothing.
    for (let at = 0; at < token.length - 1; at += 1) expect(key?.open(changed(token, at))).toBeNull();
    for (let length = 0; length < token.length - 1; length += 1)
      expect(key?.open(token.slice(0, length))).toBeNull();
  });

  test("a wrapped key opens as what it says and under its master key alone", () => {
    const row = cipher.make("r:crm/contacts/1");
    expect(JSON.stringify(row)).not.toContain(Buffer.from(first.bytes).toString("base64url"));
    const forged: readonly Partial<WrappedKey>[] = [
      { id: cipher.make("x").id },
      { subject: "r:crm/contacts/2" },
      { master: "k-2" },
      { wrapped: changed(row.wrapped, 30) },
    ];
    for (const change of forged) expect(cipher.unwrap({ ...row, ...change })).toBeNull();
    expect(createSealingCipher([{ ...first, bytes: second.bytes }]).unwrap(row)).toBeNull();
    expect(cipher.unwrap(row)).not.toBeNull();
  });

  test("a key under another master key opens the same tokens; the former master key opens it no more", () => {
    const both = createSealingCipher([first, second]);
    const row = both.make("l:3");
    const token = both.unwrap(row)?.seal("x") ?? "";
    const next = both.rewrap(row, "k-2");
    expect(next?.master).toBe("k-2");
    if (next === null) throw new Error("it was not wrapped");
    expect(createSealingCipher([second]).unwrap(next)?.open(token)).toBe("x");
    expect(cipher.unwrap(next)).toBeNull();
    expect(both.rewrap(row, "k-3")).toBeNull();
    expect(both.under("k-2").make("l:4").master).toBe("k-2");
  });
});
