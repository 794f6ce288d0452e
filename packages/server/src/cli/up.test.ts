import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { secretHashOf } from "../runtime/person-secrets.ts";
import type { ServeOptions } from "./deps.ts";
import { command, fakeEngine, quietRun } from "./testing.ts";
import type { Ended } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
});
afterEach(() => folder.remove());

/** Runs `up` until its loop has paused some times; then the program is asked to end. */
async function up(
  argv: readonly string[],
  more: { readonly engine?: ReturnType<typeof fakeEngine>; readonly pauses?: number } = {},
): Promise<Ended & { readonly served: readonly ServeOptions[]; readonly closed: readonly string[] }> {
  let stop = (): void => undefined;
  let now = 0;
  let pauses = 0;
  const served: ServeOptions[] = [];
  const closed: string[] = [];
  const ended = await command(["up", "--project", folder.path, ...argv], {
    engine: more.engine ?? fakeEngine(),
    clock: { now: () => now, monotonic: () => now },
    sleep: (ms) => {
      now += ms;
      pauses += 1;
      if (pauses >= (more.pauses ?? 2)) stop();
      return Promise.resolve(true);
    },
    onStop: (given) => {
      stop = given;
      return () => void closed.push("signals");
    },
    serve: (_engine, options) => {
      served.push(options);
      return Promise.resolve({
        url: "http://127.0.0.1:8787",
        close: () => Promise.resolve(void closed.push("server")),
      });
    },
  });
  return { ...ended, served, closed };
}

describe("up", () => {
  it("serves, runs, and ends gracefully: loop, then server, then store", async () => {
    const engine = fakeEngine();
    const { code, out, err, closed } = await up([], { engine });
    expect(code).toBe(0);
    expect(err).toContain("Crossfoot is up. Status page: http://127.0.0.1:8787");
    expect(err).toContain("Stopping:");
    expect(out).toContain("Stopped after");
    expect(closed).toEqual(["signals", "server"]);
    expect(engine.asked.some((each) => each.startsWith("run"))).toBe(true);
    expect(engine.asked.at(-1)).toBe("close null");
  });

  it("prints a one-time link while nobody can sign in, another one at each start", async () => {
    const engine = fakeEngine();
    const access = engine.access();
    const secretIn = (text: string): string =>
      /within a day: http:\/\/127\.0\.0\.1:8787\/join\?link=([\w-]{43})/.exec(text)?.[1] ?? "";
    const secrets = [secretIn((await up([], { engine })).err), secretIn((await up([], { engine })).err)];
    const found = await Promise.all(secrets.map((secret) => access.findLink(secretHashOf(secret))));
    expect(found).toEqual([null, { person: null }]);
    await access.savePerson({ id: "p1", name: "ada", role: "administrator", by: "root" });
    expect((await up([], { engine })).err).not.toContain("link=");
  });

  it("takes host and port from flags over the file", async () => {
    const { served } = await up(["--port", "9999", "--host", "0.0.0.0"]);
    expect(served[0]?.project.server).toMatchObject({ host: "0.0.0.0", port: 9999 });
    const wrong = await up(["--port", "many"]);
    expect(wrong.code).toBe(4);
    expect(wrong.err).toContain("command line: --port: `port` is a whole number from 0 to 65535");
  });

  it("tells once that nothing happens, and every time that something was written", async () => {
    const quiet = await up([], { pauses: 40 });
    expect(quiet.err.match(/nothing changed on either side/g)).toHaveLength(1);
    const settled = { erp: { create: 2 } };
    const none = { read: {}, verdicts: {}, observed: {} };
    const entity = { ...none, decided: 2, refused: 0, postponed: 0, probed: 0, deleted: 0 };
    const wrote = { ...quietRun, whyNothing: null, entities: [{ entity: "accounts", settled, ...entity }] };
    const engine = fakeEngine({ run: () => Promise.resolve(wrote) });
    const busy = await up([], { engine, pauses: 40 });
    expect(busy.err.match(/2 × create accounts in erp/g)?.length).toBeGreaterThan(1);
  });

  it("with --json leaves one document on stdout when it ends", async () => {
    const { out } = await up(["--json"]);
    expect(JSON.parse(out)).toMatchObject({ url: "http://127.0.0.1:8787", runs: 1 });
  });
});
