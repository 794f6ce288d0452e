import { expect, test } from "vitest";
import { gathered } from "./gather.ts";

test("parts that come while a call is under way share the next one", async () => {
  const calls: (readonly number[])[] = [];
  const first = Promise.withResolvers<undefined>();
  const commit = gathered(async (parts: readonly number[]) => {
    calls.push(parts);
    if (calls.length === 1) await first.promise;
  });
  const one = commit([1]);
  await Promise.resolve();
  const others = [commit([2, 3]), commit([4])];
  expect(calls).toEqual([[1]]);
  first.resolve(undefined);
  await Promise.all([one, ...others]);
  expect(calls).toEqual([[1], [2, 3, 4]]);
});

test("a call that fails fails those whose parts it took, and no others", async () => {
  const commit = gathered((parts: readonly string[]) =>
    parts.includes("bad") ? Promise.reject(new Error("refused")) : Promise.resolve(),
  );
  const bad = commit(["bad"]);
  await expect(bad).rejects.toThrow("refused");
  await expect(commit(["good"])).resolves.toBeUndefined();
});
