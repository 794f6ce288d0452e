import { expect, test } from "vitest";
import { customer, miniWorld } from "../../runtime/testing/world.ts";
import type { MiniWorld } from "../../runtime/testing/world.ts";
import type { Store } from "../../store/port.ts";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import { apiWorld, someMoment } from "../testing/api-world.ts";
import type { ApiWorld } from "../testing/api-world.ts";

const limit = "4711.25";

async function stage(
  wrapStore: (store: Store) => Store = (store) => store,
): Promise<{ readonly mini: MiniWorld; readonly api: ApiWorld }> {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps), wrapStore });
  for (const at of ["1", "2", "3", "4", "5"])
    mini.crm.add("accounts", {
      ...customer,
      name: `Acme ${at}`,
      taxId: `FR${at}`,
      email: `${at}@acme.example`,
      limit,
    });
  await mini.engine.run();
  return { mini, api: await apiWorld(mini.engine, {}) };
}

interface Page {
  readonly rows: readonly { readonly link: string; readonly members: readonly object[] }[];
  readonly next: string | null;
}

const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;

test("records come in pages, each once, with both sides", async () => {
  const { api } = await stage();
  const links: string[] = [];
  let next: string | null = "";
  let pages = 0;
  while (next !== null) {
    const cursor: string = next === "" ? "" : `&cursor=${next}`;
    const page: Page = await json<Page>(await api.ask("GET", `/records/accounts?limit=2${cursor}`));
    links.push(...page.rows.map(({ link }) => link));
    for (const { members } of page.rows)
      expect(members).toMatchObject([
        { connection: "crm", kind: "present", fields: { taxId: expect.stringMatching(/^FR/) as string } },
        { connection: "erp", kind: "present", fields: { taxId: expect.stringMatching(/^FR/) as string } },
      ]);
    next = page.next;
    pages += 1;
  }
  expect([links.length, new Set(links).size, pages]).toEqual([5, 5, 3]);
  const other = await api.ask("GET", "/records/contacts?cursor=W10");
  expect(await json(other)).toMatchObject({ status: 400, code: "cursor_invalid" });
  const first = await json<Page>(await api.ask("GET", "/records/accounts?limit=2"));
  const borrowed = await api.ask("GET", `/records/contacts?cursor=${first.next}`);
  expect(await json(borrowed)).toMatchObject({ code: "cursor_invalid" });
});

test("a link that is gone by the time its page is read ends no list", async () => {
  let gone: string | null = null;
  const { api } = await stage((store) => ({
    ...store,
    // Merged into another one between the two questions.
    loadBundles: async (links) => (await store.loadBundles(links)).filter(({ id }) => id !== gone),
  }));
  const whole = await json<Page>(await api.ask("GET", "/records/accounts"));
  const links = whole.rows.map(({ link }) => link);
  gone = links[1] ?? null;
  const first = await json<Page>(await api.ask("GET", "/records/accounts?limit=2"));
  const second = await json<Page>(await api.ask("GET", `/records/accounts?limit=2&cursor=${first.next}`));
  const shown = [...first.rows, ...second.rows].map(({ link }) => link);
  expect(shown).toEqual(links.filter((link) => link !== gone));
  const found = await json<Page>(await api.ask("GET", "/records/accounts?search=acme"));
  expect(found.rows).toHaveLength(4);
});

test("a record is found by either system's name and by its link, in its entity alone", async () => {
  const { mini, api } = await stage();
  const [crm, erp] = [mini.crm, mini.erp].map((system) => system.rows("accounts")[0]);
  const names = [`crm:${crm?.id}`];
  const { link } = await json<{ readonly link: string }>(
    await api.ask("GET", `/records/accounts/${names[0]}`),
  );
  const twin =
    mini.erp.rows("accounts").find(({ fields }) => fields["taxId"] === crm?.fields["taxId"]) ?? erp;
  for (const path of [`/records/accounts/erp:${twin?.id}`, `/records/accounts/${link}`, `/links/${link}`])
    expect(await json(await api.ask("GET", path))).toMatchObject({ link, entity: "accounts", state: "live" });
  expect((await api.ask("GET", `/records/contacts/${link}`)).status).toBe(404);
  expect((await api.ask("GET", `/records/contacts/${link}/why`)).status).toBe(404);
  expect((await api.ask("GET", "/links/l-none")).status).toBe(404);
});

