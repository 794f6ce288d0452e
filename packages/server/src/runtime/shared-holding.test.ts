import { expect, test } from "vitest";
import { orderStage } from "./testing/order-stage.ts";
import { shareHolding } from "./shared-holding.ts";

const asking = { isAlone: false, isRun: false, trustsLast: false, onBeat: (): void => undefined };

test("all work of a program but a second run holds the same shards, until the last of it ends", async () => {
  const { world } = await orderStage();
  const click = await shareHolding(world, asking);
  const run = await shareHolding(world, { ...asking, isRun: true });
  expect(run.holding).toBe(click.holding);
  const second = await shareHolding(world, { ...asking, isRun: true });
  expect(second.holding).not.toBe(click.holding);
  await second.end();
  await click.end();
  await run.holding.beat();
  expect([run.holding.isWhole, run.holding.isAlive]).toEqual([true, true]);
  const third = await shareHolding(world, asking);
  expect(third.holding).toBe(run.holding);
  await Promise.all([run.end(), third.end()]);
  const fresh = await shareHolding(world, asking);
  expect([fresh.holding === run.holding, fresh.holding.isWhole]).toEqual([false, true]);
  await fresh.end();
});

test("work that begins while the last of it leaves has all shards at once", async () => {
  const { world } = await orderStage();
  const first = await shareHolding(world, asking);
  const left = first.end();
  const next = await shareHolding(world, asking);
  expect([next.holding === first.holding, next.holding.isWhole]).toEqual([false, true]);
  await left;
  await next.end();
});

test("nobody joins what was lost, or what has to be alone", async () => {
  const { world } = await orderStage();
  const lost = await shareHolding(world, asking);
  await world.store.leave(lost.holding.holder);
  await lost.holding.beat();
  expect(lost.holding.lost.aborted).toBe(true);
  const next = await shareHolding(world, asking);
  expect(next.holding).not.toBe(lost.holding);
  await Promise.all([lost.end(), next.end()]);
  const alone = await shareHolding(world, { ...asking, isAlone: true });
  const beside = await shareHolding(world, asking);
  expect(beside.holding).not.toBe(alone.holding);
  await Promise.all([alone.end(), beside.end()]);
});
