import { describe, expect, it } from "vitest";
import { decode, encode, linkTarget, start, toldNext } from "./cursor.ts";

describe("a link to the next page", () => {
  it.each([
    ['</a?page=2>; rel="next", </a?page=9>; rel="last"', "/a?page=2"],
    ['</a?page=1>; rel="prev", <https://x.test/a?page=3>; title="a, b"; rel=next', "https://x.test/a?page=3"],
    ['</a?page=4>; rel="last next"', "/a?page=4"],
    ['</a?page=1>; rel="prev"', undefined],
    ["", undefined],
  ])("%s", (header, link) => {
    expect(toldNext({ kind: "link", header: "Link" }, { body: null, headers: { link: header } })).toBe(link);
  });

  it("never leaves the address of the connection", () => {
    expect(linkTarget("https://evil.test/api/v1/a?x=1&y=%20", "/api/v1")).toEqual({
      path: "/api/v1/a",
      query: { x: "1", y: " " },
    });
  });

  it("leaves what stands before the base to the address", () => {
    expect(linkTarget("https://x.test/erp/api/v1/a", "/api/v1").path).toBe("/api/v1/a");
    expect(linkTarget("https://x.test/erp/api/v10/a", "/api/v1").path).toBe("/erp/api/v10/a");
    expect(linkTarget("?page=2", "").query).toEqual({ page: "2" });
  });

  it("keeps a query in which a name stands twice in the path", () => {
    expect(linkTarget("/a?f=1&f=2", "")).toEqual({ path: "/a?f=1&f=2", query: {} });
  });

  it("is refused when it is no address", () => {
    expect(() => linkTarget("http://", "")).toThrow("no address");
  });
});

describe("our own cursor", () => {
  it("comes back as it went", () => {
    const position = { ...start, pages: 3, at: "c;1", lastId: "9" };
    expect(decode(encode(position))).toEqual(position);
    expect(decode(null)).toEqual(start);
  });

  it.each(["h1:", "h1:[]", "x", ""])("%j is none of ours", (text) => {
    expect(() => decode(text)).toThrow("none of ours");
  });
});
