import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../ports.ts";
import { systemClock } from "./clock.ts";
import { createHttp, type Http, type HttpOptions } from "./http.ts";
import type { HttpCall } from "./http-message.ts";
import { answer, rudeServer, type Behaviour, type RudeServer } from "./testing/rude-server.ts";
import { TransportError } from "./transport-error.ts";

const servers: RudeServer[] = [];
const clients: Http[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((http) => http.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function client(baseUrl: string, options: Partial<HttpOptions> = {}): Http {
  const http = createHttp({ baseUrl, timeoutMs: 5_000, clock: systemClock, ...options });
  clients.push(http);
  return http;
}

async function serve(behave: Behaviour, options: Partial<HttpOptions> = {}) {
  const server = await rudeServer(behave);
  servers.push(server);
  return { server, http: client(server.url, options) };
}

const read: HttpCall = { method: "GET", path: "x" };
const write: HttpCall = { method: "POST", path: "x", body: "{}" };

async function phaseOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof TransportError) return error.phase;
  throw new Error("a TransportError was expected", { cause: error });
}

describe("a call that is answered", () => {
  it("goes to the path below the base address, with query, headers and body", async () => {
    const server = await rudeServer((socket) =>
      socket.write(answer("ü", ["X-A: 1", "x-a: 2"], "418 Teapot")),
    );
    servers.push(server);
    const http = client(`${server.url}/api/v1`);
    const reply = await http({
      method: "PATCH",
      path: "/accounts/7?a=1",
      query: { b: "x y&z" },
      headers: { "if-match": '"3"' },
      body: '{"name":"ü"}',
    });
    expect(reply).toEqual({ status: 418, body: "ü", headers: { "content-length": "2", "x-a": "1, 2" } });
    const [received] = server.received;
    expect(received).toContain("PATCH /api/v1/accounts/7?a=1&b=x+y%26z HTTP/1.1\r\n");
    expect(received).toContain('if-match: "3"\r\n');
    expect(received).toContain('content-length: 13\r\n\r\n{"name":"ü"}');
    expect(received).not.toContain("accept-encoding");
  });

  it("takes an absolute address of the same origin, and sends nothing to another one", async () => {
    const { server, http } = await serve((socket) => socket.write(answer("")));
    await http({ method: "GET", path: `${server.url}/next?page=2` });
    expect(server.received[0]).toContain("GET /next?page=2 ");
    const away = http({ method: "GET", path: "http://evil.invalid/next" });
    await expect(away).rejects.toThrow("leads away");
    await http({ method: "GET", path: "//evil.invalid/x" });
    expect(server.received[1]).toContain("GET /evil.invalid/x ");
  });

  it("follows no redirect and keeps cookies apart", async () => {
    const headers = ["location: /y", "set-cookie: a=1", "set-cookie: b=2"];
    const { server, http } = await serve((socket) => socket.write(answer("", headers, "302 Found")));
    const reply = await http(read);
    expect([reply.status, reply.headers["location"]]).toEqual([302, "/y"]);
    expect(reply.headers["set-cookie"]).toBe("a=1\nb=2");
    expect(server.received).toHaveLength(1);
  });

  it("is read in its charset, or refused when it is not text of it", async () => {
    const latin = Buffer.concat([
      Buffer.from(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=iso-8859-1\r\ncontent-length: 1\r\n\r\n",
      ),
      Buffer.of(0xfc),
    ]);
    const broken = Buffer.concat([
      Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n"),
      Buffer.of(0xfc),
    ]);
    const { http } = await serve((socket, at) => socket.write(at === 1 ? latin : broken));
    expect((await http(read)).body).toBe("ü");
    await expect(http(read)).rejects.toThrow("not text of the charset utf-8");
  });
});

describe("nothing was sent", () => {
  it("when nobody listens, the name is unknown, or the other side speaks no TLS", async () => {
    const { server } = await serve((socket) => socket.end("this is no TLS"));
    expect(await phaseOf(client("http://127.0.0.1:1")(write))).toBe("before_send");
    expect(await phaseOf(client("http://nowhere.invalid")(write))).toBe("before_send");
    expect(await phaseOf(client(server.url.replace("http:", "https:"))(write))).toBe("before_send");
  });

  it("when its time is over while it waits for a connection", async () => {
    // The time of both is over by the clock once the first was received, whichever timer rings first.
    let jump = 0;
    const receive = (): void => {
      jump = 10_000;
    };
    const { server, http } = await serve(receive, {
      timeoutMs: 500,
      agentOptions: { connections: 1 },
      clock: { ...systemClock, monotonic: () => systemClock.monotonic() + jump },
    });
    const [first, second] = await Promise.all([
      phaseOf(http(write)),
      phaseOf(http({ ...write, path: "second" })),
    ]);
    expect([first, second]).toEqual(["after_send", "before_send"]);
    expect(server.received.join("")).not.toContain("second");
  });

  it.each(["now", "monotonic"] as const)("when the %s clock says that its time is over", async (which) => {
    let jump = 0;
    const clock: Clock = { ...systemClock, [which]: () => systemClock[which]() + jump };
    const { server, http } = await serve((socket) => socket.write(answer("")), { clock });
    const call = phaseOf(http(write));
    jump = 10_000;
    expect(await call).toBe("before_send");
    expect(server.received).toEqual([]);
  });

  it("when a header cannot be written", async () => {
    const { server, http } = await serve((socket) => socket.write(answer("")));
    expect(await phaseOf(http({ ...write, headers: { "x-a": "line\r\nbreak" } }))).toBe("before_send");
    expect(server.received).toEqual([]);
  });
});

describe("it may have been received", () => {
  it.each<[string, Behaviour]>([
    ["no answer comes in time", () => undefined],
    ["the connection is reset", (socket) => socket.resetAndDestroy()],
    ["the connection is closed without an answer", (socket) => socket.end()],
    ["the answer is no HTTP", (socket) => socket.write("hello\r\n\r\n")],
    ["the body is cut", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")],
    ["the body never ends", (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")],
    [
      "the body is announced too long",
      (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n"),
    ],
    ["the body is compressed", (socket) => socket.write(answer("x", ["content-encoding: br"]))],
  ])("when %s", async (_what, behave) => {
    const { server, http } = await serve(behave, { timeoutMs: 300 });
    expect(await phaseOf(http(write))).toBe("after_send");
    expect(server.received).toHaveLength(1);
  });

  it("when a kept connection turns out to be closed, and it is not sent again", async () => {
    const { server, http } = await serve((socket, at) => {
      if (at === 1) socket.write(answer("first"));
      else socket.resetAndDestroy();
    });
    expect((await http(write)).body).toBe("first");
    expect(await phaseOf(http(write))).toBe("after_send");
    expect(server.received).toHaveLength(2);
  });

  it("when the body grows too long", async () => {
    const piece = Buffer.alloc(1 << 20, 120);
    const { http } = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      for (let count = 0; count < 34; count += 1) socket.write(piece);
    });
    await expect(http(read)).rejects.toThrow("more than 33554432 bytes");
  });
});
