import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fillBoth } from "./unknown-company.ts";
import { startHillside } from "./unknown-hillside.ts";
import type { Hillside } from "./unknown-hillside.ts";
import { writeProject } from "./unknown-project.ts";
import type { Done, ProjectFolder } from "./unknown-project.ts";
import { startQuarry } from "./unknown-quarry.ts";
import type { Quarry } from "./unknown-quarry.ts";
import { listOf, mapOf, textOf } from "./unknown-wire.ts";
import type { Asked, Json } from "./unknown-wire.ts";

/**
 * Two systems that Crossfoot has never met, described in YAML and nowhere else, driven by the command line as
 * a user drives it. The tests are one story: each goes on where the one before it ended.
 */

let hillside: Hillside;
let quarry: Quarry;
let project: ProjectFolder;

beforeAll(async () => {
  hillside = await startHillside();
  quarry = await startQuarry();
  project = writeProject({ hillside, quarry });
  fillBoth(hillside, quarry);
});

afterAll(async () => {
  await hillside?.close();
  await quarry?.close();
  project?.remove();
});

interface Refused {
  readonly error: {
    readonly problems: readonly { file: string; line: number; message: string; nearest?: string }[];
  };
}
interface Ran {
  readonly state: string;
  readonly whyNothing: string | null;
  readonly troubles: readonly {
    connection: string;
    entity: string;
    failure: { code: string; message: string };
  }[];
  readonly entities: readonly { entity: string; settled: object; probed: number; deleted: number }[];
}
interface Parked {
  readonly deadLetters: readonly {
    entity: string;
    externalId: string | null;
    reason: string;
    failure: { code: string; field: string } | null;
  }[];
}
interface Stated {
  readonly isEqual: boolean;
  readonly isExplained: boolean;
  readonly entities: readonly {
    readonly differences: readonly object[];
    readonly missing: readonly { label: string; reason: string }[];
  }[];
}

const run = (...more: readonly string[]): Promise<Done<Ran>> => project.crossfoot("run", ...more);

/** What a run settled, as `entity target kind count`. */
function settledIn({ entities }: Ran): readonly string[] {
  return entities.flatMap(({ entity, settled }) =>
    Object.entries(settled as { [target: string]: { [kind: string]: number } }).flatMap(([target, kinds]) =>
      Object.entries(kinds).map(([kind, count]) => `${entity} ${target} ${kind} ${count}`),
    ),
  );
}

const account = (name: string): string => textOf(hillside.find("Account", "Name", name)["Id"]);
const customer = (name: string): number => Number(quarry.find("cust", "s_name", name)["i_id"]);
const rowsIn = (asked: Asked): readonly Json[] => listOf(mapOf(asked.body)["rows"]);

it("check names a misspelt description by file and line, with the nearest known key", async () => {
  const whole = readFileSync(project.path("descriptions/quarry.yaml"), "utf8");
  const lineOf = (text: string): number => whole.slice(0, whole.indexOf(text)).split("\n").length;
  project.rewrite("descriptions/quarry.yaml", (text) =>
    text
      .replace("commitLagMs", "comitLagMs")
      .replace("idsMax", "idMax")
      .replace("failure: stale", "failure: stail"),
  );
  const { code, document, said } = await project.crossfoot<Refused>("check");
  expect(code).toBe(4);
  const told = document.error.problems.map(({ file, line, nearest }) => `${file}:${line} ${nearest}`);
  expect(told).toContain(`descriptions/quarry.yaml:${lineOf("commitLagMs")} commitLagMs`);
  expect(told).toContain(`descriptions/quarry.yaml:${lineOf("idsMax")} idsMax`);
  expect(told.some((one) => one.startsWith(`descriptions/quarry.yaml:${lineOf("failure: stale")} `))).toBe(
    true,
  );
  expect(said).toContain(`descriptions/quarry.yaml:${lineOf("idsMax")}: `);
  project.rewrite("descriptions/quarry.yaml", () => whole);
  expect(hillside.asked).toHaveLength(0);
});

