import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { entities } from "@crossfoot/model";
import type { FieldKinds, Json } from "@crossfoot/kernel";
import { compileMapping, overlayMapping } from "./mapping-compile.ts";
import type { MappingProblem } from "./mapping-compile.ts";

const kinds: { readonly [entity: string]: FieldKinds } = Object.fromEntries(
  Object.values(entities).map((entity) => [entity.name, entity.fields]),
);

const doc = readFileSync(fileURLToPath(new URL("../../../docs/connect/mapping.md", import.meta.url)), "utf8");
const sample = parse(/```yaml\n([\s\S]*?)```/.exec(doc)?.[1] ?? "") as Json;

/** Problems of one account field, each as `key.path: problem (nearest)`. */
function faultsOf(field: string, json: Json, entity = "accounts"): readonly string[] {
  const { problems = [] } = compileMapping({ entities: { [entity]: { fields: { [field]: json } } } }, kinds);
  return problems.map(told);
}

function told({ path, problem, nearest }: MappingProblem): string {
  return `${path.slice(3).join(".")}: ${problem}${nearest === undefined ? "" : ` (${nearest})`}`;
}

const firstFault = (json: Json): MappingProblem | undefined => compileMapping(json, kinds).problems?.[0];

describe("the example of the document", () => {
  it("compiles against the nine entities", () => {
    const { mapping, problems } = compileMapping(sample, kinds);
    expect(problems).toBeUndefined();
    expect(mapping?.entities["accounts"]?.roots).toEqual([
      "addresses",
      "credit_limit",
      "currency",
      "email",
      "is_customer",
      "name",
      "number",
      "parent_id",
      "phones",
      "state",
      "terms",
    ]);
    expect(mapping?.entities["quotes"]?.roots).toEqual([
      "currency",
      "customer_id",
      "date",
      "gross",
      "lines",
      "tax",
    ]);
  });
});

describe("misspelt names", () => {
  it("come with the path of the key and the nearest known one", () => {
    expect(firstFault({ entitis: {} })).toMatchObject({ path: ["entitis"], nearest: "entities" });
    expect(firstFault({ entities: { acounts: {} } })).toEqual({
      path: ["entities", "acounts"],
      problem: "unknown entity `acounts`",
      nearest: "accounts",
    });
    expect(firstFault({ entities: { accounts: { feilds: {} } } })).toMatchObject({
      path: ["entities", "accounts", "feilds"],
      nearest: "fields",
    });
    expect(faultsOf("nmae", "x")).toEqual(["nmae: unknown field `nmae` (name)"]);
    expect(faultsOf("name", { pth: "x" })).toEqual(["name.pth: unknown key `pth` (path)"]);
    expect(faultsOf("paymentTerms", { path: "t", values: "paymentTrems" })[0]).toContain("no value map");
    expect(faultsOf("parent", { path: "p", ref: "acounts" })[0]).toContain("(accounts)");
    expect(faultsOf("date", { path: "d", form: "YYYMMDD" }, "quotes")[0]).toMatch(
      /unknown form.*\(YYYYMMDD\)$/,
    );
  });

  it("a value map is found by its nearest name", () => {
    const json = {
      valueMaps: { terms: { a: "A" } },
      entities: { accounts: { fields: { paymentTerms: { path: "t", values: "trems" } } } },
    };
    expect(firstFault(json)).toMatchObject({ nearest: "terms" });
  });

  it("have no nearest name when nothing is near", () => {
    expect(faultsOf("zzzzzzzzzz", "x")).toEqual([
      "zzzzzzzzzz: unknown field `zzzzzzzzzz`; a field of your own stands in contract.yaml, with its `kind`",
    ]);
  });

  it("are all reported at once", () => {
    const json = {
      entities: { accounts: { fields: { nmae: "x", emial: "y", name: { path: "n", maks: 1 } } }, quots: {} },
    };
    expect(compileMapping(json, kinds).problems).toHaveLength(4);
  });

  it("names of the prototype are unknown like any other", () => {
    expect(faultsOf("constructor", "x")).toHaveLength(1);
    expect(faultsOf("name", JSON.parse('{"path":"x","__proto__":{"a":1}}') as Json)).toHaveLength(1);
    expect(
      compileMapping(JSON.parse('{"entities":{"__proto__":{"fields":{}}}}') as Json, kinds).problems,
    ).toHaveLength(1);
  });
});

