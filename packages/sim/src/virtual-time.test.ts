import { describe, expect, test } from "vitest";
import { PartyClock } from "./party-clock.ts";
import { prng } from "./random.ts";
import { startInstant, Timeline } from "./virtual-time.ts";

const never = (): boolean => false;

describe("virtual time", () => {
  test("what is due first happens first, and at one instant in the order asked for", async () => {
    const timeline = new Timeline();
    const seen: string[] = [];
    const after = (ms: number, name: string): unknown => timeline.after(ms, () => seen.push(name));
    after(30, "c");
    after(10, "a");
    after(30, "d");
    after(20, "b");
    expect(await timeline.run(100, never)).toBe("empty");
    expect(seen).toEqual(["a", "b", "c", "d"]);
  });

  test("everything an event sets going comes to rest before the next event", async () => {
    const timeline = new Timeline();
    const seen: string[] = [];
    timeline.after(1, () => {
      const rest = async (): Promise<void> => {
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
        seen.push("rest of the first");
      };
      rest().catch(() => undefined);
    });
    timeline.after(1, () => void seen.push("second"));
    await timeline.run(10, never);
    expect(seen).toEqual(["rest of the first", "second"]);
  });

  test("time stops at the end asked for, and what is due later stays due", async () => {
    const timeline = new Timeline();
    let isDone = false;
    timeline.after(50, () => {
      isDone = true;
    });
    expect(await timeline.run(20, never)).toBe("late");
    expect([timeline.now, isDone]).toEqual([20, false]);
    await timeline.run(60, never);
    expect(isDone).toBe(true);
  });

  test("a cancelled timer never runs", async () => {
    const timeline = new Timeline();
    let isDone = false;
    timeline
      .after(5, () => {
        isDone = true;
      })
      .cancel();
    await timeline.run(10, never);
    expect(isDone).toBe(false);
  });
});

describe("clocks of parties", () => {
  test("a step moves the wall clock, never the monotonic one", async () => {
    const timeline = new Timeline();
    const clock = new PartyClock(timeline, { offsetMs: -500 });
    timeline.after(1_000, () => undefined);
    await timeline.run(1_000, never);
    clock.step(-10_000);
    expect([clock.now() - startInstant, clock.monotonic()]).toEqual([-9_500, 1_000]);
  });

  test("a suspended machine's monotonic clock stands still and does not go back", async () => {
    const timeline = new Timeline();
    const clock = new PartyClock(timeline);
    timeline.after(5_000, () => undefined);
    timeline.after(2_000, () => {
      clock.monotonic();
      clock.suspend(3_000);
    });
    await timeline.run(5_000, never);
    expect([clock.now() - startInstant, clock.monotonic()]).toEqual([5_000, 2_000]);
  });
});

test("streams of one seed are independent by label, and each is the same every time", () => {
  const draw = (label: string): readonly number[] => {
    const random = prng(7, label);
    return Array.from({ length: 5 }, () => random.between(0, 1_000_000));
  };
  expect(draw("crm/wire")).toEqual(draw("crm/wire"));
  expect(draw("crm/wire")).not.toEqual(draw("erp/wire"));
});
