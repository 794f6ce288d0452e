import { compileMapping } from "@crossfoot/connector-sdk";
import type { Json } from "@crossfoot/kernel";
import { entities, readContract } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { contractSchema } from "./contract-schema.ts";
import { crossfootSchema } from "./crossfoot-schema.ts";
import { checkSchema, writeSchema } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import { mappingSchema } from "./mapping-schema.ts";
import { optionTable } from "./option-table.ts";
import { readOption, variableOf } from "./option.ts";
import { referencePage } from "./reference-page.ts";
import { keyRoles } from "./key-roles.ts";

const reference = (name: string): string => `../../../../docs/reference/${name}`;

describe("generated reference (run vitest with -u to write it anew)", () => {
  it("configuration.md is the table of options", async () => {
    await expect(referencePage()).toMatchFileSnapshot(reference("configuration.md"));
  });

  it("the JSON Schemas are those of the declarations", async () => {
    await expect(writeSchema(crossfootSchema)).toMatchFileSnapshot(reference("crossfoot.schema.json"));
    await expect(writeSchema(contractSchema)).toMatchFileSnapshot(reference("contract.schema.json"));
    await expect(writeSchema(mappingSchema)).toMatchFileSnapshot(reference("mapping.schema.json"));
  });
});

describe("the table of options", () => {
  it("declares every option once, with a default that it accepts itself", () => {
    const paths = optionTable.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    const refused = optionTable.filter(
      (option) => option.fallback !== null && !readOption(option, option.fallback).ok,
    );
    expect(refused).toEqual([]);
  });

  it("gives each option a variable of its own, but none to secrets and maps", () => {
    const variables = optionTable.map((option) => variableOf(option)).filter((name) => name !== null);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables).toContain("CROSSFOOT_RETRY_DELAY_MAX");
    expect(variables).toContain("CROSSFOOT_CONNECTIONS_<NAME>_TIMEOUT_SECONDS");
    const hidden = optionTable.filter((option) => variableOf(option) === null).map(({ path }) => path);
    expect(hidden).toEqual([
      ...["store.url", "connections.*.secrets.*", "connections.*.options"],
      ...["subscriptions.*.secret", "subscriptions.*.nextSecret", "server.tls.key"],
      ...["people.oidc.clientSecret", "people.oidc.roles"],
      ...keyRoles.map((role) => `visibility.${role}`),
    ]);
  });
});

/** All properties of a schema by the path of their keys. */
function keysOf(schema: JsonSchema, path: readonly string[] = []): readonly (readonly string[])[] {
  const isField = schema.$ref === "#/$defs/field";
  const own = Object.entries((isField ? contractSchema.$defs?.["field"] : schema)?.properties ?? {});
  return own.flatMap(([key, inner]) => [[...path, key], ...keysOf(inner, [...path, key])]);
}

function nested(path: readonly string[], value: Json): Json {
  return path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
}

describe("schemas and the code that reads the files know the same keys", () => {
  it("every key of the contract's schema is known to the model", () => {
    const unknown = keysOf(contractSchema).filter((path) =>
      readContract(nested(path, {})).problems.some(({ problem }) => problem.startsWith("unknown")),
    );
    expect(unknown).toEqual([]);
  });

  it("every choice of the contract's schema is one that the model offers, and none is missing", () => {
    const terms = contractSchema.properties?.["entities"]?.properties?.["accounts"]?.properties ?? {};
    for (const key of ["direction", "policy", "onFirstLink", "onForeignEdit", "onDelete"]) {
      const choices = (terms[key]?.enum ?? []) as readonly string[];
      const { problems } = readContract(nested(["entities", "accounts", key], "no such choice"));
      expect(problems[0]?.problem).toBe(`\`${key}\` is one of ${choices.join(", ")}`);
    }
  });

  it("every key that the mapping's schema gives a field is taken by the compiler, and no other", () => {
    const kinds = { accounts: entities.accounts.fields };
    for (const [field, kind] of [
      ["name", "text"],
      ["industry", "code"],
      ["parent", "reference"],
    ] as const) {
      const properties =
        mappingSchema.$defs?.[kind]?.anyOf?.find((each) => each.properties)?.properties ?? {};
      const { problems = [] } = compileMapping(
        nested(["entities", "accounts", "fields", field], { zzz: 1, path: "x" }),
        kinds,
      );
      expect(problems[0]?.problem).toContain("unknown key");
      for (const key of Object.keys(properties)) {
        const json = nested(["entities", "accounts", "fields", field], { [key]: {} });
        const texts = (compileMapping(json, kinds).problems ?? []).map(({ problem }) => problem);
        expect(texts.filter((text) => text.includes("unknown key") || text.includes("does not fit"))).toEqual(
          [],
        );
      }
    }
  });
});

describe("checkSchema", () => {
  it("says what is expected where, in words", () => {
    const schema: JsonSchema = {
      type: "object",
      additionalProperties: false,
      required: ["a"],
      properties: { a: { enum: ["x", "y"] }, b: { type: "array", items: { type: "number", minimum: 0 } } },
    };
    expect(checkSchema(schema, { a: "x", b: [1] })).toEqual([]);
    expect(checkSchema(schema, { a: "z", b: [-1], c: 1 })).toEqual([
      { path: ["a"], problem: "`a` is one of x, y" },
      { path: ["b", "0"], problem: "element 1 is a number, 0 or more" },
      { path: ["c"], problem: "unknown key `c`" },
    ]);
    const shared = { $defs: { one: { enum: [1] } }, properties: { a: { $ref: "#/$defs/one" } } };
    expect(checkSchema(shared, { a: 2 })).toEqual([{ path: ["a"], problem: "`a` is one of 1" }]);
    expect(checkSchema(schema, {})).toEqual([{ path: [], problem: "`a` is missing here" }]);
  });
});
