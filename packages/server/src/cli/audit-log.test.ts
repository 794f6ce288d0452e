import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { auditEntries, proveAudit } from "../runtime/audit-log.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { MemoryStore } from "../store/memory/memory-store.ts";
import { plainEnvironment, plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../testing.ts";
import { syslogLine } from "./audit-log.ts";
import { command, fakeEngine } from "./testing.ts";

const entropy = {
  digest: (text: string) => createHash("sha256").update(text).digest("hex"),
  uuid: () => "u",
};
const at = "2026-01-31T10:00:00.000Z";

async function withEntries(): Promise<MemoryStore> {
  const store = createMemoryStore({ entropy, clock: { now: () => 0, monotonic: () => 0 } });
  const drafts = ["key_refused", "scope_refused", "key_refused"];
  for (const kind of drafts) await store.appendAudit([{ at, kind, body: { path: "/x\n<13>1 forged" } }]);
  return store;
}

async function run(store: MemoryStore, ...argv: readonly string[]) {
  const folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  const auditLog = {
    verify: (known: { readonly number: number; readonly hash: string } | null) =>
      proveAudit({ store, entropy }, known),
    entries: (after: number) => auditEntries({ store }, after),
  };
  try {
    const environment = plainEnvironment;
    const engine = { ...fakeEngine(), auditLog };
    return await command(["--project", folder.path, ...argv], { environment, engine });
  } finally {
    folder.remove();
  }
}

describe("the audit log", () => {
  test("verifies, and names its head", async () => {
    const done = await run(await withEntries(), "audit-log", "verify");
    expect(done).toMatchObject({ code: 0, err: "" });
    expect(done.out).toMatch(/3 entries .* nothing was changed[^]*Head 3:[0-9a-f]{64}/);
  });

  test("shows which entry was changed, removed or put in between", async () => {
    for (const change of ["edit", "remove", "insert"] as const) {
      const store = await withEntries();
      const { audit_event: rows, ...rest } = store.snapshot();
      const [one, two, three] = rows;
      if (one === undefined || two === undefined || three === undefined) throw new Error("three were made");
      const changed = {
        edit: [one, { ...two, body: {} }, three],
        remove: [one, three],
        insert: [one, two, { ...two, number: 3 }, { ...three, number: 4 }],
      }[change];
      store.restore({ ...rest, audit_event: changed });
      const done = await run(store, "audit-log", "verify");
      expect(done.code).toBe(3);
      expect(done.out).toContain(change === "edit" ? "in between: 2." : "in between: 3");
    }
  });

  test("that was cut off is found by whoever kept its head", async () => {
    const store = await withEntries();
    const [, head = ""] = /Head (\S+);/.exec((await run(store, "audit-log", "verify")).out) ?? [];
    expect((await run(store, "audit-log", "verify", "--head", head)).code).toBe(0);
    const { audit_event: rows, ...rest } = store.snapshot();
    store.restore({ ...rest, audit_event: rows.slice(0, 2) });
    expect((await run(store, "audit-log", "verify")).code).toBe(0);
    const cut = await run(store, "audit-log", "verify", "--head", head);
    expect([cut.code, cut.out]).toEqual([3, expect.stringContaining("were cut off")]);
  });

  test("is handed on a line an entry, whatever stands in it", async () => {
    const store = await withEntries();
    const plain = await run(store, "audit-log", "export");
    expect(
      plain.out
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { readonly number: number }).number),
    ).toEqual([1, 2, 3]);
    const syslog = await run(store, "audit-log", "export", "--syslog", "--after", "1");
    const lines = syslog.out.trim().split("\n");
    expect(lines.length).toBe(2);
    for (const line of lines)
      expect(line).toMatch(/^<109>1 2026-01-31T10:00:00\.000Z - crossfoot - \w+ \[audit@32473 number="\d" /);
    const both = await run(store, "--json", "audit-log", "export", "--syslog");
    expect(both.code).toBe(4);
  });

  test("keeps what a caller wrote from ending a field or a line, or turning it around", () => {
    const line = syslogLine({
      ...{ number: 1, at, kind: 'a b"]\n', beforeHash: '"]\\', hash: "h" },
      body: { path: "x\u2028y\u0085z\u202ew" },
    });
    expect(line).toContain(' a_b"]_ [audit@32473 ');
    expect(line).toContain(String.raw`before="\"\]\\"`);
    expect(line).toContain(String.raw`x\u2028y\u0085z\u202ew`);
    expect(line).not.toMatch(/[\n\u0085\u2028\u202e]/);
  });
});
