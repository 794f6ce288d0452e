import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Resolve } from "./address-guard.ts";
import { whyNot, whyNotHost } from "./address-guard.ts";
import { systemClock } from "./clock.ts";
import { createHttp } from "./http.ts";
import type { Http } from "./http.ts";

const hostOf = (address: string): string => new URL(address).hostname;
const refused = (address: string, isLocalAllowed = false): boolean =>
  whyNotHost({ host: hostOf(address), isLocalAllowed }) !== null;

describe("a host that is an address", () => {
  it.each([
    ...["http://169.254.169.254", "http://169.254.0.1:8080", "http://0.0.0.0", "http://0.1.2.3"],
    // The same one as a decimal, a hexadecimal, an octal number, in parts, shortened, with a point.
    ...["http://2852039166", "http://0xa9fea9fe", "http://0251.0376.0251.0376", "http://0xA9.254.0251.254"],
    ...["http://169.254.43518", "http://169.254.169.254.", "http://0", "http://１６９.254.169.254"],
    ...["http://100.100.100.200", "http://168.63.129.16", "http://192.0.0.192"],
    ...["http://[fe80::1]", "http://[febf::1]", "http://[fd00:ec2::254]", "http://[::]"],
    // IPv4 inside of IPv6: mapped, compatible, NAT64, 6to4.
    ...["http://[::ffff:169.254.169.254]", "http://[::ffff:a9fe:a9fe]", "http://[::169.254.169.254]"],
    ...["http://[64:ff9b::a9fe:a9fe]", "http://[2002:a9fe:a9fe::1]", "http://[0:0:0:0:0:ffff:0:0]"],
  ])("%s is refused, and allowed where it is said", (address) => {
    expect(refused(address)).toBe(true);
    expect(refused(address, true)).toBe(false);
  });

  it.each([
    ...["http://127.0.0.1:8069", "http://[::1]:8069", "http://localhost", "http://[::ffff:127.0.0.1]"],
    ...["http://10.0.0.7", "http://192.168.1.4", "http://172.16.0.1", "http://[fd00::7]", "http://8.8.8.8"],
    ...["http://169.253.1.1", "http://[2001:db8::1]", "http://erp.example.com"],
  ])("%s is not", (address) => {
    expect(refused(address)).toBe(false);
  });
});

describe("a name is judged by what it leads to, at each connection", () => {
  let url: string;
  let asked = 0;
  let http: Http;
  const server = createServer((_request, response) => {
    asked += 1;
    response.setHeader("connection", "close").end("{}");
  });
  beforeEach(async () => {
    asked = 0;
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    url = `http://erp.example.com:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    await http.close();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const leading = (addresses: readonly string[]): Resolve => {
    let turn = 0;
    return (_host, _options, done) => {
      const found = (addresses[turn++] ?? "").split(" ");
      const rows = found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      queueMicrotask(() => done(null, rows));
    };
  };
  const open = (baseUrl: string, more: { resolve: Resolve; isLocalAllowed?: boolean }): void => {
    http = createHttp({ baseUrl, timeoutMs: 5_000, clock: systemClock, ...more });
  };

  it.each(["169.254.169.254", "8.8.8.8 169.254.169.254", "::ffff:a9fe:a9fe", "fe80::1", "127.0.0.1", "::1"])(
    "%s is refused before anything is sent",
    async (addresses) => {
      open(url, { resolve: leading([addresses]) });
      await expect(http({ method: "GET", path: "/x" })).rejects.toMatchObject({
        phase: "before_send",
        message: expect.stringMatching(/leads to (a link-local|this machine)/) as string,
      });
      expect(asked).toBe(0);
    },
  );

  it("a name that leads elsewhere at the second connection is refused there (DNS rebinding)", async () => {
    const localhost = url.replace("erp.example.com", "localhost");
    open(localhost, { resolve: leading(["127.0.0.1", "169.254.169.254"]) });
    expect((await http({ method: "GET", path: "/x" })).status).toBe(200);
    await expect(http({ method: "GET", path: "/x" })).rejects.toThrow("leads to a link-local");
    expect(asked).toBe(1);
  });

  it("is let through where crossfoot.yaml says so", async () => {
    open(url, { resolve: leading(["127.0.0.1"]), isLocalAllowed: true });
    expect((await http({ method: "GET", path: "/x" })).status).toBe(200);
  });

  it("and a redirect is an answer like any other: nobody follows it", async () => {
    const other = createServer((_request, response) => {
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end();
    });
    await new Promise<void>((resolve) => {
      other.listen(0, "127.0.0.1", resolve);
    });
    http = createHttp({
      baseUrl: `http://127.0.0.1:${(other.address() as AddressInfo).port}`,
      ...{ timeoutMs: 5_000, clock: systemClock },
    });
    expect((await http({ method: "GET", path: "/x" })).status).toBe(302);
    await new Promise((resolve) => {
      other.close(resolve);
      other.closeAllConnections();
    });
  });

  it.each([
    ["an address of another host", { path: "http://169.254.169.254/x" }, "leads away"],
    ["two slashes before another host", { path: "//169.254.169.254/x" }, null],
    ["a path that climbs", { path: "/api/../admin" }, "only dots"],
    ["one that climbs in disguise", { path: "/api/%2e%2E/admin" }, "only dots"],
    [
      "a header that ends early",
      { path: "/x", headers: { a: "b\r\nhost: c" } },
      "header a holds a line break",
    ],
    ["a name of one that does", { path: "/x", headers: { "a\nb": "c" } }, "of some name holds a line break"],
  ])("%s reaches nobody else", async (_what, call, why) => {
    open(url.replace("erp.example.com", "127.0.0.1"), { resolve: leading([]) });
    const sent = http({ method: "GET", ...call });
    if (why === null) expect((await sent).status).toBe(200);
    else await expect(sent).rejects.toThrow(why);
    expect(asked).toBe(why === null ? 1 : 0);
  });
});

it("an address inside of another is told by its bits, whatever its form", () => {
  const reach = { host: "erp.example.com", isLocalAllowed: false };
  for (const address of ["fe80::1%eth0", "::ffff:169.254.1.1", "::ffff:7f00:1", "127.8.9.10"])
    expect(whyNot(reach, address)).not.toBeNull();
  for (const address of ["::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808", "::2:8.8.8.8"])
    expect(whyNot(reach, address)).toBeNull();
});
