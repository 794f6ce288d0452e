import { expect, it } from "vitest";
import { createLocalHttp } from "./http-local.ts";

it("hands the request to the function and answers as over the wire", async () => {
  const http = createLocalHttp(
    async (request) => {
      const { method, url } = request;
      const headers = new Headers({ "X-A": "1" });
      headers.append("set-cookie", "a=1");
      headers.append("set-cookie", "b=2");
      const body = `${method} ${url} ${request.headers.get("if-match")} ${await request.text()}`;
      return new Response(body, { status: 207, headers });
    },
    { baseUrl: "http://twin.invalid/crm" },
  );
  const headers = { "if-match": "3" };
  const reply = await http({ method: "POST", path: "/accounts", query: { q: "ü" }, headers, body: "{}" });
  expect(reply.status).toBe(207);
  expect(reply.headers).toMatchObject({ "x-a": "1", "set-cookie": "a=1\nb=2" });
  expect(reply.body).toBe("POST http://twin.invalid/crm/accounts?q=%C3%BC 3 {}");
});

it("a rejection may have been received, unless it says that nothing was sent", async () => {
  const call = (error: Error): Promise<unknown> => {
    const fail = async (): Promise<Response> => {
      throw error;
    };
    return createLocalHttp(fail)({ method: "GET", path: "x" });
  };
  await expect(call(new Error("cut"))).rejects.toMatchObject({ name: "TransportError", phase: "after_send" });
  const unsent = Object.assign(new Error("refused"), { phase: "before_send" });
  await expect(call(unsent)).rejects.toMatchObject({ phase: "before_send" });
});

it("an answer that does not come in time may have been received", async () => {
  const http = createLocalHttp(() => Promise.withResolvers<Response>().promise, { timeoutMs: 5 });
  await expect(http({ method: "GET", path: "x" })).rejects.toMatchObject({ phase: "after_send" });
});
