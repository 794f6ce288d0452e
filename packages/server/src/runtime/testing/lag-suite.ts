import { beforeEach, describe, expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection, NativeRecord } from "@crossfoot/connector-sdk";
import { connectionId } from "@crossfoot/kernel";
import type { ExternalId } from "@crossfoot/kernel";
import type { MiniWorld, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

/** Longest time until a commit shows in lists of the ERP, ms. */
const commitLagMs = 5_000;

/** What the ERP of a test gives out instead of what is there. */
interface Sight {
  /** Records as lists and readings by id still show them. */
  stale: readonly NativeRecord[];
  isBlind: boolean;
}

interface Behaviour {
  readonly hasVersions: boolean;
  readonly answersRecord: boolean;
  /** Whether readings by id lag as lists do. */
  readonly lagsById: boolean;
}

/** An ERP that shows what is committed to it only after a while (fault R1). */
function lagging(connection: Connection, sight: Sight, behaviour: Behaviour): Connection {
  const shown = (record: NativeRecord): NativeRecord =>
    behaviour.hasVersions ? record : { ...record, version: null, versionOrder: null };
  const late = (record: NativeRecord): NativeRecord =>
    shown(sight.stale.find(({ id }) => id === record.id) ?? record);
  const away = new ConnectorError({ failure: "transient", code: "busy", message: "not now" });
  return {
    ...connection,
    manifest: { ...connection.manifest, commitLagMs, readLagMs: commitLagMs, horizonMs: 50 },
    read: async (request) => {
      const page = await connection.read({ ...request, since: null });
      return { ...page, records: page.records.map(late) };
    },
    readByIds: async (request) => {
      if (sight.isBlind) throw away;
      const records = await connection.readByIds(request);
      return records.map(behaviour.lagsById ? late : shown);
    },
    write: async (writes) => {
      const free = writes.map((write) => (behaviour.hasVersions ? write : { ...write, precondition: null }));
      const outcomes = await connection.write(free);
      return outcomes.map((outcome) => {
        if (outcome.kind === "failed") return outcome;
        const { record } = outcome;
        return { ...outcome, record: behaviour.answersRecord && record !== null ? shown(record) : null };
      });
    },
  };
}

/** Systems that show what we wrote only later, or not to us: nothing of that is an edit of a person. */
export function lagSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  /** A customer on both sides, and an edit in the CRM that is about to be written to the ERP. */
  async function edited(behaviour: Behaviour) {
    const sight: Sight = { stale: [], isBlind: false };
    const mini: MiniWorld = await miniWorld({
      database,
      wrapConnection: (id, connection) => (id === "erp" ? lagging(connection, sight, behaviour) : connection),
    });
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    mini.pass(60_000);
    await mini.engine.run();
    const erpId = mini.erp.rows("accounts")[0]?.id ?? "";
    const read = { entity: "accounts", roots: [], ids: [erpId as ExternalId] };
    const before = await mini.erp.connection().readByIds(read);
    mini.crm.edit("accounts", crmId, { email: "crm@acme.example" });
    const emails = (): readonly unknown[] =>
      [mini.crm.get("accounts", crmId), mini.erp.get("accounts", erpId)].map(({ fields }) => fields["email"]);
    return { ...mini, sight, crmId, erpId, before, emails };
  }

  describe("a list without versions that lags behind our write", () => {
    const behaviour = { hasVersions: false, answersRecord: true, lagsById: false };

    test("is no edit: nothing is written back over the person's", async () => {
      const mini = await edited(behaviour);
      mini.sight.stale = mini.before;
      await mini.engine.run();
      mini.pass(1);
      await mini.engine.run();
      expect(mini.emails()).toEqual(["crm@acme.example", "crm@acme.example"]);
    });
  });

  describe("a reading of another worker without versions, stored while our write is under way", () => {
    async function overlapped(change: { readonly email?: string }, modifiedAt: number | null) {
      const behaviour = { hasVersions: false, answersRecord: true, lagsById: false };
      const sight: Sight = { stale: [], isBlind: false };
      let meanwhile: (() => Promise<void>) | null = null;
      const mini: MiniWorld = await miniWorld({
        database,
        wrapConnection: (id, connection) => {
          if (id === "crm") return connection;
          const late = lagging(connection, sight, behaviour);
          const write: Connection["write"] = async (writes) => {
            await meanwhile?.();
            meanwhile = null;
            return late.write(writes);
          };
          return { ...late, manifest: connection.manifest, write };
        },
      });
      const crmId = mini.crm.add("accounts", customer);
      await mini.engine.run();
      mini.pass(60_000);
      const id = mini.erp.rows("accounts")[0]?.id as ExternalId;
      meanwhile = async () => {
        const key = { connection: connectionId("erp"), entity: "accounts", id };
        const [known] = await mini.store.observationsOf([key]);
        if (known === undefined) throw new Error("not known");
        const native = { ...known.native, number: "9", ...change };
        const now = mini.world.clock.now() + 5;
        const span = { via: "poll", readStart: now, readEnd: now } as const;
        const seen = { ...known, ...span, native, contentHash: "another", modifiedAt };
        await mini.store.checkpoint({ observations: [seen], unreadable: [], cursor: null, runId: null });
      };
      mini.crm.edit("accounts", crmId, { email: "crm@acme.example" });
      await mini.engine.run();
      return mini.crm.get("accounts", crmId).fields["email"];
    }

    test("is older than the answer where it shows what the write replaced", async () => {
      expect(await overlapped({}, null)).toBe("crm@acme.example");
    });

    test("is older where the system's own stamp says so", async () => {
      expect(await overlapped({ email: "before@acme.example" }, 1)).toBe("crm@acme.example");
    });
  });

  describe("a write that was answered without the record", () => {
    const behaviour = { hasVersions: true, answersRecord: false, lagsById: true };

    test("and that a reading by id does not show yet is in doubt, not the target's own value", async () => {
      const mini = await edited(behaviour);
      mini.sight.stale = mini.before;
      await mini.engine.run({ waitMsMax: 0 });
      mini.sight.stale = [];
      mini.pass(60_000);
      await mini.engine.run();
      expect(mini.emails()).toEqual(["crm@acme.example", "crm@acme.example"]);
      expect(await mini.engine.lost({ record: `crm:${mini.crmId}`, limit: 10 })).toEqual([]);
    });

    test("and could not be read back: an old value that a person puts back is carried on", async () => {
      const mini = await edited(behaviour);
      mini.sight.isBlind = true;
      await mini.engine.run({ waitMsMax: 0 });
      mini.sight.isBlind = false;
      mini.pass(10);
      mini.erp.edit("accounts", mini.erpId, { email: customer["email"] ?? null });
      mini.pass(60_000);
      await mini.engine.run();
      expect(mini.emails()).toEqual([customer["email"], customer["email"]]);
    });

    test("and does nothing, twice: what the target shows stands, and is told", async () => {
      const mini = await edited(behaviour);
      mini.erp.faults = ["silent", "silent", "silent", "silent"];
      const writes = mini.erp.writes;
      await mini.engine.run({ waitMsMax: 0 });
      for (let count = 0; count < 4; count += 1) {
        mini.pass(60_000);
        await mini.engine.run();
      }
      expect(mini.erp.writes - writes).toBe(2);
      const lost = await mini.engine.lost({ record: `crm:${mini.crmId}`, limit: 10 });
      expect(lost.map(({ value }) => value)).toEqual(["crm@acme.example"]);
    });
  });
}
