import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allRules } from "../src/all-rules.ts";
import { rooms } from "../src/arrows-table.ts";
import { bannedWordIn, wordsOf } from "../src/banned-words.ts";
import { canaryFaults } from "../src/run.ts";

describe("house rules", () => {
  it.each(allRules.map((rule) => [rule.name, rule] as const))(
    "%s fires on its canaries only",
    (_name, rule) => {
      expect(canaryFaults(rule)).toEqual([]);
    },
  );

  it("runs every rule that has a file", () => {
    const files = readdirSync(new URL("../src/rules", import.meta.url)).map((file) =>
      file.replace(".ts", ""),
    );
    expect(allRules.map((rule) => rule.name).toSorted()).toEqual(files.toSorted());
  });
});

describe("the arrow table", () => {
  it("names only rooms that it has", () => {
    const known = new Set(rooms.map((room) => room.name));
    const named = rooms.flatMap((room) => (room.rooms === "*" ? [] : room.rooms));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it("lets nothing but the composition and the outside see the server's composition", () => {
    const seers = rooms.filter((room) => room.rooms.includes("server/main")).map((room) => room.name);
    expect(seers.toSorted()).toEqual([
      "server/compose",
      "server/demo",
      "server/index",
      "server/main",
      "server/testing",
    ]);
  });
});

describe("banned words", () => {
  it.each([
    ["leaseExpiresAt", ["lease", "expires", "at"]],
    ["HTTPServiceInfo", ["http", "service", "info"]],
    ["RETRY_DELAY_MS_MAX", ["retry", "delay", "ms", "max"]],
    ["old2", ["old2"]],
  ])("splits %s into words", (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });

  it.each(["newState", "XMLData", "exactlyOnce", "ITEM_LIST"])("refuses %s", (name) => {
    expect(bannedWordIn(wordsOf(name))).not.toBeNull();
  });

  it.each(["newest", "metadata", "handler", "processed", "onceExactly", "objectName"])(
    "allows %s",
    (name) => {
      expect(bannedWordIn(wordsOf(name))).toBeNull();
    },
  );
});