describe("a shape that does not fit the kind of the field", () => {
  it.each<[string, Json]>([
    ["creditLimit", "limit"],
    ["creditLimit", { amount: "limit" }],
    ["creditLimit", { amount: "limit", currency: { constant: "Euro" } }],
    ["creditLimit", { amount: { path: "limit", default: "0" }, currency: "c" }],
    ["creditLimit", { amount: "limit", currency: { path: "c", default: "EUR" } }],
    ["creditLimit", { path: "limit" }],
    ["creditLimit", { amount: "limit", currency: "^c" }],
    ["currency", { path: "c", default: "EUR" }],
    ["name", { list: "names" }],
    ["name", { path: "n", digits: 2 }],
    ["name", { path: "n", form: "epoch" }],
    ["name", { path: "n", constant: "x" }],
    ["name", {}],
    ["name", 7],
    ["name", { path: "n", max: 0 }],
    ["name", { path: "n", onLong: "cut" }],
    ["name", { path: "n", read: "no" }],
    ["name", { path: "n", empty: "" }],
    ["name", { path: "n", missing: "" }],
    ["name", { path: "n", default: 7 }],
    ["name", { path: ["n"] }],
    ["name", "^n"],
    ["name", "=n"],
    ["name", { constant: 7 }],
    ["name", { constant: "x", write: true }],
    ["name", { expression: "a +" }],
    ["name", { expression: "$" }],
    ["name", { expression: "a", write: true }],
    ["name", { expression: 1 }],
    ["status", { path: "s", values: { a: null } }],
    ["status", { path: "s", values: { a: [] } }],
    ["status", { path: "s", values: { "*": "others" } }],
    ["status", { path: "s", values: ["a"] }],
    ["parent", { path: "p", ref: "contacts" }],
    ["parent", { constant: "1" }],
    ["parent", { path: "p", ref: 1 }],
    ["billingAddress", "address"],
    ["billingAddress", { parts: { stret: "s" } }],
    ["billingAddress", { prts: {} }],
    ["addresses", { list: "a", fields: {} }],
    ["addresses", { list: "a", key: "id", fields: { label: { path: "l", ref: "accounts" } } }],
    ["addresses", { list: "a[b=c]", key: "id", fields: {} }],
  ])("%s: %j is one fault", (field, json) => {
    expect(faultsOf(field, json)).toHaveLength(1);
  });

  it.each<[string, string, Json]>([
    ["products", "active", { path: "a", values: { yes: 1, no: 0 } }],
    ["products", "active", { path: "a", as: "number" }],
    ["quotes", "discountPercent", { path: "d", round: "halfUp" }],
    ["quotes", "discountPercent", { path: "d", digits: 2, round: "up" }],
    ["quotes", "discountPercent", { expression: "a * 100" }],
    ["quotes", "date", { path: "d", form: "epoch", zone: "Europe/Berlim" }],
    ["quotes", "date", { path: "d", zone: "Europe/Berlin" }],
    ["quotes", "lines", { list: "l", key: "id", fields: { quantity: "qty" } }],
    [
      "quotes",
      "lines",
      { list: "l", key: "id", fields: { unitPrice: { amount: "p", currency: { path: "^" } } } },
    ],
  ])("%s.%s: %j is one fault", (entity, field, json) => {
    expect(faultsOf(field, json, entity)).toHaveLength(1);
  });

  it("and what is no mapping at all", () => {
    const faults: readonly Json[] = [
      "text",
      [],
      { entities: [] },
      { valueMaps: [], entities: {} },
      { entities: { accounts: 1 } },
    ];
    expect(faults.map((json) => compileMapping(json, kinds).problems?.length)).toEqual(faults.map(() => 1));
    expect(compileMapping(null, kinds)).toEqual({ mapping: { entities: {} } });
    expect(compileMapping({}, kinds)).toEqual({ mapping: { entities: {} } });
  });

  it("a scope without values and a constant with a path that is none", () => {
    const entity = (json: Json): number =>
      compileMapping({ entities: { accounts: json } }, kinds).problems?.length ?? 0;
    expect(entity({ scope: { path: "a", in: [] }, fields: {} })).toBe(1);
    expect(entity({ scope: { path: "^a", in: [1] }, fields: {} })).toBe(1);
    expect(entity({ scope: { path: "a", in: [1], not: [2] }, fields: {} })).toBe(1);
    expect(entity({ constants: { "a[": 1 }, fields: {} })).toBe(1);
    expect(
      entity({ scope: { path: "a", in: [null, 1] }, constants: { "a.b": { any: [] } }, fields: {} }),
    ).toBe(0);
  });
});

