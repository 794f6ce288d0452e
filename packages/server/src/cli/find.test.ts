import { describe, expect, it } from "vitest";
import { connectionId, linkId } from "@crossfoot/kernel";
import type { Fields } from "@crossfoot/kernel";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { Engine } from "../runtime/engine.ts";
import type { LinkedRecord } from "../runtime/looking-port.ts";
import { command, fakeEngine } from "./testing.ts";
import type { Ended } from "./testing.ts";

const [crm, erp] = [connectionId("crm"), connectionId("erp")];

function record(entity: LinkedRecord["entity"], at: number, fields: Fields): LinkedRecord {
  const side = { kind: "present", version: null, modifiedAt: null, fields, problems: {} };
  const members = [crm, erp].map((connection) => ({ ...side, connection, id: String(at) }));
  return { link: linkId(`l-${String(at).padStart(6, "0")}`), entity, state: "live", verdict: null, members };
}

/** 450 accounts and a contact, told in pages as the store tells them. */
const records = [
  ...Array.from({ length: 450 }, (_, at) => record("accounts", at, { name: `Müller ${at} GmbH` })),
  record("contacts", 900, { lastName: "Müllerová", email: "m@acme.example" }),
];
const linkedRecords: Engine["linkedRecords"] = ({ entity, limit, after }) =>
  Promise.resolve(
    records.filter((each) => each.entity === entity && (after === null || each.link > after)).slice(0, limit),
  );

async function run(engine: Partial<Engine>, ...words: readonly string[]): Promise<Ended> {
  const folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  try {
    return await command([...words, "--project", folder.path], { engine: fakeEngine(engine) });
  } finally {
    folder.remove();
  }
}

describe("search", () => {
  it("looks through all pages and entities, and says when there is more", async () => {
    const last = await run({ linkedRecords }, "search", "MULLER", "449");
    expect(last).toMatchObject({ code: 0, err: "" });
    expect(last.out).toMatch(/accounts +Müller 449 GmbH +crm:449 {2}erp:449 +live/);
    const many = await run({ linkedRecords }, "search", "muller", "--limit", "450", "--json");
    const { isMore, rows } = JSON.parse(many.out) as { readonly isMore: boolean; readonly rows: object[] };
    expect([isMore, rows.length]).toEqual([true, 450]);
    const other = await run({ linkedRecords }, "search", "muller", "--entity", "contacts", "--json");
    expect(JSON.parse(other.out)).toMatchObject({ isMore: false, rows: [{ entity: "contacts" }] });
    const all = await run({ linkedRecords }, "search", "muller");
    expect(all.out).toContain("There are more than 20");
  });

  it("tells that nothing is found, and refuses a limit that is none", async () => {
    expect((await run({ linkedRecords }, "search", "nobody")).out).toContain("Nothing is found.");
    expect(await run({}, "search", "x", "--limit", "0")).toMatchObject({ code: 4 });
    expect(await run({}, "search", "x", "--entity", "acounts")).toMatchObject({ code: 4 });
  });
});

describe("customer", () => {
  const gross = { amount: "120.00", currency: "EUR" };
  const overdue = { gross, openBalance: gross, dueDate: "1969-12-31", status: "posted", number: "R-7" };
  const account = record("accounts", 1, { name: "Acme" });
  const customer: Engine["customer"] = (id) =>
    Promise.resolve(
      id !== "crm:1"
        ? null
        : {
            erp,
            account,
            related: [{ entity: "invoices", count: 1, records: [record("invoices", 7, overdue)] }],
          },
    );

  it("shows sums, what is overdue and the newest records", async () => {
    const { code, out } = await run({ customer }, "customer", "crm:1");
    expect(code).toBe(0);
    expect(out).toMatch(/accounts +Acme/);
    expect(out).toMatch(/invoices +posted +EUR +1 +120(\.00)? +120(\.00)? +120(\.00)?/);
    expect(out).toMatch(/invoices +R-7 +crm:7 {2}erp:7/);
  });

  it("ends with 1 for an account that nobody knows, with 4 for what is no record", async () => {
    expect(await run({ customer }, "customer", "crm:2")).toMatchObject({ code: 1 });
    expect(await run({ customer }, "customer", "acme")).toMatchObject({ code: 4 });
    expect(await run({ customer }, "customer", "crm:1", "--newest", "-1")).toMatchObject({ code: 4 });
  });
});
