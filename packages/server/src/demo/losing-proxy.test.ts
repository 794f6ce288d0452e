import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLosingProxy } from "./losing-proxy.ts";
import type { LosingProxy } from "./losing-proxy.ts";

describe("the losing proxy", () => {
  const carriedOut: string[] = [];
  const server = createServer((incoming, outgoing) => {
    let body = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (text: string) => (body += text));
    incoming.once("end", () => {
      carriedOut.push(body);
      outgoing.writeHead(200, { "x-path": incoming.url ?? "" }).end(`answer ${carriedOut.length}`);
    });
  });
  const isMaking = ({ body }: { readonly body: string }): boolean =>
    (JSON.parse(body) as { readonly method?: string }).method === "make";
  let proxy: LosingProxy;
  const call = (method: string): Promise<Response> =>
    fetch(`${proxy.url}/db/`, { method: "POST", body: JSON.stringify({ method }) });

  beforeAll(async () => {
    await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
    proxy = await startLosingProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, isMaking);
  });
  afterAll(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });

  it("passes calls on as they are", async () => {
    const answer = await call("make");
    expect([answer.status, answer.headers.get("x-path"), await answer.text()]).toEqual([
      200,
      "/db/",
      "answer 1",
    ]);
    expect(proxy.lost()).toBe(0);
  });

  it("loses one answer after the server has done its work, and of the named method only", async () => {
    proxy.loseNext();
    expect(await (await call("read")).text()).toBe("answer 2");
    await expect(call("make")).rejects.toThrow("fetch failed");
    expect(carriedOut.length).toBe(3);
    expect(proxy.lost()).toBe(1);
    expect(await (await call("make")).text()).toBe("answer 4");
  });
});
