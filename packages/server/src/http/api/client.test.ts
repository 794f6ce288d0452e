import { createClient, CrossfootProblem } from "@crossfoot/client";
import type { Client } from "@crossfoot/client";
import { describe, expect, it } from "vitest";
import { fuzzWorld } from "../testing/fuzz-world.ts";
import type { FuzzWorld } from "../testing/fuzz-world.ts";

/** A client of the API itself, without a wire between them. */
function clientOf({ api, tokens }: FuzzWorld, role: keyof FuzzWorld["tokens"] = "administrator"): Client {
  return createClient({
    baseUrl: "http://localhost",
    key: tokens[role],
    fetch: async (address, init) => api.fetch(new Request(address, init)),
  });
}

describe("the client, asking the API", () => {
  it("reads every row of a list over its pages, and records by either name", async () => {
    const world = await fuzzWorld();
    const client = clientOf(world);
    const whole = await client.call("listRecords", { path: { entity: "accounts" } });
    expect(whole.body.rows.length).toBeGreaterThan(1);
    const links: string[] = [];
    const pages = client.rows("listRecords", { path: { entity: "accounts" }, query: { limit: 1 } });
    for await (const { link } of pages) links.push(link);
    expect(links).toEqual(whole.body.rows.map(({ link }) => link));
    for (const { link, members } of whole.body.rows)
      for (const { connection, id } of members) {
        const path = { entity: "accounts", id: `${connection}:${id}` } as const;
        expect((await client.call("getRecord", { path })).body.link).toBe(link);
      }
    await world.api.close();
  });

  it("makes a plan, sees it under its ETag, and applies it under one key", async () => {
    const world = await fuzzWorld();
    const client = clientOf(world);
    const made = await client.call("makePlan", { body: {} });
    if (made.status !== 201) throw new Error("it goes on");
    const path = { id: made.body.id };
    const shown = await client.call("getPlan", { path });
    expect(await client.ifChanged("getPlan", { path }, { etag: shown.etag ?? "" })).toBeNull();
    const options = { idempotencyKey: "apply-0001" };
    const first = await client.call("applyPlan", { path, body: {} }, options);
    expect((await client.call("applyPlan", { path, body: {} }, options)).body).toEqual(first.body);
    expect(await client.ifChanged("getPlan", { path }, { etag: shown.etag ?? "" })).not.toBeNull();
    await world.api.close();
  });

  it("tells refusals by their codes, with the request's name as the server has it", async () => {
    const world = await fuzzWorld();
    const refused: unknown = await clientOf(world, "viewer")
      .call("applyPlan", { path: { id: "p-0" }, body: {} })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CrossfootProblem);
    expect(refused).toMatchObject({ code: "role_refused", status: 403 });
    const unknown = clientOf(world).call("getRecord", { path: { entity: "orders", id: "crm:nobody" } });
    await expect(unknown).rejects.toMatchObject({
      code: "record_unknown",
      requestId: expect.any(String) as string,
    });
    await world.api.close();
  });
});
