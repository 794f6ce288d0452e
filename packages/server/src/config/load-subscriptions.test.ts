import { afterEach, beforeEach, expect, it } from "vitest";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { webhookKey } from "./load-subscriptions.ts";
import { plainEnvironment, plainProject, problemsIn, projectIn, writeFiles } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 0xfb).toString("base64")}`;
const environment = { ...plainEnvironment, TOLD: secretOf(24), NEXT: secretOf(64), SHORT: secretOf(23) };
const url = "url: 'https://hooks.example.com/in'";
const whole = `${url}, secret: 'env:TOLD'`;

const say = (subscription: string): void =>
  writeFiles(folder.path, {
    "crossfoot.yaml": `subscriptions: { warehouse: { ${subscription} } }\n${plainProject}`,
  });

it("nobody is told anything unless the file says so", () => {
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  expect(projectIn(folder.path).subscriptions).toEqual([]);
});

it("takes a subscription with what is usual; its secrets are not shown", () => {
  say(`${whole}, nextSecret: 'env:NEXT', kinds: 'run.ended, record.changed', entities: accounts`);
  const { subscriptions, keepDeliveriesMs } = projectIn(folder.path, environment);
  expect(keepDeliveriesMs).toBe(30 * 86_400_000);
  expect(subscriptions).toMatchObject([
    {
      ...{ name: "warehouse", url: "https://hooks.example.com/in", role: "viewer" },
      ...{ kinds: ["run.ended", "record.changed"], entities: ["accounts"], isPrivateAllowed: false },
      ...{ attemptsMax: 12, timeoutMs: 15_000 },
    },
  ]);
  expect(subscriptions[0]?.keys().map(({ length }) => length)).toEqual([24, 64]);
  expect(subscriptions[0]?.secrets()).toEqual([environment.TOLD, environment.NEXT]);
  const shown = JSON.stringify(projectIn(folder.path, environment));
  for (const secret of [environment.TOLD, environment.NEXT]) {
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(secret.slice(6));
  }
});

it.each([
  ["secret: 'env:TOLD'", "`url` is missing"],
  [url, "`secret` is missing"],
  [whole.replace("https:", "http:"), "begins with https://"],
  [whole.replace("hooks.example.com", "me:pw@hooks.example.com"), "password"],
  [whole.replace("env:TOLD", "open"), "never written into a file"],
  [whole.replace("env:TOLD", "env:NOT_THERE"), "NOT_THERE"],
  [whole.replace("env:TOLD", "env:SHORT"), "24 to 64 bytes"],
  [`${whole}, nextSecret: 'env:CRM_TOKEN'`, "24 to 64 bytes"],
  [`${whole}, kinds: run.endet`, "did you mean `run.ended`?"],
  [`${whole}, entities: acounts`, "did you mean `accounts`?"],
  [`${whole}, role: boss`, "`role` is one of"],
  [`${whole}, attemps: 3`, "did you mean `attempts`?"],
])("%s is a problem, told at its place", (subscription, problem) => {
  say(subscription);
  const told = problemsIn(folder.path, environment).join("\n");
  expect(told).toContain(problem);
  expect(told).toContain("crossfoot.yaml:1");
  for (const secret of [environment.SHORT, plainEnvironment["CRM_TOKEN"] ?? "-"])
    expect(told).not.toContain(secret);
});

it("takes http where it is this machine, or where it is said", () => {
  say(whole.replace("https://hooks.example.com", "http://localhost:9000"));
  expect(problemsIn(folder.path, environment)).toEqual([]);
  say(`${whole.replace("https:", "http:")}, plainHttp: on, privateAddresses: on`);
  expect(projectIn(folder.path, environment).subscriptions[0]?.isPrivateAllowed).toBe(true);
});

it("has a variable for what is no secret, and wants names as connections have them", () => {
  say(whole);
  const said = { ...environment, CROSSFOOT_SUBSCRIPTIONS_WAREHOUSE_ATTEMPTS: "3" };
  expect(projectIn(folder.path, said).subscriptions[0]?.attemptsMax).toBe(3);
  writeFiles(folder.path, { "crossfoot.yaml": `subscriptions: { A b: { ${whole} } }\n${plainProject}` });
  expect(problemsIn(folder.path, environment).join("\n")).toContain("a subscription's name is lower case");
});

it.each([
  ["whsec_", null],
  [secretOf(23), null],
  [secretOf(65), null],
  [secretOf(24).slice(6), null],
  [`${secretOf(24)} `, null],
  [secretOf(24).replace("whsec", "whsk"), null],
  [secretOf(32).replace("=", "*"), null],
  [secretOf(24), 24],
  [secretOf(32).replace(/=+$/, ""), 32],
])("%s is a secret, or none", (secret, length) => {
  expect(webhookKey(secret)?.length ?? null).toBe(length);
});
