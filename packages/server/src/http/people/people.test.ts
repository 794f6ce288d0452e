import { routes } from "@crossfoot/api";
import { describe, expect, it } from "vitest";
import { makeKey } from "../../runtime/api-key.ts";
import { giveLink } from "../../runtime/people.ts";
import { goodPassword, peopleWorld } from "../testing/people-world.ts";
import type { PeopleWorld } from "../testing/people-world.ts";
import { networkOf } from "./sign-in.ts";

const kindsOf = async (world: PeopleWorld): Promise<readonly string[]> =>
  (await world.audited()).map(({ kind }) => kind);

describe("the first administrator", () => {
  it("comes by a link that is shown any number of times, and used once", async () => {
    const { access, browser, app } = await peopleWorld();
    const link = await giveLink(access, { person: null, by: "up" });
    const first = browser();
    for (const _ of [1, 2]) {
      const shown = await first.get(`/join?link=${link}`);
      expect([shown.status, await shown.text()]).toEqual([
        200,
        expect.stringContaining("first administrator"),
      ]);
    }
    const short = await first.post("/join", { link, name: "ada", password: "too short" });
    expect([short.status, await short.text()]).toEqual([422, expect.stringContaining("at least 15")]);
    const made = await first.post("/join", { link, name: " Ada@Acme.example ", password: goodPassword });
    expect([made.status, made.headers.get("location")]).toEqual([303, "/"]);
    expect(await (await first.get("/")).text()).toContain("ada@acme.example");
    const again = await browser().post("/join", { link, name: "eve", password: goodPassword });
    expect(again.status).toBe(403);
    expect(await access.listPeople()).toMatchObject([{ name: "ada@acme.example", role: "administrator" }]);
    expect((await app.request("/join?link=x")).status).toBe(403);
  });

  it("is nobody a day later, and nobody once there is somebody", async () => {
    const { access, browser, pass, person } = await peopleWorld();
    const late = await giveLink(access, { person: null, by: "up" });
    pass(24 * 3_600_000);
    expect((await browser().post("/join", { link: late, name: "ada", password: goodPassword })).status).toBe(
      403,
    );
    const second = await giveLink(access, { person: null, by: "up" });
    await person("ben", "viewer");
    expect(
      (await browser().post("/join", { link: second, name: "eve", password: goodPassword })).status,
    ).toBe(403);
    expect((await access.listPeople()).map(({ name }) => name)).toEqual(["ben"]);
  });
});

describe("pages", () => {
  it("are open on this machine while nobody can sign in, and to nobody else", async () => {
    const paths = ["/", "/reviews", "/status.json", "/reviews.json"];
    const open = await peopleWorld();
    for (const path of paths) expect((await open.browser().get(path)).status).toBe(200);
    for (const [host, status] of [
      ["127.0.0.1:8787", 200],
      ["localhost", 200],
      ["[::1]:8787", 200],
      // A proxy that nobody named, or a page whose name was made to lead here.
      ["crossfoot.example.com", 303],
      ["127.0.0.1.evil.example", 303],
    ] as const)
      expect([host, (await open.browser().get("/", { host })).status]).toEqual([host, status]);
    await open.person("ada", "viewer");
    const closed = [
      open,
      await peopleWorld({ host: "0.0.0.0" }),
      await peopleWorld({ trustedProxies: ["10.0.0.1"] }),
      // A proxy on this machine that asks us by our own name.
      await peopleWorld({ publicUrl: "https://crossfoot.example.com" }),
      await peopleWorld({ isRequired: true }),
    ];
    for (const { browser } of closed)
      for (const path of paths) {
        const response = await browser().get(path);
        const isJson = path.endsWith(".json");
        expect([path, response.status]).toEqual([path, isJson ? 401 : 303]);
        if (!isJson) expect(response.headers.get("location")).toBe("/sign-in");
      }
  });

  it("are shown to roles that may read the status, by session or key", async () => {
    const { access, browser, person } = await peopleWorld({ isRequired: true });
    const seen = routes.find(({ id }) => id === "status")?.roles ?? [];
    for (const role of ["viewer", "sales", "operator", "approver", "administrator", "agent"] as const) {
      await person(`a.${role}`, role);
      const own = browser();
      const landed = (await own.signIn(`a.${role}`)).headers.get("location");
      expect([role, landed]).toEqual([role, seen.includes(role) ? "/" : "/account"]);
      expect([role, (await own.get("/")).status]).toEqual([role, seen.includes(role) ? 200 : 403]);
      expect((await own.get("/account")).status).toBe(200);
      const { draft, token } = makeKey({ name: "k", role, scopes: [], by: "root", expiresInMs: null });
      await access.saveKey(draft);
      const bare = await browser().get("/status.json", { authorization: `Bearer ${token}` });
      expect([role, bare.status]).toEqual([role, 403]);
    }
    const wide = makeKey({
      ...{ name: "k", role: "viewer", scopes: ["operations:read"], by: "root", expiresInMs: null },
    });
    await access.saveKey(wide.draft);
    const headers = { authorization: `Bearer ${wide.token}` };
    expect((await browser().get("/status.json", headers)).status).toBe(200);
  });
});

