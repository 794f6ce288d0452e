import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dumpSql } from "crossfoot/testing";
import { afterEach, expect, test } from "vitest";
import { openCanaryProject } from "./canary-project.ts";
import type { CanaryProject, Keeping } from "./canary-project.ts";
import { filesBelow, formsOf, scan } from "./canary-scan.ts";
import { startCanarySystem } from "./canary-system.ts";
import type { CanarySystem, SignIn } from "./canary-system.ts";

/**
 * Secrets are planted wherever one can stand, everything is done that a person does, systems that refuse
 * repeat what they were sent, and then every byte that was written is looked through.
 */

/** Keys that events are signed with. */
const told = {
  key: Buffer.from("cnry-told-key-6e and a long end").toString("base64"),
  next: Buffer.from("cnry-told-next-key-c3 and more").toString("base64"),
};

/** Texts that every encoding writes in another way, and tokens that pass for the code of an error. */
const canaries = {
  password: 'cnry "p/a+s<s>%ü&x\\y',
  token: "cnry-bearer-7f3a9c5e",
  key: "cnry.header:key-51ae",
  clientSecret: "cnry-client/secret:77=b",
  accessToken: "cnry-access-token-0d4f",
  hook: "cnry-hook-a4",
  hookBefore: "cnry-hook-before+b7",
  database: "cnry-database-9c",
  told: `whsec_${told.key}`,
  toldNext: `whsec_${told.next}`,
  toldKey: told.key,
  toldNextKey: told.next,
  person: "cnry-person-4b and three more words",
} as const;

const hooks = [canaries.hook, canaries.hookBefore];

const ways: readonly {
  readonly name: string;
  readonly signIns: readonly [SignIn, SignIn];
  readonly keeping: readonly [Keeping, Keeping];
}[] = [
  {
    name: "a password that is sealed, OAuth whose client secret is a file",
    signIns: [
      { kind: "basic", user: "crossfoot", password: canaries.password },
      {
        ...{ kind: "oauth2", client: "crossfoot", secret: canaries.clientSecret, sends: "basic" },
        token: canaries.accessToken,
      },
    ],
    keeping: ["sealed", "file"],
  },
  {
    name: "a bearer token of the environment, a key in a header that is sealed",
    signIns: [
      { kind: "bearer", token: canaries.token },
      { kind: "header", key: canaries.key },
    ],
    keeping: ["env", "sealed"],
  },
];

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Pages and answers of `up`, people, and deliveries that are right and wrong. Secrets that came up. */
async function visit(
  project: CanaryProject,
  crm: CanarySystem,
  id: string,
): Promise<{ readonly link: string; readonly session: string }> {
  const { url, stop, kill } = await project.up();
  closers.push(async () => void (await kill()));
  const keep = async (what: string, asked: Promise<Response>): Promise<number> => {
    const response = await asked;
    const headers = JSON.stringify([...response.headers]);
    project.written.set(what, Buffer.from(`${response.status} ${headers} ${await response.text()}`));
    return response.status;
  };
  for (const page of ["/", "/status.json", "/reviews", "/reviews.json", "/healthz", "/none"])
    await keep(`GET ${page}`, fetch(url + page));
  const post = (secret: string): Promise<Response> =>
    fetch(`${url}/hooks/crm`, { method: "POST", ...crm.delivery(id, secret) });
  expect(await keep("a delivery under the secret", post(canaries.hook))).toBe(200);
  expect(await keep("one under the secret before", post(canaries.hookBefore))).toBe(200);
  expect(await keep("one that is forged", post("another"))).toBe(401);
  const link = /[?]link=([\w-]{43})/.exec(String(project.written.get("crossfoot up")))?.[1] ?? "none";
  const form = (path: string, fields: { readonly [name: string]: string }): Promise<Response> =>
    fetch(url + path, {
      ...{ method: "POST", redirect: "manual", headers: { "sec-fetch-site": "same-origin" } },
      body: new URLSearchParams(fields),
    });
  const joined = await form("/join", { link, name: "ada", password: canaries.person });
  expect(joined.status).toBe(303);
  const session = /crossfoot=([\w-]{43})/.exec(joined.headers.getSetCookie().join())?.[1] ?? "none";
  const cookie = `crossfoot=${session}`;
  expect(await keep("GET / signed in", fetch(url, { headers: { cookie } }))).toBe(200);
  expect(await keep("a link that was used", form("/join", { link, password: canaries.person }))).toBe(403);
  // Somebody types their password where the name belongs.
  await keep("a name that is none", form("/sign-in", { name: canaries.person, password: canaries.person }));
  expect((await stop()).code).toBe(0);
  return { link, session };
}

