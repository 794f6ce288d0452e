import fc from "fast-check";
import { expect, it } from "vitest";
import { Birch } from "./birch.ts";
import { openWith, readAll, yamlAt } from "./session.ts";

const description = yamlAt("descriptions/birch.yaml");

/** What people do between two pages: save a row (it moves to the end), or delete one. */
const act = fc.record({
  before: fc.integer({ min: 2, max: 12 }),
  row: fc.integer({ min: 1, max: 30 }),
  deletes: fc.boolean(),
});

it("a list that walks by its stamp loses no row, whatever is saved or deleted while it is read", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 2, max: 7 }),
      fc.array(act, { maxLength: 12 }),
      async (count, perSecond, pageSize, acts) => {
        const system = new Birch(count, (id) => 1_700_000_000 + Math.floor(id / perSecond));
        system.between = (request) => {
          for (const { row, deletes } of acts.filter(({ before }) => before === request)) {
            if (!system.rows.has(row)) continue;
            if (deletes) system.rows.delete(row);
            else system.put(row, { changed: 1_700_001_000 + request });
          }
        };
        const { connection } = await openWith(description, system.answer);
        const read = await readAll(connection, { entity: "accounts", pageSize });
        const left = [...system.rows.keys()].map(String);
        expect(left.filter((id) => !read.ids.includes(id))).toEqual([]);
        expect(read.unreadable).toEqual([]);
      },
    ),
    { numRuns: 400 },
  );
});

it("a list of ids is never called complete when a row that is there was left out", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 30 }),
      fc.array(act, { maxLength: 8 }),
      async (count, acts) => {
        const system = new Birch(count);
        system.between = (request) => {
          for (const { row } of acts.filter(({ before }) => before === request)) system.rows.delete(row);
        };
        const { connection } = await openWith(description, system.answer);
        const found: string[] = [];
        let isComplete = true;
        let cursor: string | null = null;
        do {
          const page = await connection.readIds({ entity: "accounts", cursor });
          found.push(...page.ids);
          isComplete &&= page.isComplete;
          cursor = page.next;
        } while (cursor !== null);
        const missed = [...system.rows.keys()].map(String).filter((id) => !found.includes(id));
        expect(isComplete ? missed : []).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