describe("two fields at one place", () => {
  it("may not both write it", () => {
    const fields = (second: Json): Json => ({
      entities: { accounts: { fields: { name: "n", number: second } } },
    });
    expect(firstFault(fields("n"))).toMatchObject({ path: ["entities", "accounts", "fields", "number"] });
    expect(firstFault(fields({ path: "n", write: false }))).toBeUndefined();
  });

  it("an amount does not write a currency that is a field of its own", () => {
    const fields = { currency: "cur", creditLimit: { amount: "limit", currency: "cur" } };
    const { mapping } = compileMapping({ entities: { accounts: { fields } } }, kinds);
    const source = mapping?.entities["accounts"]?.fields["creditLimit"]?.source;
    expect(source).toMatchObject({ currency: { isWritten: false }, amount: { isWritten: true } });
  });
});

describe("roots", () => {
  it("hold what is read, what an expression names, the scope, and what is written in part", () => {
    const { mapping } = compileMapping(
      {
        entities: {
          accounts: {
            scope: { path: "kind.code", in: ["c"] },
            fields: {
              name: { path: "n", read: false },
              number: { path: "deep.number", read: false },
              email: { expression: "first & last" },
              phone: null,
            },
          },
        },
      },
      kinds,
    );
    expect(mapping?.entities["accounts"]?.roots).toEqual(["deep", "first", "kind", "last"]);
    expect(Object.keys(mapping?.entities["accounts"]?.fields ?? {})).toEqual(["name", "number", "email"]);
  });
});

describe("laying a file over a default", () => {
  const base: Json = {
    valueMaps: { terms: { a: "A", b: "B" }, kept: { c: "C" } },
    entities: {
      accounts: { scope: { path: "s", in: [1] }, fields: { name: { path: "n", max: 9 }, email: "e" } },
      contacts: { fields: { email: "e" } },
    },
  };

  it("replaces entity by entity and field by field", () => {
    const over: Json = {
      valueMaps: { terms: { a: "AA" } },
      entities: {
        accounts: { fields: { name: { path: "title" }, phone: "p" } },
        products: { fields: { sku: "s" } },
      },
    };
    expect(overlayMapping(base, over)).toEqual({
      valueMaps: { terms: { a: "AA" }, kept: { c: "C" } },
      entities: {
        accounts: {
          scope: { path: "s", in: [1] },
          fields: { name: { path: "title" }, email: "e", phone: "p" },
        },
        contacts: { fields: { email: "e" } },
        products: { fields: { sku: "s" } },
      },
    });
  });

  it("null takes a field, a scope or an entity away", () => {
    const over: Json = { entities: { accounts: { scope: null, fields: { email: null } }, contacts: null } };
    const { mapping } = compileMapping(overlayMapping(base, over), kinds);
    expect(Object.keys(mapping?.entities ?? {})).toEqual(["accounts"]);
    expect(Object.keys(mapping?.entities["accounts"]?.fields ?? {})).toEqual(["name"]);
    expect(mapping?.entities["accounts"]?.scope).toBeNull();
  });

  it("nothing over it is the default, and a fault stays where it was written", () => {
    expect(overlayMapping(base, null)).toEqual(base);
    expect(overlayMapping(base, { entities: null, valueMaps: null })).toEqual(base);
    expect(overlayMapping(null, base)).toEqual(base);
    const faulty = overlayMapping(base, { entities: { accounts: { fields: { nam: null } } } });
    expect(compileMapping(faulty, kinds).problems?.[0]).toMatchObject({
      path: ["entities", "accounts", "fields", "nam"],
      nearest: "name",
    });
    expect(compileMapping(overlayMapping(base, { entities: [] }), kinds).problems).toHaveLength(1);
  });
});
