import { describe, expect, it } from "vitest";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { getPath, parsePath, setPath } from "./mapping-path.ts";
import type { Path } from "./mapping-types.ts";

function pathOf(text: string): Path {
  const parsed = parsePath(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.path;
}

const get = (text: string, from: JsonMap): unknown => {
  const reached = getPath(pathOf(text), from);
  return reached.kind === "value"
    ? reached.value
    : reached.kind === "problem"
      ? reached.problem.code
      : "absent";
};

const set = (text: string, into: JsonMap, value: Json, addsMissing = true): unknown => {
  const placed = setPath(pathOf(text), into, { value, addsMissing });
  return placed.ok ? placed.map : placed.problem.code;
};

describe("parsing a path", () => {
  it("takes keys, rows and the record mark apart", () => {
    expect(pathOf("^a.list[kind=work].b c")).toEqual({
      text: "^a.list[kind=work].b c",
      root: "a",
      fromRecord: true,
      steps: [{ key: "a" }, { key: "list" }, { row: "kind", equals: "work", added: "work" }, { key: "b c" }],
    });
  });

  it("knows which value an added row gets, quotes make it text", () => {
    const added = (text: string): unknown => pathOf(text).steps[1];
    expect(added("a[k=true].x")).toMatchObject({ equals: "true", added: true });
    expect(added("a[k=12].x")).toMatchObject({ equals: "12", added: 12 });
    expect(added("a[k='12'].x")).toMatchObject({ equals: "12", added: "12" });
    expect(added("a[k=007].x")).toMatchObject({ equals: "007", added: "007" });
    expect(added("a[k=].x")).toMatchObject({ equals: "", added: "" });
  });

  it("takes an escaped point as part of the key", () => {
    expect(pathOf(String.raw`odata\.etag.x`).steps).toEqual([{ key: "odata.etag" }, { key: "x" }]);
  });

  it.each(["", ".", "a.", ".a", "a..b", "a[b].c", "a[b=c", "a]b", "[k=v].a", "a[k=v]", "^", "=net", "a\\"])(
    "refuses %j",
    (text) => {
      expect(parsePath(text)).toHaveProperty("problem");
    },
  );

  it("refuses a path without end", () => {
    expect(parsePath("a.".repeat(30) + "a")).toHaveProperty("problem");
    expect(parsePath("a".repeat(501))).toHaveProperty("problem");
  });
});

describe("reading a path", () => {
  const record: JsonMap = {
    name: "N",
    empty: "",
    zero: 0,
    nothing: null,
    deep: { a: { b: 1 }, gone: null },
    phones: [
      "stray",
      { type: "home", number: "1" },
      { type: "work", number: "2" },
      { type: "work", number: "3" },
    ],
    flags: [
      { primary: true, x: "yes" },
      { primary: 7, x: "seven" },
    ],
  };

  it("tells absent, null, empty text and zero apart", () => {
    expect(get("missing", record)).toBe("absent");
    expect(get("nothing", record)).toBeNull();
    expect(get("empty", record)).toBe("");
    expect(get("zero", record)).toBe(0);
    expect(get("deep.missing.b", record)).toBe("absent");
    expect(get("deep.gone.b", record)).toBeNull();
    expect(get("nothing[a=b].c", record)).toBeNull();
  });

  it("takes the first row whose key has the text form", () => {
    expect(get("phones[type=work].number", record)).toBe("2");
    expect(get("flags[primary=true].x", record)).toBe("yes");
    expect(get("flags[primary=7].x", record)).toBe("seven");
    expect(get("phones[type=work].extension", record)).toBe("absent");
    expect(get("phones[type=fax].number", record)).toBeNull();
  });

  it("refuses to walk through text, maps as lists and lists as maps", () => {
    expect(get("name.first", record)).toBe("not_a_map");
    expect(get("deep[a=b].c", record)).toBe("not_a_list");
    expect(get("phones.number", record)).toBe("not_a_map");
  });

  it("does not see what only the prototype has", () => {
    expect(get("__proto__.x", {})).toBe("absent");
    expect(get("constructor", {})).toBe("absent");
    expect(get("__proto__.x", JSON.parse('{"__proto__":{"x":"own"}}') as JsonMap)).toBe("own");
  });
});

describe("setting a path", () => {
  it("leaves what it was given as it was, and keeps what stands beside", () => {
    const before: JsonMap = { a: { b: 1, keep: 2 }, other: [] };
    expect(set("a.b", before, 9)).toEqual({ a: { b: 9, keep: 2 }, other: [] });
    expect(before).toEqual({ a: { b: 1, keep: 2 }, other: [] });
  });

  it("adds maps and a row with its key", () => {
    expect(set("a.b.c", {}, 1)).toEqual({ a: { b: { c: 1 } } });
    expect(set("l[k=true].v", { l: [{ k: false, v: 0 }] }, 1)).toEqual({
      l: [
        { k: false, v: 0 },
        { k: true, v: 1 },
      ],
    });
    expect(set("l[k=x].v", { l: null }, 1)).toEqual({ l: [{ k: "x", v: 1 }] });
  });

  it("changes the first fitting row only", () => {
    const rows: JsonMap = {
      l: [
        { k: "x", v: 1, keep: 1 },
        { k: "x", v: 2 },
      ],
    };
    expect(set("l[k=x].v", rows, 3)).toEqual({
      l: [
        { k: "x", v: 3, keep: 1 },
        { k: "x", v: 2 },
      ],
    });
  });

  it("empties nothing where nothing is", () => {
    const bare: JsonMap = { a: null, l: [] };
    expect(set("a.b", bare, null, false)).toBe(bare);
    expect(set("l[k=x].v", bare, null, false)).toBe(bare);
    expect(set("a", bare, null, false)).toEqual({ a: null, l: [] });
  });

  it("refuses to put a map in the place of text", () => {
    expect(set("a.b", { a: "text" }, 1)).toBe("not_a_map");
    expect(set("a[k=v].b", { a: {} }, 1)).toBe("not_a_list");
  });

  it("does not pollute the prototype", () => {
    const polluted = set("__proto__.polluted", {}, true) as JsonMap;
    expect(Object.keys(polluted)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
