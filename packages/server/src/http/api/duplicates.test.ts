import { describe, expect, it } from "vitest";
import { build, request } from "../../runtime/testing/consolidation-scene.ts";
import { doubled } from "../../runtime/testing/unlinked-scene.ts";
import { apiWorld } from "../testing/api-world.ts";
import type { ApiWorld } from "../testing/api-world.ts";

interface Cluster {
  readonly id: string;
  readonly state: string;
  readonly owner: string | null;
  readonly dueAt: string;
  readonly closedBy: string | null;
  readonly records: readonly { readonly label: string }[];
}

const rowsOf = async (
  { ask }: Pick<ApiWorld, "ask">,
  query: string,
  more = {},
): Promise<readonly Cluster[]> =>
  ((await (await ask("GET", `/duplicates${query}`, more)).json()) as { readonly rows: readonly Cluster[] })
    .rows;

/** Status, and the code of a problem or the state of a cluster. */
async function told(response: Response): Promise<readonly unknown[]> {
  const body = (await response.json()) as { readonly code?: string; readonly state?: string };
  return [response.status, body.code ?? body.state ?? body];
}

describe("clusters of duplicates", () => {
  it("are listed by state, said to be apart, reopened and assigned, as by the command line", async () => {
    const scene = await build();
    const api = await apiWorld(scene.engine);
    const { ask } = api;
    const decide = (body: object, id = scene.cluster) =>
      ask("POST", `/duplicates/${id}/decision`, { body }).then((each) => told(each));
    const open = await rowsOf(api, "?entity=accounts");
    expect(open.map(({ id }) => id)).toContain(scene.cluster);
    expect(await rowsOf(api, "?entity=contacts")).toEqual([]);
    const first = (await (await ask("GET", "/duplicates?limit=1")).json()) as { readonly next: string };
    expect(await rowsOf(api, `?limit=1&cursor=${first.next}`)).toEqual(open.slice(1));
    // A page of open ones does not go on among those that are apart.
    const other = await ask("GET", `/duplicates?state=apart&cursor=${first.next}`);
    expect(await told(other)).toEqual([400, "cursor_invalid"]);

    expect(await decide({ word: "assign", owner: "ben", due: "2026-02-14" })).toEqual([200, "open"]);
    const assigned = (await rowsOf(api, "")).find(({ id }) => id === scene.cluster);
    expect([assigned?.owner, assigned?.dueAt]).toEqual(["ben", "2026-02-14T00:00:00.000Z"]);
    expect(await decide({ word: "apart" })).toEqual([200, "apart"]);
    expect(await rowsOf(api, "")).toEqual([]);
    const apart = await rowsOf(api, "?state=apart");
    expect(apart.find(({ id }) => id === scene.cluster)?.closedBy).toContain("administrator");
    expect(await decide({ word: "reopen" })).toEqual([200, "open"]);
    const ids = (clusters: readonly Cluster[]) => clusters.map(({ id }) => id).toSorted();
    expect(ids(await rowsOf(api, ""))).toEqual(ids(open));
  });

  it("are refused a word that is none, a day that is over, and what is consolidated", async () => {
    const scene = await build();
    const { ask } = await apiWorld(scene.engine);
    const decide = (body: object, id = scene.cluster) =>
      ask("POST", `/duplicates/${id}/decision`, { body }).then((each) => told(each));
    for (const body of [
      { word: "same" },
      { word: "assign" },
      { word: "apart", owner: "ben" },
      { word: "assign", due: "2026-01-30" },
      { word: "assign", due: "2026-02-30" },
      { word: "apart", by: "root" },
    ])
      expect([body, await decide(body)]).toEqual([body, [422, "request_invalid"]]);
    expect(await decide({ word: "apart" }, "d-none")).toEqual([404, "cluster_unknown"]);
    await scene.engine.apply(await scene.engine.consolidate({ cluster: scene.cluster, ...request }));
    for (const word of ["apart", "reopen"])
      expect(await decide({ word })).toEqual([409, "cluster_consolidated"]);
  });

  it("are shown without what a role does not see, and not told of an entity that is hidden", async () => {
    const scene = await build();
    const api = await apiWorld(scene.engine, {
      visibility: { viewer: { accounts: ["name"] }, operator: { accounts: ["*"] } },
    });
    const [seen] = await rowsOf(api, "", { token: api.tokens.viewer });
    expect(seen?.records.map(({ label }) => label)).toEqual(["", ""]);
    expect(await rowsOf(api, "", { token: api.tokens.operator })).toEqual([]);
    const hidden = await api.ask("POST", `/duplicates/${scene.cluster}/decision`, {
      token: api.tokens.operator,
      body: { word: "apart" },
    });
    expect(await told(hidden)).toEqual([404, "cluster_unknown"]);
    expect((await scene.engine.reviews()).clusters.map(({ id }) => id)).toContain(scene.cluster);
  });
});

describe("a decision about a record", () => {
  it("is taken back, twice as once, and refused where none was made or something came of it", async () => {
    const scene = await doubled();
    const { ask } = await apiWorld(scene.engine);
    const of = (id: string) => ({ entity: "accounts", connection: "crm", id });
    const undecide = (id: string) =>
      ask("POST", "/candidates/undecide", { body: of(id) }).then((each) => told(each));
    const before = await scene.engine.candidates();
    expect(await undecide("crm-none")).toEqual([404, "candidate_unknown"]);
    const decided = await ask("POST", "/candidates/decision", { body: { ...of(scene.twin), with: null } });
    expect(decided.status).toBe(200);
    expect(await scene.engine.candidates()).toEqual([]);
    for (const time of ["once", "twice"])
      expect([time, await undecide(scene.twin)]).toEqual([time, [200, { settled: true }]]);
    expect(await scene.engine.candidates()).toEqual(before);
    await ask("POST", "/candidates/decision", { body: { ...of(scene.twin), with: null } });
    await scene.engine.run();
    expect(await undecide(scene.twin)).toEqual([409, "candidate_taken"]);
  });
});
