import { request } from "node:https";
import { text } from "node:stream/consumers";
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import { testCertificate } from "../platform/testing/certificate.ts";
import { askerOf, trusting } from "./forwarded.ts";
import { listen } from "./serve.ts";
import type { Listening, ListenOptions } from "./serve.ts";

const app = (): Hono =>
  new Hono().get("/", (context) => context.json(Object.fromEntries(context.req.raw.headers)));

let up: Listening | undefined;
afterEach(async () => {
  await up?.close();
  up = undefined;
});
const start = async (more: Partial<ListenOptions>): Promise<string> => {
  up = await listen(app(), { host: "127.0.0.1", port: 0, ...more });
  return up.url;
};

describe("with a certificate of its own", () => {
  it("speaks HTTPS, tells browsers to stay there, and speaks no TLS below 1.2", async () => {
    const own = testCertificate();
    const tls = { certificate: own.certificate, key: () => own.key };
    const url = await start({ tls });
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const ask = (more: object): Promise<{ readonly body: string; readonly strict: unknown }> =>
      new Promise((resolve, reject) => {
        const sent = request(url, { ca: own.certificate, agent: false, ...more }, (answer) => {
          const strict = answer.headers["strict-transport-security"];
          text(answer).then((body) => resolve({ body, strict }), reject);
        });
        sent.on("error", reject).end();
      });
    const { body, strict } = await ask({});
    expect(JSON.parse(body)).toMatchObject({ "x-forwarded-proto": "https" });
    expect(strict).toBe("max-age=31536000");
    await expect(ask({ maxVersion: "TLSv1.1", minVersion: "TLSv1" })).rejects.toThrow(
      /alert|version|protocol/i,
    );
    await expect(ask({ ca: testCertificate().certificate })).rejects.toThrow(/self-signed/);
  });
});

describe("what a request says of where it comes from", () => {
  const claims = {
    connection: "close",
    "x-forwarded-for": "203.0.113.9, 10.0.0.5",
    "x-forwarded-proto": "https",
    "X-Real-IP": "203.0.113.9",
    forwarded: "for=203.0.113.9;proto=https",
    "x-forwarded-host": "evil.example.com",
  };
  const asked = async (url: string): Promise<{ readonly [name: string]: string }> => {
    const answer = await fetch(url, { headers: claims });
    const strict = answer.headers.get("strict-transport-security") ?? "none";
    return { ...((await answer.json()) as object), strict };
  };

  it("is dropped when nobody is trusted", async () => {
    const seen = await asked(await start({}));
    expect(seen).toMatchObject({
      // A proxy on this machine that nobody named may ask for anybody.
      "x-forwarded-for": "",
      "x-forwarded-proto": "http",
      strict: "none",
    });
    for (const name of ["forwarded", "x-real-ip", "x-forwarded-host"]) expect(seen[name]).toBeUndefined();
  });

  it("counts from a trusted proxy, up to the last one that a trusted one has seen", async () => {
    const seen = await asked(await start({ trustedProxies: ["127.0.0.0/8", "10.0.0.5"] }));
    const strict = "max-age=31536000";
    expect(seen).toMatchObject({ "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", strict });
    expect(seen["x-forwarded-host"]).toBeUndefined();
  });

  it.each([
    ["from nobody trusted, a claim is none", "198.51.100.1", "1.1.1.1", "198.51.100.1"],
    ["a proxy on this machine that nobody named", "127.0.0.1", "198.51.100.7", ""],
    ["one proxy", "10.0.0.1", "198.51.100.7", "198.51.100.7"],
    ["what stands further left is anybody's", "10.0.0.1", "1.1.1.1, 198.51.100.7, 10.9.9.9", "198.51.100.7"],
    ["all of them trusted: the first", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["no address ends it", "10.0.0.1", "198.51.100.7, evil, 10.0.0.2", "10.0.0.2"],
    ["nothing said", "10.0.0.1", "", "10.0.0.1"],
    ["a proxy that shows as IPv4 inside of IPv6", "::ffff:10.0.0.1", "2001:db8::7", "2001:db8::7"],
  ])("%s", (_what, peer, told, address) => {
    const headers = { "x-forwarded-for": told };
    expect(askerOf({ headers, peer, isTls: false }, trusting(["10.0.0.0/8"])).address).toBe(address);
  });

  it("of its scheme counts the word of the proxy nearest to us", () => {
    const secure = (proto: string): boolean =>
      askerOf(
        { headers: { "x-forwarded-proto": proto }, peer: "fd00::1", isTls: false },
        trusting(["fd00::/8"]),
      ).isSecure;
    expect([secure("https"), secure("https, http"), secure("http, HTTPS"), secure("")]).toEqual([
      ...[true, false, true, false],
    ]);
  });
});
