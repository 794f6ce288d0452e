import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { command as commandOf, fakeEngine } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
});
afterEach(() => folder.remove());

const command: typeof commandOf = (argv, more) => commandOf([...argv, "--project", folder.path], more);
const create = ["keys", "create", "--name", "the shop", "--role", "sales"];

interface Made {
  readonly key: string;
  readonly token: string;
  readonly scopes: readonly string[];
}

describe("keys", () => {
  it("shows a key once: the list, the journal and the store have its public part alone", async () => {
    const engine = fakeEngine();
    const { out, code } = await command([...create, "--json"], { engine });
    expect(code).toBe(0);
    const made = JSON.parse(out) as Made;
    expect(made.token).toMatch(/^cf_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    expect(made.scopes).toEqual(["moment:read", "orders:write", "records:read"]);
    const secret = made.token.slice(made.key.length + 1);
    const listed = await command(["keys"], { engine });
    const asJson = await command(["keys", "list", "--json"], { engine });
    const kept = JSON.stringify(await engine.access().listKeys());
    expect(listed.out).toContain(made.key);
    expect(listed.out).toContain("the shop");
    for (const text of [listed.out, asJson.out, kept]) expect(text).not.toContain(secret);
    expect(asJson.out).not.toContain("secretHash");
  });

  it("revokes a key once, and refuses a whole key on the command line", async () => {
    const engine = fakeEngine();
    const { key, token } = JSON.parse((await command([...create, "--json"], { engine })).out) as Made;
    expect((await command(["keys", "revoke", token], { engine })).code).toBe(4);
    expect((await command(["keys", "revoke", key], { engine })).code).toBe(0);
    expect((await command(["keys", "revoke", key], { engine })).code).toBe(4);
    expect((await command(["keys"], { engine })).out).toContain("revoked");
  });

  it("rotates a key: another secret, the same rights, and the old one goes on for a while", async () => {
    const engine = fakeEngine();
    const made = JSON.parse(
      (await command([...create, "--expires", "30d", "--json"], { engine })).out,
    ) as Made;
    const next = JSON.parse(
      (await command(["keys", "rotate", made.key, "--overlap", "1h", "--json"], { engine })).out,
    ) as Made;
    expect(next.token).not.toBe(made.token);
    expect(next.scopes).toEqual(made.scopes);
    const [old, fresh] = await engine
      .access()
      .listKeys()
      .then((keys) => [
        keys.find(({ id }) => `cf_${id}` === made.key),
        keys.find(({ id }) => `cf_${id}` === next.key),
      ]);
    expect([old?.replacedBy, old?.isLive, fresh?.isLive]).toEqual([fresh?.id, true, true]);
    const hour = 3_600_000;
    expect(Date.parse(old?.expiresAt ?? "") - Date.parse(old?.createdAt ?? "")).toBe(hour);
    expect(Date.parse(fresh?.expiresAt ?? "") - Date.parse(fresh?.createdAt ?? "")).toBe(30 * 24 * hour);
    await command(["keys", "revoke", made.key], { engine });
    expect((await command(["keys", "rotate", made.key], { engine })).code).toBe(4);
  });

  it("refuses roles and scopes that there are not, and a scope that leads the role nowhere", async () => {
    for (const argv of [
      ["keys", "create", "--name", "x", "--role", "boss"],
      ["keys", "create", "--role", "sales"],
      [...create, "--scopes", "plans:apply"],
      [...create, "--scopes", "record:read"],
      [...create, "--expires", "soon"],
      ["keys", "burn"],
      ["keys", "rotate", "cf_000000000000"],
    ])
      expect((await command(argv, { engine: fakeEngine() })).code).toBe(4);
    const told = await command([...create, "--scopes", "record:read"], { engine: fakeEngine() });
    expect(told.err).toContain("records:read");
  });
});
