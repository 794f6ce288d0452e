import * as vitest from "vitest";
import { expect, test } from "vitest";
import { forEachHome } from "../testing.ts";
import { knownIdsSql } from "./observations.ts";
import { createStore } from "./store.ts";
import { migrated } from "./testing/migrated.ts";

forEachHome(vitest, ["embedded"], (home) => {
  test("what is known is listed without a loop over all of it, also before any statistics", async () => {
    const database = await home.open(migrated);
    const entropy = { digest: (text: string) => text, uuid: () => "u" };
    await createStore({ database, entropy, clock: { now: () => 0, monotonic: () => 0 } }).migrate();
    const given = knownIdsSql.replaceAll("$1", "'crm'").replaceAll("$2", "'accounts'");
    const plan = await database.query<{ [column: string]: unknown }>(`explain ${given}`);
    const lines = plan.map((row) => String(Object.values(row)[0]));
    expect(lines.join("\n")).toContain("Except");
    expect(lines.filter((line) => line.includes("Nested Loop"))).toEqual([]);
  });
});