describe("sessions", () => {
  it("travel in a cookie that no script gets, and are never in the store or the log", async () => {
    const world = await peopleWorld();
    await world.person("ada", "administrator");
    for (const isSecure of [false, true]) {
      const own = world.browser({ isSecure, address: isSecure ? "203.0.113.9" : "127.0.0.1" });
      const [cookie = ""] = (await own.signIn("ada")).headers.getSetCookie();
      const name = isSecure ? "__Host-crossfoot" : "crossfoot";
      const flags = ["Path=/", "HttpOnly", "SameSite=Strict", ...(isSecure ? ["Secure"] : [])];
      expect(cookie.split("; ")).toEqual([
        expect.stringMatching(new RegExp(`^${name}=[\\w-]{43}$`)),
        ...flags,
      ]);
      const secret = own.cookies.get(name) ?? "none";
      const written = JSON.stringify([await world.audited(), world.logged, await world.access.listPeople()]);
      expect(written).not.toContain(secret);
      expect(written).not.toContain(goodPassword);
      expect(await world.access.findSession(secret)).toBeNull();
    }
  });

  it("are refused over a way that others can read", async () => {
    const { browser, person } = await peopleWorld();
    await person("ada", "viewer");
    const far = browser({ address: "203.0.113.9" });
    const refused = await far.signIn("ada");
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("needs HTTPS")]);
    expect(far.cookies.size).toBe(0);
    const near = browser();
    await near.signIn("ada");
    expect((await near.get("/account", { host: "127.0.0.1:8787" })).status).toBe(200);
    expect((await near.get("/account", { host: "crossfoot.example.com" })).status).toBe(303);
  });

  it("end unused, however often the status page renews itself, and after their life", async () => {
    const { browser, person, pass } = await peopleWorld();
    await person("ada", "viewer");
    const own = browser();
    await own.signIn("ada");
    for (let turn = 0; turn < 15; turn += 1) {
      pass(29 * 60_000);
      expect([turn, (await own.get("/")).status]).toEqual([turn, 200]);
    }
    pass(45 * 60_000);
    await own.signIn("ada");
    for (let turn = 0; turn < 2; turn += 1) {
      pass(14 * 60_000);
      expect((await own.get("/?renewed")).status).toBe(200);
    }
    pass(2 * 60_000);
    expect((await own.get("/?renewed")).headers.get("location")).toBe("/sign-in");
    await own.signIn("ada");
    for (let turn = 0; turn < 17; turn += 1) {
      pass(28 * 60_000);
      await own.get("/");
    }
    pass(5 * 60_000);
    expect((await own.get("/account")).status).toBe(303);
  });

  it("are another one after each sign-in; the one before is over", async () => {
    const { browser, person } = await peopleWorld();
    await person("ada", "viewer");
    const own = browser();
    await own.signIn("ada");
    const before = own.cookies.get("crossfoot") ?? "";
    await own.signIn("ada");
    expect(own.cookies.get("crossfoot")).not.toBe(before);
    const thief = browser();
    thief.cookies.set("crossfoot", before);
    expect((await thief.get("/account")).status).toBe(303);
    // One that somebody else planted is not taken over.
    const planted = browser();
    planted.cookies.set("crossfoot", "A".repeat(43));
    await planted.signIn("ada");
    expect(planted.cookies.get("crossfoot")).not.toBe("A".repeat(43));
  });

  it("end by sign-out, here or everywhere, by another password, and with the person", async () => {
    const world = await peopleWorld();
    const { browser, person, access } = world;
    await person("ada", "viewer");
    const [one, two] = [browser(), browser()];
    const isIn = async (): Promise<readonly number[]> => [
      (await one.get("/account")).status,
      (await two.get("/account")).status,
    ];
    for (const each of [one, two]) await each.signIn("ada");
    await one.leave("/sign-out");
    expect(await isIn()).toEqual([303, 200]);
    await one.signIn("ada");
    await two.leave("/sign-out-everywhere");
    expect(await isIn()).toEqual([303, 303]);
    for (const each of [one, two]) await each.signIn("ada");
    const link = await giveLink(access, { person: "id-ada", by: "root" });
    await two.post("/join", { link, password: `${goodPassword} too` });
    expect(await isIn()).toEqual([303, 200]);
    await access.changePerson("id-ada", { isDisabled: true }, "root");
    expect(await isIn()).toEqual([303, 303]);
    expect((await two.signIn("ada", `${goodPassword} too`)).status).toBe(403);
    expect(await kindsOf(world)).toEqual(expect.arrayContaining(["signed_out", "signed_out_everywhere"]));
  });

  it("have the role that their person has now", async () => {
    const { browser, person, access, app } = await peopleWorld();
    await person("ada", "administrator");
    const own = browser();
    await own.signIn("ada");
    const ask = async (): Promise<number> =>
      (
        await app.request("/api/v1/people", {
          headers: {
            "x-forwarded-for": "127.0.0.1",
            cookie: `crossfoot=${own.cookies.get("crossfoot") ?? ""}`,
          },
        })
      ).status;
    expect(await ask()).toBe(200);
    await access.changePerson("id-ada", { role: "viewer" }, "root");
    expect(await ask()).toBe(403);
  });
});

