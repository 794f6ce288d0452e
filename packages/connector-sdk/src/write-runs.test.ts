import { describe, expect, test } from "vitest";
import { ConnectorError } from "./failure.ts";
import type { NativeWrite } from "./ports.ts";
import { openOutcomes, runsOf, sendHalving } from "./write-runs.ts";
import type { PlacedWrite } from "./write-runs.ts";

type Id = NonNullable<NativeWrite["id"]>;

const write = (more: Partial<NativeWrite>): NativeWrite => ({
  ...{ key: "k", entity: "accounts", kind: "create", id: null, precondition: null },
  ...{ patch: {}, current: {}, reference: "r", transition: null },
  ...more,
});
const creates = (count: number): readonly PlacedWrite[] =>
  Array.from({ length: count }, (_, at) => ({ at, write: write({ key: `k${at}` }) }));
const error = (failure: "invalid" | "unauthorised" | "in_doubt" | "transient"): ConnectorError =>
  new ConnectorError({ failure, code: failure, message: "refused" });
const idOf = ({ at }: PlacedWrite): Id => `id-${at}` as Id;

describe("runs", () => {
  const share = (first: NativeWrite, other: NativeWrite): boolean => first.kind === other.kind;

  test("neighbours that are alike share a call, in their order and no more than the most", () => {
    const kinds = ["create", "create", "create", "update", "create"] as const;
    const writes = kinds.map((kind, at) => write({ kind, id: kind === "create" ? null : (`${at}` as Id) }));
    const runs = runsOf(writes, { share, max: 2 });
    expect(runs.map((run) => run.map(({ at }) => at))).toEqual([[0, 1], [2], [3], [4]]);
  });

  test("a record that is named twice is in two calls, and another entity in one of its own", () => {
    const updates = ["a", "b", "a"].map((id) => write({ kind: "update", id: id as Id }));
    const writes = [...updates, write({ kind: "update", id: "a" as Id, entity: "contacts" })];
    expect(runsOf(writes, { share, max: 9 }).map((run) => run.map(({ at }) => at))).toEqual([
      [0, 1],
      [2],
      [3],
    ]);
  });
});

describe("halving", () => {
  test("the refused one alone is refused, and the others are made once", async () => {
    const outcomes = openOutcomes();
    const made: string[] = [];
    await sendHalving(creates(7), {
      outcomes,
      send: async (some) => {
        if (some.some(({ at }) => at === 4)) throw error("invalid");
        made.push(...some.map(idOf));
        return some.map(idOf);
      },
    });
    expect(outcomes.all.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 7 }, (_, at) => (at === 4 ? "failed" : "done")),
    );
    expect(made.toSorted()).toEqual([0, 1, 2, 3, 5, 6].map((at) => `id-${at}`));
  });

  test("a failure about no single record is the outcome of all, and nothing is sent again", async () => {
    for (const failure of ["in_doubt", "transient"] as const) {
      const outcomes = openOutcomes();
      let calls = 0;
      const send = async (): Promise<readonly Id[]> => {
        calls += 1;
        throw error(failure);
      };
      await sendHalving(creates(5), { outcomes, send });
      expect([calls, outcomes.all.length]).toEqual([1, 5]);
      expect(outcomes.all).toMatchObject(creates(5).map(() => ({ kind: "failed", failure: { failure } })));
    }
  });

  test("an answer with fewer ids than writes leaves all of them in doubt", async () => {
    const outcomes = openOutcomes();
    await sendHalving(creates(3), { outcomes, send: async () => ["id-0" as Id] });
    expect(outcomes.all).toMatchObject([0, 1, 2].map(() => ({ failure: { failure: "in_doubt" } })));
  });

  test("refused credentials are thrown before anything landed, and an outcome after", async () => {
    const refused = async (): Promise<readonly Id[]> => {
      throw error("unauthorised");
    };
    const fresh = openOutcomes();
    await expect(sendHalving(creates(2), { outcomes: fresh, send: refused })).rejects.toThrow("refused");
    const late = openOutcomes();
    await sendHalving(creates(1), { outcomes: late, send: async (some) => some.map(idOf) });
    await sendHalving([{ at: 1, write: write({}) }], { outcomes: late, send: refused });
    expect(late.all.map(({ kind }) => kind)).toEqual(["done", "failed"]);
    const doubted = openOutcomes();
    doubted.fail(0, error("in_doubt"));
    doubted.fail(1, error("unauthorised"));
    expect(doubted.all).toMatchObject([{ kind: "failed" }, { kind: "failed" }]);
  });
});
