import { expect, test } from "vitest";
import { createSealer } from "./sealer.ts";

const use = { purpose: "access token", name: "crm" };
const sealer = createSealer(() => ["a", "b"], use);

test("what was sealed is opened by whoever has the same secrets for the same use, and by nobody else", () => {
  const sealed = sealer.seal("token ä");
  expect(createSealer(() => ["a", "b"], use).open(sealed)).toBe("token ä");
  expect(sealer.seal("token ä")).not.toBe(sealed);
  for (const [secrets, other] of [
    [["a", "c"], use],
    [["ab"], use],
    [["a", "b"], { ...use, name: "erp" }],
    [["a", "b"], { ...use, purpose: "else" }],
  ] as const)
    expect(createSealer(() => secrets, other).open(sealed)).toBeNull();
});

test("a changed bit, a cut and what is no sealed text are refused", () => {
  const bytes = Buffer.from(sealer.seal("token"), "base64");
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(sealer.open(changed.toString("base64")), `byte ${at}`).toBeNull();
    expect(sealer.open(bytes.subarray(0, at).toString("base64")), `cut at ${at}`).toBeNull();
  }
  expect(sealer.open("no base64!")).toBeNull();
});
