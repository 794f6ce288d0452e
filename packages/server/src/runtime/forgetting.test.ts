import { expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { createForgetting } from "./forgetting.ts";

test("plans are forgotten once they are older than the project keeps them, once an hour", async () => {
  let now = 0;
  const clock = { now: () => now, monotonic: () => now };
  const store = createMemoryStore({ entropy: { digest: (text) => text, uuid: () => "u" }, clock });
  const day = 86_400_000;
  const forget = createForgetting({ store, clock, keepPlansMs: day });
  await store.savePlan("p-1", {});
  await forget();
  now = day - 60_000;
  await forget();
  expect(await store.planBody("p-1")).toEqual({});
  now = day;
  await forget();
  expect(await store.planBody("p-1")).toEqual({});
  now = day + 3_600_000;
  await forget();
  expect(await store.planBody("p-1")).toBeNull();
  await store.savePlan("p-2", {});
  now = 100 * day;
  await createForgetting({ store, clock })();
  expect(await store.planBody("p-2")).toEqual({});
});
