import { connectionId, externalId } from "@crossfoot/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../ports.ts";
import type { TestHome } from "../../testing.ts";
import type { Store } from "../port.ts";
import { createStore } from "../store.ts";
import { migrated } from "./migrated.ts";

/** What the tables themselves hold to, whoever writes to them. */
export function appendOnlySuite(home: TestHome): void {
  let database: Database;
  let store: Store;

  beforeEach(async () => {
    database = await home.open(migrated);
    const entropy = { digest: (text: string) => text, uuid: () => "u" };
    store = createStore({ database, entropy, clock: { now: () => 0, monotonic: () => 0 } });
    await store.migrate();
    const failure = { failure: "invalid", code: "no", message: "no", status: 422 } as const;
    const rest = { retryAt: null, requestId: null, field: null };
    const place = { connection: connectionId("crm"), entity: "accounts", id: externalId("x") };
    await store.checkpoint({
      observations: [],
      unreadable: [{ ...place, failure: { ...failure, ...rest } }],
      cursor: null,
      runId: null,
    });
  });

  describe(`journal (${home.name})`, () => {
    test("nobody changes or removes an entry", async () => {
      expect((await database.query("select seq from journal")).length).toBe(1);
      await expect(database.query("delete from journal")).rejects.toThrow("append only");
      await expect(database.query("update journal set kind = 'x'")).rejects.toThrow("append only");
    });

    test("nobody changes or removes an entry of the audit log", async () => {
      await store.appendAudit([{ at: "2026-01-05T08:00:00.000Z", kind: "key_refused", body: {} }]);
      await expect(database.query("delete from audit_event")).rejects.toThrow("append only");
      await expect(database.query("update audit_event set kind = 'x'")).rejects.toThrow("append only");
    });

    test("nobody changes or removes a contract, a signature, or that it was taken back", async () => {
      await store.keepContract({ hash: "h", version: null, terms: {}, inForce: true });
      const ada = { hash: "h", name: "Ada", role: "CFO", department: null };
      await store.signContract(ada, "root");
      await store.revokeSignature(ada, { by: "root", why: "left" });
      for (const table of ["contract_kept", "contract_signature", "contract_revocation"]) {
        await expect(database.query(`delete from ${table}`)).rejects.toThrow("append only");
        await expect(database.query(`update ${table} set hash = 'x'`)).rejects.toThrow("append only");
      }
    });
  });
}