it("a plan shows the first load and an apply does exactly that", async () => {
  const plan = await project.crossfoot<{ readonly writes: readonly { entity: string; target: string }[] }>(
    ...["plan", "--out", project.path("plan.json")],
  );
  expect(plan.code).toBe(0);
  expect(hillside.writes()).toHaveLength(0);
  expect(quarry.writes()).toHaveLength(0);
  const planned = new Set(plan.document.writes.map(({ entity, target }) => `${entity} ${target}`));
  expect([...planned].toSorted()).toEqual([
    ...["accounts hillside", "accounts quarry", "contacts hillside", "contacts quarry"],
    ...["orders hillside", "products hillside", "quotes hillside", "quotes quarry"],
  ]);
  const apply = await project.crossfoot<{ planned: number; applied: number; unmade: readonly object[] }>(
    ...["apply", project.path("plan.json")],
  );
  expect(apply.document).toMatchObject({ applied: apply.document.planned, unmade: [], troubles: [] });
  expect(apply.code).toBe(0);
});

it("what the ERP made of the quotes comes back, and a run after that writes nothing", async () => {
  expect(quarry.all("off").map((offer) => offer["s_state"])).toEqual(["A", "A"]);
  const back = await run();
  expect(settledIn(back.document)).toContain("orders hillside create 2");
  const before = [hillside.writes().length, quarry.writes().length];
  const again = await run();
  expect(settledIn(again.document)).toEqual([]);
  expect(again.document.whyNothing).toMatch(/nothing changed|calls for no write/);
  expect(again).toMatchObject({ code: 0, document: { state: "done", troubles: [] } });
  expect([hillside.writes().length, quarry.writes().length]).toEqual(before);
});

it("everything arrived: trees, lines, days, amounts, flags the other way round, text of all scripts", () => {
  const site = quarry.find("cust", "s_name", "Ridge Site 3");
  expect(site["i_parent"]).toBe(customer("Ridge Holding 🏔 שלום"));
  expect(hillside.find("Account", "Name", "Hill & Sons 2")).toMatchObject({
    CustomerNumber: "K-2",
    Terms: "Net 30",
    CreditLimit: { Value: 20000, Iso: "EUR" },
  });
  const egon = hillside.find("Contact", "LastName", "Alt");
  expect(egon).toMatchObject({
    DoNotEmail: true,
    AccountId: account("Alt-Kunde 1"),
    PhoneNumbers: [{ Kind: "Cell", Number: "+43 660 1" }],
  });
  expect(hillside.find("Product", "Code", "STONE-5")).toMatchObject({
    Title: "Stein 5",
    ListPrice: 16.25,
    Unit: "Kilogram",
  });
  const quote = hillside.find("Quote", "Number", "Q-1");
  const offer = quarry.find("off", "s_no", textOf(quote["ErpNumber"]));
  expect(offer).toMatchObject({
    d_off: "01.03.2026",
    d_until: "30.04.2026",
    c_net: "62.00",
    c_gross: "73.78",
  });
  expect(listOf(offer["p_pos"])[1]).toMatchObject({ n_qty: "2.125", c_price: "8.0000", s_unit: "KG" });
  expect(quote).toMatchObject({ State: "Ordered", Net: 62, Gross: 73.78 });
  const order = hillside.find("Order", "QuoteId", textOf(quote["Id"]));
  expect(order).toMatchObject({
    OrderDate: "2026-03-01",
    State: "Open",
    Net: 62,
    Gross: 73.78,
    TheirReference: "PO 77",
  });
  expect(listOf(order["Lines"])[0]).toMatchObject({ Quantity: 4, Price: 12.5, Net: 45, Tax: 8.55 });
  expect(hillside.find("Order", "Number", "AB-ALT")).toMatchObject({
    OrderDate: "2026-02-28",
    State: "Billed",
  });
});