describe("forms", () => {
  it("of another page are refused, with a session and without", async () => {
    const world = await peopleWorld();
    await world.person("ada", "viewer");
    const own = world.browser();
    await own.signIn("ada");
    for (const site of ["cross-site", "same-site", "none"]) {
      const elsewhere = world.browser({ site });
      elsewhere.cookies.set("crossfoot", own.cookies.get("crossfoot") ?? "");
      for (const path of ["/sign-in", "/join", "/sign-out", "/sign-out-everywhere"])
        expect([path, (await elsewhere.post(path, {})).status]).toEqual([path, 403]);
    }
    await own.post("/sign-out", { csrf: "x" });
    await own.post("/sign-out-everywhere", {});
    expect((await own.get("/account")).status).toBe(200);
    expect(await kindsOf(world)).toContain("csrf_refused");
  });

  it("of browsers that say no site are told by their origin", async () => {
    const { app, person } = await peopleWorld();
    await person("ada", "viewer");
    const post = async (headers: { readonly [name: string]: string }): Promise<number> =>
      (
        await app.request("/sign-in", {
          method: "POST",
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-proto": "https",
            ...headers,
          },
          body: new URLSearchParams({ name: "ada", password: goodPassword }).toString(),
        })
      ).status;
    expect(await post({ origin: "https://crossfoot.example", host: "crossfoot.example" })).toBe(303);
    for (const headers of [
      {},
      { origin: "https://evil.example", host: "crossfoot.example" },
      { origin: "http://crossfoot.example", host: "crossfoot.example" },
      { origin: "null", host: "crossfoot.example" },
    ])
      expect([headers, await post(headers as { readonly [name: string]: string })]).toEqual([headers, 403]);
  });

  it("that are too long, of another type, or name a field twice are not read", async () => {
    const { app } = await peopleWorld();
    const way = { "sec-fetch-site": "same-origin", "x-forwarded-for": "127.0.0.1" };
    const form = "application/x-www-form-urlencoded";
    for (const [type, body] of [
      [form, `name=${"x".repeat(9_000)}`],
      [form, "name=a&name=b"],
      ["application/json", "{}"],
      ["text/plain", "name=a"],
    ] as const) {
      const headers = { ...way, "content-type": type };
      expect((await app.request("/sign-in", { method: "POST", headers, body })).status).toBe(400);
    }
  });

  it("are not framed, not kept, run no script, and send nothing elsewhere", async () => {
    const { browser } = await peopleWorld();
    const { headers } = await browser().get("/sign-in");
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*form-action 'self'/);
    expect([headers.get("cache-control"), headers.get("x-frame-options")]).toEqual(["no-store", "DENY"]);
    expect(headers.get("referrer-policy")).toBe("same-origin");
  });
});