test("the look finds every form of a secret in what it is given", () => {
  for (const secret of Object.values(canaries)) {
    for (const [form, text] of formsOf(secret)) {
      const planted = new Map([["x", Buffer.from(`before ${text} after`)]]);
      expect([form, scan(planted, [secret])]).not.toEqual([form, []]);
      expect(scan(planted, ["cnry-nowhere-at-all-1"])).toEqual([]);
    }
    const login = Buffer.from(`user:${secret}!`).toString("base64");
    expect(scan(new Map([["x", Buffer.from(login)]]), [secret])).not.toEqual([]);
  }
});

test.each(ways)("$name: nothing that is written holds a secret", async ({ signIns, keeping }) => {
  const crm = await startCanarySystem("crm", signIns[0]);
  const erp = await startCanarySystem("erp", signIns[1]);
  const systems = [crm, erp] as const;
  closers.push(crm.close, erp.close);
  const project = await openCanaryProject({
    ...{ systems, keeping, hooks },
    told: [canaries.told, canaries.toldNext],
  });
  closers.push(project.remove);
  const { run, folder, written } = project;
  const path = (name: string): string => join(folder, name);
  const done = async (args: readonly string[], ...codes: readonly number[]): Promise<void> => {
    const { code, said } = await run(args);
    expect(codes.length === 0 ? [0] : codes, `${args.join(" ")}: ${said}`).toContain(code);
  };
  const id = crm.add({ name: "Hill & Sons", phone: "+49 30 1" });
  erp.add({ name: "Quarry Works", phone: "+49 30 2" });

  await done(["check"]);
  await done(["check", "--settings"]);
  await done(["secrets", "list"]);
  await done(["webhooks", "test", "mirror"], 1);
  await done(["plan", "--out", path("plan.json")]);
  await done(["apply", path("plan.json")]);
  await done(["--json", "run"]);
  expect([crm.welcomed() > 3, erp.welcomed() > 3]).toEqual([true, true]);

  // Refusals that repeat everything, on readings and on writes.
  let echoed = 0;
  for (const status of [401, 403, 500, 422, 200]) {
    const ended = systems.map((system) => system.echo({ status }));
    await done(["--json", "run"], 1, 2);
    if (status === 401 || status === 200) await done(["check"], 1);
    echoed += ended.filter((end) => end() > 0).length;
    crm.edit(id, { phone: `+49 30 ${status}` });
    const refusing = erp.echo({ status, on: "/companies/" });
    await done(["run"], 0, 1, 2);
    echoed += refusing() > 0 ? 1 : 0;
  }
  expect(echoed).toBe(15);

  await done(["status"]);
  await done(["conflicts"]);
  await done(["--json", "dead-letters"]);
  await done(["why", `crm:${id}`]);
  await done(["statement", "--out", path("statement.html")], 0, 2);
  await done(["audit", "--out", path("audit")], 0, 2);
  await done(["contract", "--out", path("contract.html")]);
  await done(["spec", "--out", path("spec.html")]);
  await done(["--json", "verify"]);

  // Nowhere to reach: no such host, nobody who listens, a store that is away, an address that is none.
  for (const address of ["http://canary-host.invalid:8080", "http://127.0.0.1:9"]) {
    project.say({ erp: address });
    await done(["--json", "run"], 1, 2);
  }
  for (const store of [
    `postgres://me:${canaries.database}@127.0.0.1:9/x`,
    `postgres://me:${canaries.database}@[x`,
  ]) {
    expect((await run(["secrets", "set", "store"], store)).code).toBe(0);
    project.say({ store: "sealed:store" });
    await done(["status"], 1, 4);
  }
  project.say({});

  await done(["--json", "webhooks", "log", "mirror"]);
  await done(["webhooks"]);

  const dump = await dumpSql(project.database);
  await project.database.close();
  const { link, session } = await visit(project, crm, id);
  expect(Object.keys(dump).length).toBeGreaterThan(20);
  written.set(
    "dump",
    Buffer.from(
      JSON.stringify(dump, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    ),
  );
  const files = filesBelow(folder, (name) => name === "sealed.key" || name.startsWith("secrets/"));
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(["plan.json", "secrets.sealed", "statement.html"]),
  );
  const key = readFileSync(path("sealed.key"), "utf8").trim();
  const raw = Buffer.from(key, "base64");
  const secrets = [...Object.values(canaries), key, raw.toString("hex"), session];
  const found = scan(new Map([...written, ...files]), secrets);
  // A link is told on the screen, once, and nowhere else.
  expect([link.length, session.length, scan(files, [link])]).toEqual([43, 43, []]);
  expect(found.map(({ secret, form, where }) => `${where}: ${secret} (${form})`)).toEqual([]);
  expect([...written.values(), ...files.values()].some((each) => each.includes(raw))).toBe(false);
});
