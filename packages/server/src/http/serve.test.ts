import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { listen } from "./serve.ts";

const app = (): Hono => new Hono().get("/", (context) => context.text("here"));

describe("listen", () => {
  it("takes a free port for 0, serves, and stops", async () => {
    const { url, close } = await listen(app(), { host: "127.0.0.1", port: 0 });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(url, { headers: { connection: "close" } })).text()).toBe("here");
    await close();
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  it("says what to do when the port is taken", async () => {
    const first = await listen(app(), { host: "127.0.0.1", port: 0 });
    const port = Number(new URL(first.url).port);
    await expect(listen(app(), { host: "127.0.0.1", port })).rejects.toThrow("choose another with --port");
    await first.close();
  });
});
