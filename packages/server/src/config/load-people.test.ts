import { afterEach, beforeEach, expect, it } from "vitest";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { plainEnvironment, plainProject, problemsIn, projectIn, writeFiles } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const environment = { ...plainEnvironment, OIDC_SECRET: "the client's own secret" };
const whole =
  "issuer: 'https://id.example.com/realm', clientId: crossfoot, clientSecret: 'env:OIDC_SECRET', " +
  "roles: { operator: [erp-team, it], administrator: admins }";

function say(oidc: string, server = "publicUrl: 'https://crossfoot.example.com/'"): void {
  const text = `server: { ${server} }\npeople: { oidc: { ${oidc} } }\n${plainProject}`;
  writeFiles(folder.path, { "crossfoot.yaml": text });
}

it("without a word of it people have passwords, and sessions end after half an hour without use", () => {
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  expect(projectIn(folder.path).people).toEqual({
    ...{ isRequired: false, sessionIdleMs: 1_800_000, sessionLifeMs: 28_800_000, oidc: null },
  });
});

it("takes a provider; who may more comes first, and the secret is not shown", () => {
  say(`${whole}, domains: '@Acme.example, acme.test', hosts: 'keys.example.com:8443'`);
  const { people } = projectIn(folder.path, environment);
  expect(people.oidc).toMatchObject({
    issuer: "https://id.example.com/realm",
    claim: "groups",
    domains: ["acme.example", "acme.test"],
    hosts: ["keys.example.com:8443"],
    roles: [
      ["administrator", ["admins"]],
      ["operator", ["erp-team", "it"]],
    ],
  });
  expect(people.oidc?.clientSecret()).toBe(environment.OIDC_SECRET);
  expect(JSON.stringify(people)).not.toContain(environment.OIDC_SECRET);
});

it.each([
  ["issuer: 'https://id.example.com'", "go together"],
  ["roles: { viewer: x }", "go together"],
  [whole.replace("operator", "operater"), "did you mean `operator`?"],
  [whole.replace("[erp-team, it]", "[]"), "is a value of the claim"],
  [whole.replace("[erp-team, it]", "7"), "is a value of the claim"],
  [whole.replace("env:OIDC_SECRET", "open"), "never written into a file"],
  [whole.replace("env:OIDC_SECRET", "env:NOT_THERE"), "NOT_THERE"],
  [whole.replace("https:", "http:"), "begins with https://"],
  [`${whole}, hosts: 'https://keys.example.com/x'`, "is no host"],
])("%s is a problem", (oidc, problem) => {
  say(oidc);
  expect(problemsIn(folder.path, environment).join("\n")).toContain(problem);
});

it("needs to know where the provider sends people back to", () => {
  say(whole, "port: 8787");
  expect(problemsIn(folder.path, environment).join("\n")).toContain("needs `server.publicUrl`");
});