describe("wrong passwords", () => {
  it("are answered alike whoever is meant: known, unknown, disabled, without a password", async () => {
    const world = await peopleWorld();
    await world.person("ada", "viewer");
    await world.person("ben", "viewer");
    await world.access.changePerson("id-ben", { isDisabled: true }, "root");
    await world.access.savePerson({ id: "id-eve", name: "eve", role: "viewer", by: "root" });
    const answers: unknown[] = [];
    for (const name of ["ada", "ben", "eve", "nobody", "a <b>strange</b> name"]) {
      const told: unknown[] = [];
      for (let turn = 0; turn < 7; turn += 1) {
        const response = await world
          .browser({ address: "127.0.0.9" })
          .signIn(name, "not the password at all");
        told.push([response.status, response.headers.get("retry-after"), await response.text()]);
      }
      answers.push(told);
      world.pass(3_600_000 * 25);
    }
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    const written = JSON.stringify(await world.audited());
    expect(written).not.toContain("strange");
    expect(written).not.toContain("not the password");
    for (const why of ["wrong", "unknown"]) expect(written).toContain(`"why":"${why}"`);
  });

  it("lock a name for half a minute after five, then for twice as long each time", async () => {
    const world = await peopleWorld();
    await world.person("ada", "viewer");
    const waits: number[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      const wrong = await world.browser().signIn("ada", "not the password at all");
      expect(wrong.status).toBe(403);
      const wait = Number(wrong.headers.get("retry-after") ?? 0);
      waits.push(wait);
      if (wait === 0) continue;
      const right = await world.browser().signIn("ada");
      expect([right.status, right.headers.get("retry-after")]).toEqual([429, String(wait)]);
      world.pass(wait * 1_000);
    }
    expect(waits).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
    expect((await world.browser().signIn("ada")).status).toBe(303);
    expect(
      (await world.browser().signIn("ada", "not the password at all")).headers.get("retry-after"),
    ).toBeNull();
    expect(await kindsOf(world)).toEqual(
      expect.arrayContaining(["sign_in_failed", "sign_in_locked", "locked_out", "signed_in"]),
    );
  });

  it("of a thousand at once are five guesses", async () => {
    const world = await peopleWorld();
    await world.person("ada", "viewer");
    const all = await Promise.all(
      Array.from({ length: 1_000 }, () => world.browser().signIn("ada", "not the password at all")),
    );
    expect(all.filter(({ status }) => status === 403)).toHaveLength(5);
    expect(all.filter(({ status }) => status === 429)).toHaveLength(995);
  });

  it("for many names lock an address; another address, and those signed in, go on", async () => {
    const world = await peopleWorld();
    await world.person("ada", "viewer");
    const own = world.browser({ isSecure: true, address: "203.0.113.9" });
    await own.signIn("ada");
    const wrong = async (turn: number): Promise<number> =>
      (await world.browser({ isSecure: true, address: "203.0.113.9" }).signIn(`n${turn}`, goodPassword))
        .status;
    const statuses: number[] = [];
    for (let turn = 0; turn < 31; turn += 1) statuses.push(await wrong(turn));
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 403), 429]);
    expect((await own.get("/account")).status).toBe(200);
    expect((await world.browser({ isSecure: true, address: "203.0.113.8" }).signIn("ada")).status).toBe(303);
  });

  it("a link lets in whoever is locked out", async () => {
    const { browser, person, access } = await peopleWorld();
    await person("ada", "viewer");
    for (let turn = 0; turn < 6; turn += 1) await browser().signIn("ada", "not the password at all");
    const link = await giveLink(access, { person: "id-ada", by: "root" });
    expect((await browser().post("/join", { link, password: goodPassword })).status).toBe(303);
    expect((await browser().signIn("ada")).status).toBe(303);
  });

  it("are counted by the network of a customer", () => {
    expect(networkOf("203.0.113.9")).toBe("203.0.113.9");
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2");
    expect(networkOf("2001:db8::7")).toBe("2001:db8:0:0");
    expect(networkOf("::1")).toBe("0:0:0:0");
  });
});