it("edits on both sides arrive, and a write that meets another version is decided again", async () => {
  const [one, two, three] = ["Hill & Sons 1", "Hill & Sons 2", "Hill & Sons 3"];
  hillside.edit("Account", account(one), { Phone: "+49 30 7001" });
  quarry.edit("cust", customer(one), { c_limit: "12345.60" });
  quarry.edit("cust", customer(two), { s_terms: "T00" });
  hillside.edit("Account", account(three), { Email: "neu@hill-3.example" });
  hillside.edit("Quote", textOf(hillside.find("Quote", "Number", "Q-3")["Id"]), { State: "Won" });
  // Somebody saves the very record between our last look at it and our write.
  const [twoId, threeId] = [account(two), customer(three)];
  const late = hillside.plant({
    matches: ({ method, path }) => method === "PUT" && path === `/v3/Account/${twoId}`,
    before: () => hillside.edit("Account", twoId, { Web: "https://two.example" }),
  });
  const later = quarry.plant({
    matches: (asked) => rowsIn(asked).some((row) => mapOf(mapOf(row)["row"])["i_id"] === threeId),
    before: () => quarry.edit("cust", threeId, { s_www: "https://three.example" }),
  });
  const { document } = await run();
  expect(document).toMatchObject({ state: "done", troubles: [] });
  expect([late.met.length, later.met.length]).toEqual([1, 1]);
  expect(quarry.find("cust", "s_name", one)).toMatchObject({ s_phone: "+49 30 7001", c_limit: "12345.60" });
  expect(hillside.find("Account", "Name", one)).toMatchObject({
    CreditLimit: { Value: 12345.6, Iso: "EUR" },
  });
  expect(hillside.find("Account", "Name", two)).toMatchObject({ Terms: "Now", Web: "https://two.example" });
  expect(quarry.find("cust", "s_name", two)).toMatchObject({ s_www: "https://two.example" });
  expect(quarry.find("cust", "s_name", three)).toMatchObject({
    s_mail: "neu@hill-3.example",
    s_www: "https://three.example",
  });
  expect(hillside.find("Account", "Name", three)).toMatchObject({ Web: "https://three.example" });
  expect(hillside.find("Quote", "Number", "Q-3")).toMatchObject({ State: "Ordered", ErpNumber: "AN-3" });
});

it("a time-out after commit on a create is asked about, and not repeated", async () => {
  hillside.edit("Account", account("Maybe Later"), { Stage: "Customer" });
  quarry.add("art", {
    s_sku: "STONE-8",
    s_name: "Stein 8",
    s_unit: "ST",
    b_act: true,
    c_price: "9.00",
    s_curr: "EUR",
  });
  const silent = quarry.plant({
    matches: (asked) => asked.path === "/q1/upsert" && JSON.stringify(asked.body).includes("Maybe Later"),
    loses: "hold",
  });
  const cut = hillside.plant({
    matches: ({ method, path }) => method === "POST" && path === "/v3/Product",
    loses: "cut",
  });
  const { document } = await run();
  expect([silent.met.length, cut.met.length]).toEqual([1, 1]);
  expect(document).toMatchObject({ state: "done" });
  expect(document.entities.filter(({ probed }) => probed > 0).map(({ entity }) => entity)).toEqual([
    "accounts",
    "products",
  ]);
  expect(quarry.all("cust").filter((row) => row["s_name"] === "Maybe Later")).toHaveLength(1);
  expect(hillside.all("Product").filter((row) => row["Code"] === "STONE-8")).toHaveLength(1);
  const sent = quarry.writes().filter(({ body }) => JSON.stringify(body).includes("Maybe Later"));
  expect(sent).toHaveLength(1);
});

