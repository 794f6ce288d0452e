import * as vitest from "vitest";
import { expect, test } from "vitest";
import { dumpSql } from "../store/dump.ts";
import { places } from "../store/erasing.ts";
import { forEachHome } from "../testing.ts";
import { anonymise, personScene, personValues, placesOf } from "./testing/person-scene.ts";

/** Tables without a value of a record: names, states, counts, hashes, and what people of ours said. */
const without = [
  ...["api_key", "audit_event", "contract_kept", "contract_revocation", "contract_signature"],
  ...[
    "decided_terms",
    "delivery",
    "epoch",
    "epoch_sweep",
    "erasure",
    "hint",
    "journal_break",
    "journal_head",
  ],
  ...["lease", "line_link", "link", "link_member", "pause", "plan_write", "proof", "proof_due", "proof_node"],
  ...[
    "access_token",
    "proof_terms",
    "quota",
    "record_reference",
    "schema_version",
    "statement",
    "store_identity",
    "tombstone",
    "wait",
    "word",
  ],
  ...["work", "worker", "person", "person_link", "person_session", "sign_in_try"],
  ...["subscription", "subscription_delivery", "data_key", "sealing"],
];

forEachHome(vitest, ["embedded"], (home) => {
  test("an erasure leaves no value of the person in any table, and a chain that verifies", async () => {
    const database = await home.open();
    const mini = await personScene({ database });
    const found = async (): Promise<readonly string[]> => placesOf(await dumpSql(database), personValues);
    expect((await found()).length).toBeGreaterThan(8);
    await anonymise(mini);
    const proof = await mini.engine.privacy.erasePerson(mini.link, { by: "ada", why: "asked" });
    expect(await found()).toEqual([]);
    expect(proof.rows["journal"]).toBeGreaterThan(3);
    expect((await mini.engine.verify()).broken).toEqual([]);
    expect(await mini.engine.privacy.erasures()).toEqual([proof]);
    await mini.engine.run({ sweep: true });
    expect(await found()).toEqual([]);
    expect(placesOf(await dumpSql(database), ["other@person.example"]).length).toBeGreaterThan(2);
    // Outside an erasure the journal is what it was: nobody changes an entry, an emptied one neither.
    const empty = "update journal set body = '{}', kind = 'erased'";
    await expect(database.query(empty)).rejects.toThrow("append only");
    await expect(database.query("delete from erasure")).rejects.toThrow("append only");
  });

  test("a write under way keeps everything as it is", async () => {
    const database = await home.open();
    const mini = await personScene({ database });
    await anonymise(mini);
    await database.query("update intent set state = 'in_doubt' where link_id = $1", [mini.link]);
    const before = placesOf(await dumpSql(database), personValues);
    const erasing = mini.engine.privacy.erasePerson(mini.link, { by: "ada", why: "asked" });
    await expect(erasing).rejects.toThrow("under way");
    expect(placesOf(await dumpSql(database), personValues)).toEqual(before);
  });

  test("every table of the schema is looked through, or known to hold no value", async () => {
    const database = await home.open();
    await personScene({ database });
    const rows = await database.query<{ table_name: string }>(
      "select table_name from information_schema.tables where table_schema = current_schema()",
    );
    const there = rows.map(({ table_name: name }) => name);
    const looked = places.map(({ table }) => table);
    expect(there.filter((name) => !looked.includes(name) && !without.includes(name))).toEqual([]);
    expect(looked.filter((name) => !there.includes(name) || without.includes(name))).toEqual([]);
  });
});
