import { expect, it } from "vitest";
import { SharedSession } from "./embedded-database.ts";
import { inTheMoment, otherwise } from "./in-the-moment.ts";
import type { Session } from "./session.ts";

/** Lets everything go on that waits for nothing but its turn. */
async function turnOfLoop(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

/** A session that notes what it was asked for. */
function noting(): { readonly database: SharedSession; readonly asked: string[] } {
  const asked: string[] = [];
  const session: Session = {
    run: async (sql) => {
      asked.push(sql);
      await turnOfLoop();
      return { command: "SELECT", columns: [], rows: [], isOpen: false };
    },
    script: () => Promise.resolve(false),
  };
  return { database: new SharedSession(session, () => Promise.resolve()), asked };
}

it("nobody is put off while nobody waits, and nothing of the work that somebody waits for", async () => {
  expect(otherwise(60_000)).toBeNull();
  await inTheMoment(async () => {
    expect(otherwise(60_000)).toBeNull();
    await turnOfLoop();
    expect(otherwise(60_000)).toBeNull();
  });
  expect(otherwise(60_000)).toBeNull();
});

it("what others ask for comes once the last who waits has his answer, in their order", async () => {
  const { database, asked } = noting();
  const first = Promise.withResolvers<null>();
  const second = Promise.withResolvers<null>();
  const waits = [first, second].map(({ promise }, nth) =>
    inTheMoment(async () => {
      await database.query(`of who waits ${nth}`);
      await promise;
      await database.query(`again ${nth}`);
    }),
  );
  const others = [1, 2].map((nth) => database.query(`other ${nth}`));
  await turnOfLoop();
  first.resolve(null);
  await waits[0];
  expect(asked).toEqual(["of who waits 0", "of who waits 1", "again 0"]);
  second.resolve(null);
  await Promise.all([...waits, ...others]);
  expect(asked).toEqual(["of who waits 0", "of who waits 1", "again 0", "again 1", "other 1", "other 2"]);
});

it("what is put off is done though somebody waits for ever, and before the store is closed", async () => {
  const { database, asked } = noting();
  const never = Promise.withResolvers<null>();
  const waits = inTheMoment(() => never.promise);
  const other = database.query("other");
  await database.close();
  expect(asked).toEqual(["other"]);
  await other;
  never.resolve(null);
  await waits;
});

it("an answer that fails is an answer: what was put off comes", async () => {
  const failed = inTheMoment(async () => {
    await turnOfLoop();
    throw new Error("no answer");
  });
  const putOff = otherwise(60_000);
  expect(putOff).not.toBeNull();
  await expect(failed).rejects.toThrow("no answer");
  await putOff;
  expect(otherwise(60_000)).toBeNull();
});

it("what goes on behind an answer is not put off by the next who waits", async () => {
  const go = Promise.withResolvers<null>();
  let behind: Promise<unknown> | null | undefined;
  let carried: Promise<void> | undefined;
  await inTheMoment(async () => {
    carried = go.promise.then(() => {
      behind = otherwise(60_000);
    });
    await turnOfLoop();
  });
  await inTheMoment(async () => {
    go.resolve(null);
    await carried;
  });
  expect(behind).toBeNull();
});