it("a 429 is waited out as told, and one bad row of a batch is set aside alone", async () => {
  const names = ["Slate One", "S".repeat(41), "Slate Two"];
  const ids = names.map((name, at) =>
    hillside.add("Account", {
      Name: name,
      VatId: `DE60${at}`,
      Currency: "EUR",
      Stage: "Customer",
      Addresses: null,
    }),
  );
  const inSeconds = quarry.plant({
    matches: ({ path }) => path === "/q1/query",
    instead: () => tooFast("1"),
  });
  const atTime = quarry.plant({
    matches: ({ path }) => path === "/q1/upsert",
    instead: ({ at }) => tooFast(new Date(at + 2000).toUTCString()),
  });
  const { code, document } = await run();
  expect(waitAfter(inSeconds.met[0])).toBeGreaterThanOrEqual(1000);
  expect(waitAfter(atTime.met[0])).toBeGreaterThanOrEqual(1000);
  expect(code).toBe(2);
  expect(document).toMatchObject({ state: "differences", troubles: [] });
  expect(quarry.all("cust").filter((row) => textOf(row["s_name"]).startsWith("S"))).toHaveLength(2);
  const { deadLetters } = (await project.crossfoot<Parked>("dead-letters")).document;
  expect(deadLetters).toMatchObject([
    { entity: "accounts", reason: "write_refused", failure: { code: "e_len", field: "s_name" } },
  ]);
  hillside.edit("Account", ids[1] ?? "", { Name: "Slate Three" });
});

const tooFast = (after: string) => ({
  status: 429,
  headers: { "retry-after": after },
  body: { ok: false, err: { code: "E-RATE" } },
});

/** How long the ERP was left alone after a request, ms. */
function waitAfter(asked: Asked | undefined): number {
  const next = quarry.asked[quarry.asked.indexOf(asked as Asked) + 1];
  return (next?.at ?? 0) - (asked?.at ?? 0);
}

it("a page of HTML and a list that goes in circles are named, and nothing comes of them", async () => {
  const html = hillside.plant({
    matches: ({ path }) => path === "/v3/Accounts",
    times: 9,
    instead: () => ({ status: 200, body: "<h1>Down for lunch</h1>" }),
  });
  const circle = quarry.plant({
    matches: ({ path }) => path === "/q1/query",
    times: 99,
    alters: (told) => ({ ...told, body: { ...mapOf(told.body), next: "/q1/query" } }),
  });
  const { document } = await run();
  html.lift();
  circle.lift();
  const found = document.troubles.map(({ connection, failure }) => `${connection} ${failure.code}`);
  expect(found.toSorted()).toEqual(["hillside page_not_json", "quarry cursor_loop"]);
  expect(document.whyNothing).toContain("hillside was not usable");
  expect(html.met.length).toBeLessThan(9);
  expect(circle.met.length).toBeLessThan(99);
});

it("a list without an end and a success that is an error are named, and nothing comes of them", async () => {
  const endless = hillside.plant({
    matches: ({ path }) => path === "/v3/Accounts",
    times: 999,
    instead: ({ query }) => ({
      status: 200,
      body: { Accounts: endlessPage(Number(query.get("page"))), meta: {} },
    }),
  });
  const lying = quarry.plant({
    matches: ({ path }) => path === "/q1/query",
    times: 9,
    instead: () => ({ status: 200, body: { ok: false, err: { code: "E-DB", text: "Datenbank voll" } } }),
  });
  const { document } = await run();
  endless.lift();
  lying.lift();
  const found = document.troubles.map(({ connection, failure }) => `${connection} ${failure.code}`);
  expect(found.toSorted()).toEqual(["hillside list_too_long", "quarry error_body"]);
  expect(endless.met.length).toBeLessThan(100);
});

/** Seven accounts, never those of the page before: after the last one comes the first again. */
function endlessPage(page: number): readonly Json[] {
  const all = hillside.all("Account");
  return Array.from({ length: 7 }, (_, at) => all[(page * 7 + at) % all.length] ?? null);
}

