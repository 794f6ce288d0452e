import * as vitest from "vitest";
import { describe, expect, test } from "vitest";
import type { Database, Queryable } from "../ports.ts";
import { forEachHome } from "../testing.ts";
import { createStore } from "./store.ts";
import { migrated } from "./testing/migrated.ts";

const place = "'crm', 'accounts', '1'";
const at = "connection = 'crm' and entity = 'accounts' and external_id = '1'";
const seen =
  "insert into observation (connection, entity, external_id, link_id, kind, native, content_hash, via, " +
  `read_start, read_end) values (${place}, 'l-1', 'present', '{}', 'a', 'poll', 1, 2)`;
const member = `insert into link_member (connection, entity, external_id, link_id) values (${place}, 'l-1')`;
const line =
  "insert into line_link (link_id, connection, field, native_id, key) values ('l-1', 'crm', 'lines', '1', " +
  "'k')";
const work = "insert into work (link_id, entity, reason) values ('l-1', 'accounts', 'observed')";

/** By trigger: what was there, and the change that it alone notices. */
const cases: { readonly [trigger: string]: readonly [before: string | null, change: string] } = {
  observation_added: [null, seen],
  observation_changed: [seen, `update observation set content_hash = 'b' where ${at}`],
  observation_removed: [seen, `delete from observation where ${at}`],
  member_added: [null, member],
  member_changed: [member, `update link_member set until_at = now() where ${at}`],
  member_removed: [member, `delete from link_member where ${at}`],
  line_added: [null, line],
  line_changed: [line, "update line_link set key = 'other' where link_id = 'l-1'"],
  line_removed: [line, "delete from line_link where link_id = 'l-1'"],
  work_added: [null, work],
  work_changed: [work, "update work set marked = marked + 1 where link_id = 'l-1'"],
};
const triggers =
  "select t.tgname as name, c.relname as of from pg_trigger t join pg_class c on c.oid = t.tgrelid join " +
  "pg_proc p on p.oid = t.tgfoid where p.proname like 'mark\\_%\\_due' order by 1";

/** Does something, and leaves nothing of it. */
async function undone<T>(database: Database, work_: (tx: Queryable) => Promise<T>): Promise<T> {
  const back = new Error("back");
  const found: T[] = [];
  await database
    .transaction(async (tx) => {
      found.push(await work_(tx));
      throw back;
    })
    .catch((error: unknown) => {
      if (error !== back) throw error;
    });
  const [one] = found;
  if (one === undefined) throw new Error("nothing was found");
  return one;
}

forEachHome(vitest, ["embedded"], (home) => {
  describe("each trigger of the hash tree", () => {
    test("notices a change that no other one does, and is missed when it is gone", async () => {
      const database = await home.open(migrated);
      const entropy = { digest: (text: string) => text, uuid: () => "u" };
      await createStore({ database, entropy, clock: { now: () => 0, monotonic: () => 0 } }).migrate();
      await database.query("insert into link (id, entity) values ('l-1', 'accounts')");
      const known = await database.query<{ name: string; of: string }>(triggers);
      expect(known.map(({ name }) => name)).toEqual(Object.keys(cases).toSorted());
      for (const { name, of } of known) {
        const [before, change] = cases[name] ?? [null, ""];
        const noticed = (isThere: boolean): Promise<readonly string[]> =>
          undone(database, async (tx) => {
            if (before !== null) await tx.query(before);
            await tx.query("delete from proof_due");
            if (!isThere) await tx.query(`drop trigger ${name} on ${of}`);
            await tx.query(change);
            const due = await tx.query<{ link_id: string }>("select link_id from proof_due");
            return due.map(({ link_id: link }) => link);
          });
        expect([name, await noticed(true), await noticed(false)]).toEqual([name, ["l-1"], []]);
      }
    });
  });
});
