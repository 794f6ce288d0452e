import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkDescription } from "./check.ts";
import { compile, overlay } from "./compile.ts";
import { descriptionSchema } from "./json-schema.ts";
import { descriptionShape } from "./keys.ts";
import { manifestOf } from "./manifest.ts";
import type { Shape } from "./shape.ts";
import { isList, isMap } from "./wire.ts";
import type { Json, JsonMap } from "./wire.ts";

const root = new URL("../", import.meta.url);
const textAt = (path: string): string => readFileSync(new URL(path, root), "utf8");
/** A variable as it is written in a template. */
const variable = (name: string): string => `\${${name}}`;
const opening = "${";
const alder = parse(textAt("test/descriptions/alder.yaml")) as JsonMap;

/** The description with something laid over it, checked: one line for each problem. */
function problemsWith(over: JsonMap): readonly string[] {
  const laid = overlay(alder, over) as JsonMap;
  return checkDescription(laid).map(({ path, problem }) => `${path}: ${problem}`);
}

describe("a description that is fine", () => {
  it.each([
    "test/descriptions/alder.yaml",
    "test/descriptions/birch.yaml",
    "descriptions/twin-crm.yaml",
    "descriptions/twin-erp.yaml",
    "descriptions/espocrm.sketch.yaml",
    "descriptions/dolibarr.sketch.yaml",
  ])("%s has no problem", (path) => {
    expect(checkDescription(parse(textAt(path)) as Json)).toEqual([]);
  });

  it("says how far readings lag behind an answered write; nothing said is no lag", () => {
    const lagOf = (over: JsonMap): number | undefined =>
      manifestOf(compile(overlay(alder, over) as JsonMap)).readLagMs;
    expect([lagOf({}), lagOf({ clock: { readLagMs: 4_000 } })]).toEqual([0, 4_000]);
    expect(problemsWith({ clock: { readLagMs: 4_000 } })).toEqual([]);
    expect(problemsWith({ clock: { readLagMs: -1 } })).toHaveLength(1);
  });

  it("is the example of the documentation", () => {
    const page = textAt("../../docs/connect/http.md");
    const example = page.split("## A complete example")[1]?.split("```yaml")[1]?.split("```")[0] ?? "";
    expect(example).toContain("entities:");
    expect(checkDescription(parse(example) as Json)).toEqual([]);
  });
});

describe("a misspelt word", () => {
  it("is named with its path and the nearest known one", () => {
    expect(problemsWith({ titel: "x" })).toEqual(["titel: unknown key; did you mean title?"]);
    expect(problemsWith({ defaults: { list: { pagging: {} } } })).toEqual([
      "defaults.list.pagging: unknown key; did you mean paging?",
    ]);
    expect(
      problemsWith({ entities: { accounts: { get: { gone: [{ status: 404, knd: "deleted" }] } } } }),
    ).toEqual([
      "entities.accounts.get.gone.0.knd: unknown key; did you mean kind?",
      "entities.accounts.get.gone.0.kind: is missing; say what became of the record",
    ]);
  });

  it("lists what is known where nothing is near", () => {
    expect(problemsWith({ limits: { zzzzz: 1 } })).toEqual([
      "limits.zzzzz: unknown key; known here: requests, windowMs, concurrency, headers, windows",
    ]);
  });

  it("is found in a template", () => {
    const path = `/companies/${variable("idd")}`;
    expect(problemsWith({ entities: { accounts: { get: { path } } } })).toEqual([
      "entities.accounts.get.path: unknown variable idd; did you mean id?",
    ]);
  });

  it("is found in the name of a declared variable", () => {
    const problems = problemsWith({ variables: { site: null, sit: "" } });
    expect(problems).toEqual(["variables: does not declare site, which a template uses; add it"]);
  });
});

describe("a value of the wrong form", () => {
  it.each([
    [{ title: 5 }, "title: is a number, but needs text"],
    [{ auth: { kind: "magic" } }, "auth.kind: is text, but needs one of none, bearer, basic, header, oauth2"],
    [{ limits: { concurrency: 0 } }, "limits.concurrency: is no whole number from 1; write one"],
    [
      { defaults: { record: { absentIsNull: "yes" } } },
      "defaults.record.absentIsNull: is text, but needs true or false, or a list",
    ],
    [
      { entities: { accounts: { probe: "x" } } },
      "entities.accounts.probe: is text, but needs a map (path, rows)",
    ],
    [{ base: `/a/${opening}` }, `base: has a template that is not closed; write $${opening} for a plain one`],
  ])("%j", (over, line) => {
    expect(problemsWith(over as JsonMap)).toContain(line);
  });

  it("is the description itself", () => {
    expect(checkDescription("x")).toEqual([
      { path: "", problem: "a description is a map; see docs/connect/http.md" },
    ]);
  });
});

describe("something that is missing", () => {
  it("is asked for, after defaults were laid under the entity", () => {
    expect(
      checkDescription({ language: 1, title: "x", auth: { kind: "none" }, entities: { accounts: {} } }),
    ).toEqual([
      { path: "entities.accounts.object", problem: "is missing; say the system's own name" },
      {
        path: "entities.accounts.record",
        problem: "is missing; say where the parts of a record stand in a row",
      },
      { path: "entities.accounts.list", problem: "is missing; say the records (path, rows)" },
    ]);
  });

  it("is not asked for where a null took it away on purpose", () => {
    expect(problemsWith({ entities: { contacts: { probe: null } } })).toEqual([]);
    expect(problemsWith({ entities: { accounts: { list: { rows: null } } } })).toEqual([
      "entities.accounts.list.rows: is missing; say where the rows stand",
    ]);
  });

  it("is a null where there is nothing to take away", () => {
    const sparse = {
      language: 1,
      title: "x",
      auth: { kind: "none" },
      entities: { accounts: { probe: null } },
    };
    expect(checkDescription(sparse).map(({ path }) => path)).toContain("entities.accounts.probe");
  });
});

