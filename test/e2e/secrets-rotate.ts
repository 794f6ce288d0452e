/** Rotates the sealed secrets of a folder between two keys until it is killed, and says so each time. */
import { rotateSealed } from "crossfoot/testing";

const folder = process.argv[2] ?? "";
const keys = ["file:one.key", "file:two.key"] as const;
for (let round = 0; ; round += 1) {
  const [key, nextKey] = round % 2 === 0 ? keys : keys.toReversed();
  const { to } = rotateSealed({ folder, key: key ?? null, nextKey: nextKey ?? null }, "2026-02-01T10:00:00Z");
  process.stdout.write(`${to}\n`);
}
