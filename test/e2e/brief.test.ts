import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./twin-project.ts";

const main = join(root, "packages/server/src/main.ts");
/** Writes the address of each module that is loaded to stderr, and at last where compiled code is kept. */
const telling = `
  import { getCompileCacheDir, registerHooks } from "node:module";
  import { writeSync } from "node:fs";
  registerHooks({
    load: (url, context, next) => {
      writeSync(2, url + "\\n");
      return next(url, context);
    },
  });
  process.on("exit", () => writeSync(2, "kept in " + getCompileCacheDir() + "\\n"));
`;

/** What the program says when it is asked for its version, and what it loads for that. */
function asked(): { readonly stdout: string; readonly told: readonly string[] } {
  const hooks = `--import=data:text/javascript,${encodeURIComponent(telling)}`;
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ["--conditions=source", hooks, main, "--version"], {
    encoding: "utf8",
    env,
  });
  return { stdout, told: stderr.split("\n") };
}

test("a command that neither serves nor draws does not load what does; its code is kept beside it", () => {
  const { stdout, told } = asked();
  expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  // What is looked for would be seen.
  expect(told.filter((url) => url.endsWith("/server/src/command-line.ts"))).toHaveLength(1);
  const heavy = /\/node_modules\/(?:pdfkit|hono|openid-client)\/|\/src\/(?:serving|demo\/demo)\.ts$/;
  expect(told.filter((url) => heavy.test(url))).toEqual([]);
  const beside = join(root, "node_modules/.cache/crossfoot-compiled/");
  expect(told.filter((line) => line.startsWith(`kept in ${beside}`))).toHaveLength(1);
});
