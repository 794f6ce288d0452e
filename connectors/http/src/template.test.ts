import { describe, expect, it } from "vitest";
import {
  both,
  isBroken,
  render,
  renderAddress,
  renderPath,
  renderTexts,
  scopeOf,
  variablesOf,
} from "./template.ts";
import type { Json } from "./wire.ts";

/** `<x>` stands for a template here, so that these texts are no templates of JavaScript. */
function t(template: Json): Json {
  return JSON.parse(
    JSON.stringify(template).replaceAll(/<([\w.]*)>/g, (_match, name: string) => `\${${name}}`),
  ) as Json;
}
const text = (template: string): string => t(template) as string;

const scope = scopeOf({
  id: 7,
  name: "A/B c",
  none: undefined,
  nothing: null,
  patch: { "a.b": 1, note: "<id>", deep: { x: "y" } },
  ids: [1, "b"],
});

describe("a template", () => {
  it.each([
    ["<id>", 7],
    ["<patch.deep>", { x: "y" }],
    ["<patch.deep.x>", "y"],
    ["<patch.a.b>", 1],
    ["x <id> y", "x 7 y"],
    ["<nothing>", null],
    ["x <nothing>", undefined],
    ["<none>", undefined],
    ["x <unknown>", undefined],
    ["plain", "plain"],
    [5, 5],
  ])("%j keeps the type alone and becomes text inside text", (template, value) => {
    expect(render(t(template), scope)).toEqual(value);
  });

  it("leaves out keys without value, and elements of lists whole, however deep", () => {
    const template = {
      a: "<id>",
      b: "<none>",
      c: { d: "<none>" },
      e: [{ f: 1, g: { h: ["<none>"] } }, { f: "<id>" }],
    };
    expect(render(t(template), scope)).toEqual({ a: 7, c: {}, e: [{ f: 7 }] });
  });

  it("spreads a map into the one around it; later keys win", () => {
    expect(render(t({ "...": "<patch.deep>", id: "<id>", x: "z" }), scope)).toEqual({ x: "z", id: 7 });
  });

  it("never takes a value for a template", () => {
    const tricky = scopeOf({ patch: { note: text("<id>") }, id: 1 });
    expect(render(t({ body: "<patch>" }), tricky)).toEqual({ body: { note: text("<id>") } });
    expect(render(t("<patch.note>!"), tricky)).toBe(text("<id>!"));
  });

  it("writes a plain opening when it is doubled", () => {
    expect(render(`a $${text("<id>")}`, scope)).toBe(text("a <id>"));
    expect(variablesOf(`a $${text("<id>")}`)).toEqual([]);
  });

  it("is broken when it is not closed", () => {
    expect(isBroken("a ${id")).toBe(true);
    expect(isBroken(text("a <>"))).toBe(true);
    expect(isBroken(text("a <id> $"))).toBe(false);
  });

  it("names its variables", () => {
    expect(variablesOf(t({ a: ["<x> <y.z>"], b: 1, c: null }))).toEqual(["x", "y.z"]);
  });
});

describe("a request", () => {
  it("percent-encodes values of a path, and only those", () => {
    expect(renderPath(text("/a b/<name>/<id>"), scope)).toBe("/a b/A%2FB%20c/7");
    expect(renderPath(text("/<none>"), scope)).toBeUndefined();
  });

  it("leaves variables of the options in an address as they are", () => {
    const site = both(scopeOf({ variable: { site: "https://x.test/a" } }), scope);
    expect(renderAddress(text("<variable.site>/<name>"), site)).toBe("https://x.test/a/A%2FB%20c");
  });

  it("sends maps of the description as JSON text, lists of values joined by commas", () => {
    const query = {
      a: "<id>",
      b: "<none>",
      c: { d: "<name>" },
      e: "<ids>",
      f: "x<ids>",
      g: [1, 2],
      h: null,
      i: true,
    };
    expect(renderTexts(t(query) as { [name: string]: Json }, scope)).toEqual({
      a: "7",
      c: '{"d":"A/B c"}',
      e: "1,b",
      f: "x1,b",
      g: "[1,2]",
      i: "true",
    });
  });
});