test("a role that does not see a field gets it nowhere: records, why, plans, the statement", async () => {
  const { mini, api } = await stage();
  const id = mini.crm.rows("accounts")[0]?.id ?? "";
  const other = mini.erp.rows("accounts")[0]?.id ?? "";
  mini.erp.edit("accounts", other, { limit: "4711.26" });
  mini.pass(60_000);
  const made = await api.ask("POST", "/plans", { body: {}, headers: { "idempotency-key": "my-plan-1" } });
  await made.text();
  await api.api.close();
  const replayed = await api.ask("POST", "/plans", { body: {}, headers: { "idempotency-key": "my-plan-1" } });
  const plan = replayed.headers.get("location")?.split("/").at(-1) ?? "";
  const paths = [
    "/records/accounts",
    `/records/accounts/crm:${id}`,
    `/records/accounts/crm:${id}/why`,
    `/plans/${plan}`,
    "/statement",
    "/conflicts",
    "/dead-letters",
    "/candidates",
    "/status",
  ];
  const seen: string[] = [];
  for (const path of paths) {
    const whole = await (await api.ask("GET", path)).text();
    if (whole.includes("4711.")) seen.push(path);
    const part = await api.ask("GET", path, { token: api.tokens.viewer });
    const text = await part.text();
    expect([path, part.status, text.includes("4711.")]).toEqual([path, 200, false]);
  }
  // The test has looked at something: these show the limit to whoever may see it.
  expect(seen).toEqual([
    "/records/accounts",
    `/records/accounts/crm:${id}`,
    `/records/accounts/crm:${id}/why`,
    `/plans/${plan}`,
    "/statement",
  ]);
});

test("a credit check and a preflight keep a hidden limit to themselves", async () => {
  const { mini } = await stage();
  const api = await apiWorld(mini.engine, { moment: someMoment });
  const asked = [
    ["/credit-checks", { account: "crm:1" }],
    ["/preflight", { quote: "crm:1" }],
  ] as const;
  for (const [path, body] of asked) {
    const shown = await (await api.ask("POST", path, { body })).text();
    const hidden = await (await api.ask("POST", path, { body, token: api.tokens.sales })).text();
    expect([shown.includes("5000"), hidden.includes("5000"), hidden.includes("4970")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(hidden).toContain('"exposure":"30"');
  }
});

test("an entity that a role does not see is refused by name, and left out of lists", async () => {
  const { mini } = await stage();
  const api = await apiWorld(mini.engine, { visibility: { viewer: { accounts: ["*"] } } });
  const link = mini.crm.rows("accounts")[0]?.id ?? "";
  const token = api.tokens.viewer;
  for (const path of ["/records/accounts", `/records/accounts/crm:${link}`, "/statement?entity=accounts"])
    expect(await json(await api.ask("GET", path, { token }))).toMatchObject({
      code: "entity_hidden",
      status: 403,
    });
  const status = await json<{ readonly entities: readonly object[] }>(
    await api.ask("GET", "/status", { token }),
  );
  expect(JSON.stringify(status.entities)).not.toContain("accounts");
});

test("a statement as of a day ahead is refused, and one of a day that is over is made", async () => {
  const { api } = await stage();
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const ahead = await api.ask("GET", "/statement?asOf=2999-01-01");
  expect(await json(ahead)).toMatchObject({ status: 422, code: "request_invalid" });
  expect((await api.ask("GET", `/statement?asOf=${day(0)}`)).status).toBe(200);
});

const foundBy = async (api: ApiWorld, search: string, more: Parameters<ApiWorld["ask"]>[2] = {}) => {
  const path = `/records/accounts?search=${encodeURIComponent(search)}`;
  const { rows } = await json<Page>(await api.ask("GET", path, more));
  return rows.length;
};

test("a search finds each word in any value or id, whatever its case, accents and blanks", async () => {
  const { mini, api } = await stage();
  const id = mini.crm.rows("accounts")[2]?.id ?? "";
  mini.crm.edit("accounts", id, { name: "Ärzte-Bedarf Łódź", email: "lodz@trade.example" });
  mini.pass(60_000);
  await mini.engine.run();
  const answers = {
    acme: 4,
    "ACME fr4": 1,
    "fr3 LODZ": 1,
    arztebedarf: 1,
    "trade.example": 1,
    "acme nobody": 0,
    "…": 0,
    [id]: 1,
  };
  const found: { [search: string]: number } = {};
  for (const search of Object.keys(answers)) found[search] = await foundBy(api, search);
  expect(found).toEqual(answers);
  expect((await api.ask("GET", "/records/accounts?search=")).status).toBe(422);
});

test("a search goes on through its pages and takes no cursor of another search", async () => {
  const { api } = await stage();
  const first = await json<Page>(await api.ask("GET", "/records/accounts?search=acme&limit=3"));
  const cursor = `&cursor=${first.next}`;
  const second = await json<Page>(await api.ask("GET", `/records/accounts?search=acme&limit=3${cursor}`));
  expect([first.rows.length, second.rows.length, second.next]).toEqual([3, 2, null]);
  const other = await api.ask("GET", `/records/accounts?search=fr&limit=3${cursor}`);
  expect(await json(other)).toMatchObject({ status: 400, code: "cursor_invalid" });
});

test("a search does not find by what the role does not see", async () => {
  const { api } = await stage();
  expect(await foundBy(api, limit)).toBe(5);
  expect(await foundBy(api, limit, { token: api.tokens.sales })).toBe(0);
});
