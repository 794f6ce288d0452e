import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { makeSecret, secretHashOf } from "../runtime/person-secrets.ts";
import { command as commandOf, fakeEngine } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": `server: { port: 9000 }\n${plainProject}` });
});
afterEach(() => folder.remove());

const command: typeof commandOf = (argv, more) => commandOf([...argv, "--project", folder.path], more);
const tokenIn = (text: string): string => /\?link=([\w-]{43})/.exec(text)?.[1] ?? "";

describe("people", () => {
  it("are invited by a link that the store does not hold, and listed with how they stand", async () => {
    const engine = fakeEngine();
    const access = engine.access();
    expect((await command(["people"], { engine })).out).toContain("Nobody signs in yet");
    const { out, code } = await command(["people", "invite", "Ada@Acme.example", "--role", "sales"], {
      engine,
    });
    expect([code, out]).toEqual([0, expect.stringContaining("http://127.0.0.1:9000/join?link=")]);
    const hash = secretHashOf(tokenIn(out));
    expect(await access.findLink(hash)).toMatchObject({
      person: { name: "ada@acme.example", role: "sales" },
    });
    const listed = await command(["people", "--json"], { engine });
    expect(JSON.parse(listed.out)).toMatchObject({
      people: [{ name: "ada@acme.example", state: "invited" }],
    });
    await access.useLink({ hash, passwordHash: "a hash of a password", first: null });
    const table = (await command(["people", "list"], { engine })).out;
    expect(table).toMatch(/ada@acme\.example\s+sales\s+active\s+password\s+never/);
    for (const text of [listed.out, table]) expect(text).not.toMatch(/hash/i);
  });

  it("are disabled, enabled, signed out, given another role or another link", async () => {
    const engine = fakeEngine();
    const access = engine.access();
    await command(["people", "invite", "ada", "--role", "sales"], { engine });
    const person = (await access.findPerson("ada"))?.id ?? "";
    const begin = async (): Promise<string> => {
      const { hash } = makeSecret();
      await access.startSession({ hash, person, idleMs: 60_000, lifeMs: 60_000 });
      return hash;
    };
    const isIn = async (hash: string): Promise<boolean> => (await access.findSession(hash)) !== null;
    const first = await begin();
    await command(["people", "role", "ada", "--role", "operator"], { engine });
    expect([await isIn(first), (await access.findPerson("ada"))?.role]).toEqual([true, "operator"]);
    expect((await command(["people", "sign-out", "ada"], { engine })).out).toContain("1 sessions ended");
    const second = await begin();
    await command(["people", "disable", "ada"], { engine });
    expect([await isIn(first), await isIn(second)]).toEqual([false, false]);
    await command(["people", "enable", "ada"], { engine });
    expect(await isIn(await begin())).toBe(true);
    const { out } = await command(["people", "link", "ada"], { engine });
    expect(await access.findLink(secretHashOf(tokenIn(out)))).not.toBeNull();
  });

  it.each([
    [["people", "invite", "ada"], "--role is one of"],
    [["people", "invite", "<b>", "--role", "sales"], "letters, digits"],
    [["people", "disable"], "letters, digits"],
    [["people", "disable", "adda"], "did you mean `ada`?"],
    [["people", "invite", "ADA", "--role", "viewer"], "somebody is called ada"],
    [["people", "promote", "ada"], "not to `promote`"],
  ])("%j is told what is expected", async (argv, words) => {
    const engine = fakeEngine();
    await command(["people", "invite", "ada", "--role", "sales"], { engine });
    const { code, err } = await command(argv, { engine });
    expect([code, err]).toEqual([4, expect.stringContaining(words)]);
  });
});
