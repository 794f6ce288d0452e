import { beforeEach, expect, it } from "vitest";
import type { Database } from "../../ports.ts";
import { refusalOf } from "./refusal.ts";

function outcomes(database: () => Database, seen: () => Promise<unknown>): void {
  it("commits what resolves, rolls back what rejects", async () => {
    const answer = await database().transaction(async (tx) => {
      await tx.query("insert into log values (1)");
      return tx.query("select n from log");
    });
    expect(answer).toEqual([{ n: 1 }]);
    const reason = new Error("stop");
    const failed = database().transaction(async (tx) => {
      await tx.query("insert into log values (2)");
      throw reason;
    });
    await expect(failed).rejects.toBe(reason);
    expect(await seen()).toEqual([1]);
  });

  it("a transaction whose statement failed is never reported as committed", async () => {
    const hidden = database().transaction(async (tx) => {
      await tx.query("insert into log values (1)");
      await tx.query("select nowhere").catch(() => undefined);
    });
    expect(await refusalOf(hidden)).toMatchObject({ code: "25P02", isUnknownOutcome: false });
    const forgotten = database().transaction(async (tx) => {
      await tx.query("insert into log values (2)");
      tx.query("select nowhere").catch(() => undefined);
    });
    expect(await refusalOf(forgotten)).toMatchObject({ code: "25P02" });
    expect(await seen()).toEqual([]);
  });
}

function isolation(database: () => Database, seen: () => Promise<unknown>): void {
  it("statements sent at once run in their order", async () => {
    const answers = await database().transaction((tx) =>
      Promise.all(
        Array.from({ length: 20 }, (_, n) => tx.query("insert into log values ($1) returning n", [n])),
      ),
    );
    expect(answers.flat()).toEqual(Array.from({ length: 20 }, (_, n) => ({ n })));
  });

  it("of statements sent at once the first that fails is told, and nothing of any is stored", async () => {
    const failed = database().transaction((tx) =>
      Promise.all([
        tx.query("insert into log values (1)"),
        tx.query("insert into log values ('one')"),
        tx.query("insert into log values (2)"),
        tx.query("select nowhere"),
      ]),
    );
    expect(await refusalOf(failed)).toMatchObject({ code: "22P02", isUnknownOutcome: false });
    expect(await seen()).toEqual([]);
    await database().transaction((tx) => tx.query("insert into log values (3)"));
    expect(await seen()).toEqual([3]);
  });

  it("the first that fails is told however deep it was asked for", async () => {
    const failed = database().transaction(async (tx) => {
      const deep = async (levels: number): Promise<unknown> =>
        levels === 0 ? tx.query("insert into log values ('one')") : [await deep(levels - 1)];
      return Promise.all([deep(5), tx.query("select 1"), tx.query("insert into log values (2)")]);
    });
    expect(await refusalOf(failed)).toMatchObject({ code: "22P02", isUnknownOutcome: false });
    expect(await seen()).toEqual([]);
  });

  it("a statement sent behind another sees what that one did", async () => {
    const [, rows, , later] = await database().transaction((tx) =>
      Promise.all([
        tx.query("insert into log values (1)"),
        tx.query("select n from log"),
        tx.query("update log set n = 2"),
        tx.query("select n from log"),
      ]),
    );
    expect([rows, later]).toEqual([[{ n: 1 }], [{ n: 2 }]]);
  });

  it("others do not see inside, nor run inside", async () => {
    const inserted = Promise.withResolvers<null>();
    const first = database().transaction(async (tx) => {
      await tx.query("insert into log values (1)");
      inserted.resolve(null);
      await tx.query("insert into log values (2)");
      throw new Error("stop");
    });
    await inserted.promise;
    const alone = database().query("insert into log values (3)");
    const other = database().transaction((tx) => tx.query("insert into log values (4)"));
    await expect(first).rejects.toThrow("stop");
    await Promise.all([alone, other]);
    expect(await seen()).toEqual([3, 4]);
  });
}

function misuse(database: () => Database, seen: () => Promise<unknown>): void {
  it("the database used inside its own transaction is refused instead of waiting for ever", async () => {
    const nested = database().transaction(() => database().query("select 1"));
    expect(await refusalOf(nested)).toMatchObject({ code: "25001" });
    const deeper = database().transaction(() => database().transaction(() => Promise.resolve()));
    expect(await refusalOf(deeper)).toMatchObject({ code: "25001" });
    const later = await database().transaction(() =>
      Promise.resolve(() => database().query("select 1 as one")),
    );
    expect(await later()).toEqual([{ one: 1 }]);
  });

  it("a statement that ends its own transaction is refused, and so is what follows", async () => {
    const ended = database().transaction(async (tx) => {
      await tx.query("insert into log values (1)");
      const refusals = [tx.query("commit"), tx.query("insert into log values (2)")].map(refusalOf);
      for (const refusal of await Promise.all(refusals)) expect(refusal.code).toBe("2D000");
      expect((await refusalOf(tx.query("insert into log values (3)"))).code).toBe("25P01");
    });
    expect((await refusalOf(ended)).code).toBe("2D000");
    expect(await seen()).toEqual([1]);
  });

  it("a statement after its transaction is refused", async () => {
    const kept = await database().transaction((tx) => Promise.resolve(tx));
    expect(await refusalOf(kept.query("insert into log values (1)"))).toMatchObject({ code: "25P01" });
    expect(await seen()).toEqual([]);
  });

  it("callers are served, however many ask at once", async () => {
    const turns = Array.from({ length: 60 }, (_, n) =>
      n % 2 === 0
        ? database().query("insert into log values ($1)", [n])
        : database().transaction(async (tx) => {
            await tx.query("insert into log values ($1)", [n]);
            return tx.query("select count(*) from log");
          }),
    );
    await Promise.all(turns);
    expect(await seen()).toEqual(Array.from({ length: 60 }, (_, n) => n));
  });

  it("after close everything is refused, and what was asked before is done", async () => {
    const before = database().query("insert into log values (1) returning n");
    const closed = database().close();
    expect(await before).toEqual([{ n: 1 }]);
    await closed;
    expect(await refusalOf(database().query("select 1"))).toMatchObject({
      code: "08003",
      isRetryable: false,
    });
    await database().close();
  });
}

/** What a transaction owes its callers, whichever its home. */
export function transactionsSuite(database: () => Database): void {
  beforeEach(() => database().script("create table log (n int)"));
  const seen = async (): Promise<unknown> =>
    (await database().query<{ n: number }>("select n from log order by n")).map(({ n }) => n);

  outcomes(database, seen);
  isolation(database, seen);
  misuse(database, seen);
}
