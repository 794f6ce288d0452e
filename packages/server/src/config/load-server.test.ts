import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { testCertificate } from "../platform/testing/certificate.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { plainProject, problemsIn, projectIn, writeFiles } from "./testing.ts";

const own = testCertificate();
let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "own.pem": own.certificate });
  writeFiles(folder.path, { "own.key": own.key, "other.key": testCertificate().key }, 0o600);
});
afterEach(() => folder.remove());

const say = (server: string): void =>
  writeFiles(folder.path, { "crossfoot.yaml": `server: ${server}\n${plainProject}` });

it("takes a certificate with its key, and proxies by address and network", () => {
  say(
    '{ tls: { certificate: own.pem, key: "file:own.key" }, ' +
      'trustedProxies: "10.0.0.7, 10.1.0.0/16 fd00::/8" }',
  );
  const { server } = projectIn(folder.path);
  expect(server.trustedProxies).toEqual(["10.0.0.7", "10.1.0.0/16", "fd00::/8"]);
  expect(server.tls?.certificate).toBe(own.certificate);
  expect(server.tls?.key()).toBe(own.key.trimEnd());
  expect(JSON.stringify(projectIn(folder.path))).not.toContain("PRIVATE");
});

it.each([
  ["{ tls: { certificate: own.pem } }", "`certificate` and `key` go together"],
  ['{ tls: { key: "file:own.key" } }', "`certificate` and `key` go together"],
  ['{ tls: { certificate: none.pem, key: "file:own.key" } }', "none.pem cannot be read"],
  ['{ tls: { certificate: own.key, key: "file:own.key" } }', "`certificate` is no certificate in PEM"],
  ['{ tls: { certificate: own.pem, key: "file:other.key" } }', "`key` is not the key of `certificate`"],
  ['{ tls: { certificate: own.pem, key: "env:CRM_TOKEN" } }', "`key` is no private key in PEM"],
  ['{ tls: { certificate: own.pem, key: "own.key" } }', "a secret is never written into a file"],
  ['{ trustedProxies: "10.0.0.7, proxy.example.com" }', "`proxy.example.com` is no proxy"],
  ['{ trustedProxies: "0.0.0.0/0" }', "`0.0.0.0/0` is no proxy"],
  ['{ trustedProxies: "10.0.0.0/33" }', "`10.0.0.0/33` is no proxy"],
])("%s is told with its line", (server, told) => {
  say(server);
  const problems = problemsIn(folder.path);
  expect(problems.join("\n")).toContain(told);
  expect(problems.every((problem) => problem.startsWith("crossfoot.yaml:1: "))).toBe(true);
});

it.skipIf(process.platform === "win32")("refuses a key that others can read", () => {
  chmodSync(join(folder.path, "own.key"), 0o644);
  say('{ tls: { certificate: own.pem, key: "file:own.key" } }');
  expect(problemsIn(folder.path).join()).toContain("own.key can be read by others than its owner (mode 644)");
});
