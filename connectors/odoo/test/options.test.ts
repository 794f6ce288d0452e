import { describe, expect, it } from "vitest";
import { checkOptions, readOptions } from "../src/options.ts";

const needed = { database: "d", user: "u", key: "k" };
const paths = (options: Parameters<typeof checkOptions>[0]): readonly string[] =>
  checkOptions(options).map(({ path }) => path);

describe("options of Odoo", () => {
  it("are database, user and key; everything else has a default", () => {
    expect(paths({})).toEqual(["database", "user", "key"]);
    expect(paths(needed)).toEqual([]);
    expect(readOptions(needed)).toMatchObject({
      version: null,
      protocol: "auto",
      language: "en_US",
      timeZone: "UTC",
      partnerReference: "x_crossfoot_reference",
      longestTransactionSeconds: 120,
    });
  });

  it("name each wrong value: an unknown name, an old version, a zone that is none", () => {
    const wrong = {
      ...needed,
      version: 16,
      protocol: "json2",
      timeZone: "Berlin",
      language: "English",
      webClient: "erp",
      orderReference: "note",
      keys: "k",
    };
    expect(paths(wrong).toSorted()).toEqual([
      "keys",
      "language",
      "orderReference",
      "protocol",
      "timeZone",
      "version",
      "webClient",
    ]);
    expect(paths({ ...needed, version: "19" })).toEqual(["version"]);
  });
});
