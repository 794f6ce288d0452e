import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { openSealed, tempFolder } from "crossfoot/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "./twin-project.ts";

/** Sealed secrets as a person keeps them: by the command line, each command a program of its own. */

const project = `sealed: { key: "file:one.key", nextKey: "file:two.key" }
connections:
  crm: { connector: odoo, role: crm, address: "http://127.0.0.1:9", secrets: { key: "sealed:a" },
    options: { database: d, user: u, key: key } }
  erp: { connector: tryton, role: erp, address: "http://127.0.0.1:9", secrets: { password: "sealed:b" },
    options: { database: d, user: u, password: password } }
`;
const values = { a: "canary-of-a", b: "canary-of-b", c: "canary-of-c" };

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
  writeFileSync(join(folder.path, "crossfoot.yaml"), project);
});
afterEach(() => folder.remove());

/** Runs `crossfoot secrets ...` with something on stdin; answers what it wrote. */
async function secrets(args: readonly string[], given = ""): Promise<string> {
  const main = ["--conditions=source", "packages/server/src/main.ts", "--project", folder.path];
  const child = spawn(process.execPath, [...main, "secrets", ...args], { cwd: root });
  child.stdin.end(given);
  const ending = once(child, "close") as Promise<[number | null, string | null]>;
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ending]);
  expect([code, err]).toEqual([0, ""]);
  return out + err;
}

/** Every secret, opened by whichever key the file names. */
function opened(): { readonly [name: string]: string } {
  const open = openSealed({ folder: folder.path, key: "file:one.key", nextKey: "file:two.key" });
  const read = (name: string): string => {
    const one = open(name);
    return one.ok ? one.secret : one.problem;
  };
  return Object.fromEntries(Object.keys(values).map((name) => [name, read(name)]));
}

test("a rotation that is killed leaves the file before it or the file after it, whole", async () => {
  const said = [await secrets(["key", "one.key"]), await secrets(["key", "two.key"])];
  for (const [name, value] of Object.entries(values)) said.push(await secrets(["set", name], value));
  said.push(await secrets(["list"]));
  expect(said.join("")).not.toContain("canary");
  expect(opened()).toEqual(values);

  let rotations = 0;
  for (let kill = 1; kill <= 5; kill += 1) {
    const script = ["--conditions=source", "test/e2e/secrets-rotate.ts", folder.path];
    const child = spawn(process.execPath, script, { cwd: root });
    let lines = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      lines += chunk.toString().split("\n").length - 1;
      // While it is at the next one: which step of it is hit differs from kill to kill.
      if (lines >= kill) child.kill("SIGKILL");
    });
    const [, signal] = (await once(child, "close")) as [number | null, string | null];
    expect(signal).toBe("SIGKILL");
    rotations += lines;
    expect(opened()).toEqual(values);
    // What a person does whom the next command tells of it.
    rmSync(join(folder.path, "secrets.sealed.next"), { force: true });
  }
  expect(rotations).toBeGreaterThan(5);
  expect(await secrets(["rotate"])).toContain("3 secrets sealed again");
});