describe("parts that do not fit together", () => {
  const over = (accounts: JsonMap): JsonMap => ({ entities: { accounts } });
  it.each([
    [
      over({ list: { paging: { kind: "offset" } } }),
      "entities.accounts.list.paging: pages by offset, but no template uses",
    ],
    [over({ list: { paging: { next: null } } }), "entities.accounts.list.paging.next: is missing"],
    [
      over({ list: { paging: { kind: "offset", walk: "stamp" } } }),
      "entities.accounts.list.since.start: is missing",
    ],
    [over({ list: { paging: { walk: "stamp" } } }), "entities.accounts.list.paging.walk: needs kind offset"],
    [
      over({ list: { query: { since: null } } }),
      "entities.accounts.list.since: is said, but no template uses",
    ],
    [over({ list: { since: { zone: "Mars/Base" } } }), "entities.accounts.list.since.zone: is no time zone"],
    [
      over({ precondition: { body: "v" } }),
      "entities.accounts.precondition: needs one of header, body, query",
    ],
    [over({ record: { version: null } }), "entities.accounts.record.version: is missing"],
    [over({ reference: null }), "entities.accounts.reference.field: is missing"],
    [over({ record: { archived: null } }), "entities.accounts.record.archived: is missing"],
    [over({ record: { id: { as: "number" } } }), "entities.accounts.record.id: needs path, or join"],
    [
      over({ transitions: [{ from: "a", to: "b", via: "c", path: "/x" }] }),
      "entities.accounts.initialStatus: is missing",
    ],
    [over({ batch: { create: null, update: null } }), "entities.accounts.batch: needs create or update"],
    [over({ batch: { status: null } }), "entities.accounts.batch: needs ok or status"],
    [over({ batch: { body: { operations: null } } }), "entities.accounts.batch.body: needs"],
    [over({ get: { gone: [{ kind: "merged" }] } }), "entities.accounts.get.gone.0: needs status or when"],
    [
      over({ get: { gone: [{ status: 410, kind: "merged" }] } }),
      "entities.accounts.get.gone.0.into: is missing",
    ],
    [over({ with: { a: { path: "/x", rows: "r", max: 1 } } }), "entities.accounts.with.a: needs"],
    [{ auth: { token: null } }, "auth.token: is missing; bearer needs it"],
    [{ limits: { windowMs: null } }, "limits: needs requests and windowMs together"],
    [
      { limits: { windows: [{ name: "day", requests: 9 }] } },
      "limits.windows.0: needs either windowMs or zone",
    ],
    [
      { limits: { windows: [{ name: "day", requests: 9, zone: "Mars/Base" }] } },
      "limits.windows.0.zone: is no time zone",
    ],
    [
      { limits: { windows: [{ name: "window", requests: 9, windowMs: 1000 }] } },
      "limits.windows.0.name: is the name of another limit",
    ],
    [{ webhook: { signature: null } }, "webhook: needs signature or token"],
    [{ webhook: { timestamp: null } }, "webhook.timestamp: is missing"],
    [
      { webhook: { entity: { values: { deal: "deals" } } } },
      "webhook.entity: names deals, which is not among entities",
    ],
    [{ webhook: { entity: { path: null } } }, "webhook.entity: needs path and values, or is"],
    [{ errors: { bodies: [{ in: [1] }] } }, "errors.bodies.0: is a condition without a place"],
  ])("%j", (laid, line) => {
    expect(problemsWith(laid).find((one) => one.startsWith(line))).toBeDefined();
  });
});

describe("the JSON Schema", () => {
  it("is stored as it is made", () => {
    expect(JSON.parse(textAt("schema.json"))).toEqual(descriptionSchema());
  });

  it("knows the same keys as the checker", () => {
    const checker = new Set<string>();
    keysOfShape(descriptionShape, "", checker);
    const schema = new Set<string>();
    keysOfSchema(descriptionSchema(), { whole: descriptionSchema(), at: "" }, schema);
    expect(checker.size).toBeGreaterThan(400);
    expect([...schema].toSorted()).toEqual([...checker].toSorted());
  });
});

function keysOfShape(shape: Shape, at: string, keys: Set<string>): void {
  if (shape.is === "map") {
    for (const [key, one] of Object.entries(shape.keys)) {
      keys.add(`${at}.${key}`);
      keysOfShape(one, `${at}.${key}`, keys);
    }
  } else if (shape.is === "either") for (const one of shape.of) keysOfShape(one, at, keys);
  else if (shape.is === "list" || shape.is === "each") keysOfShape(shape.of, at, keys);
}

function keysOfSchema(
  schema: Json,
  from: { readonly whole: JsonMap; readonly at: string },
  keys: Set<string>,
): void {
  if (!isMap(schema)) return;
  const { $ref: reference, properties, items: ofList, additionalProperties, anyOf } = schema;
  if (typeof reference === "string") {
    const defined = from.whole["$defs"] as JsonMap;
    keysOfSchema(defined[reference.slice("#/$defs/".length)] ?? null, from, keys);
  }
  for (const [key, one] of Object.entries(isMap(properties) ? properties : {})) {
    const at = `${from.at}.${key}`;
    keys.add(at);
    keysOfSchema(one, { ...from, at }, keys);
  }
  for (const one of [ofList ?? null, additionalProperties ?? null, ...(isList(anyOf) ? anyOf : [])]) {
    keysOfSchema(one, from, keys);
  }
}