it("a signed webhook leads to a read, a forged one is refused", async () => {
  const up = await project.up();
  try {
    // Everything is due once at the start, and then not for an hour: from here on only hints lead to reads.
    await expect.poll(up.said, { timeout: 60_000, interval: 50 }).toContain("accounts, contacts, products");
    const [honest, forged] = [account("Hill & Sons 1"), account("Hill & Sons 2")];
    hillside.edit("Account", forged, { Phone: "+49 30 6666" });
    hillside.edit("Account", honest, { Phone: "+49 30 7002" });
    const reads = hillside.asked.length;
    const { body, headers } = hillside.delivery("Account", forged);
    const proof = createHmac("sha512", "guessed")
      .update(`v1:${headers["x-hillside-time"]}:${body}`)
      .digest("base64");
    expect(await post(up.url, body, { ...headers, "x-hillside-proof": `sha512 ${proof}` })).toBe(401);
    expect(await post(up.url, body.replace(forged, honest), headers)).toBe(401);
    const old = { "x-hillside-time": "2026-01-01T00:00:00.000+02:00" };
    expect(await post(up.url, body, { ...headers, ...old })).toBe(401);
    const signed = hillside.delivery("Account", honest);
    expect(await post(up.url, signed.body, signed.headers)).toBe(200);
    const phoneOf = (name: string): Json | undefined => quarry.find("cust", "s_name", name)["s_phone"];
    await expect.poll(() => phoneOf("Hill & Sons 1"), { timeout: 30_000, interval: 50 }).toBe("+49 30 7002");
    expect(phoneOf("Hill & Sons 2")).not.toBe("+49 30 6666");
    const accounts = (): readonly string[] =>
      hillside.asked
        .slice(reads)
        .map(({ method, path }) => `${method} ${path}`)
        .filter((one) => one.includes("/Account"));
    expect(accounts()).toEqual([`GET /v3/Account/${honest}`]);
    // Nothing but the proof was wrong: the same news, properly signed, is followed.
    expect(await post(up.url, body, headers)).toBe(200);
    await expect.poll(() => phoneOf("Hill & Sons 2"), { timeout: 30_000, interval: 50 }).toBe("+49 30 6666");
    expect(accounts()).toHaveLength(2);
  } finally {
    expect(await up.stop()).toBe(0);
  }
});

async function post(url: string, body: string, headers: Record<string, string>): Promise<number> {
  return (await fetch(`${url}/hooks/hillside`, { method: "POST", body, headers })).status;
}

it("both systems agree to the cent", async () => {
  const { code, document } = await project.crossfoot<Stated>("statement");
  expect(document.entities).toMatchObject([
    { entity: "accounts", linked: 15, differences: [] },
    { entity: "contacts", linked: 10, differences: [] },
    { entity: "products", linked: 8, differences: [] },
    { entity: "quotes", linked: 3, differences: [] },
    { entity: "orders", linked: 4, differences: [] },
  ]);
  expect(document.isEqual).toBe(true);
  expect(code).toBe(0);
});

it("a sweep finds what was deleted, and the other side archives it", async () => {
  const [contact, product] = [
    hillside.find("Contact", "LastName", "of Ridge Site 4"),
    quarry.find("art", "s_sku", "STONE-7"),
  ];
  hillside.remove("Contact", textOf(contact["Id"]));
  quarry.remove("art", Number(product["i_id"]));
  const { document } = await run("--sweep");
  expect(document.entities.filter(({ deleted }) => deleted > 0)).toMatchObject([
    { entity: "contacts", deleted: 1 },
    { entity: "products", deleted: 1 },
  ]);
  expect(quarry.find("pers", "s_family", "of Ridge Site 4")).toMatchObject({ b_arch: true });
  expect(hillside.find("Product", "Code", "STONE-7")).toMatchObject({ Archived: true });
  expect(quarry.all("art")).toHaveLength(7);
  // A deletion that was carried out as the contract says is done with.
  const { document: after } = await project.crossfoot<Stated>("statement");
  expect(after.isEqual).toBe(true);
});
