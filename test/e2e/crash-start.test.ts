import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEmbedded, tempFolder } from "crossfoot/testing";

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder("memory");
});
afterEach(() => folder.remove());

/** PostgreSQL makes its own lock file first and writes it then: a kill between the two leaves it empty. */
it.each(["", "-42\n", "1\n/somewhere\n"])(
  "a store whose program was killed when the lock file of PostgreSQL held %j opens again",
  async (content) => {
    const first = await openEmbedded(folder.path);
    await first.script("create table kept (n int); insert into kept values (1);");
    await first.close();
    writeFileSync(join(folder.path, "database", "postmaster.pid"), content);
    const again = await openEmbedded(folder.path);
    expect(await again.query("select n from kept")).toEqual([{ n: 1 }]);
    await again.close();
  },
);
