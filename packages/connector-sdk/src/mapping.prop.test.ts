import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { canonicalBytes, externalId, isBlank, isEqual, isMap, linkId } from "@crossfoot/kernel";
import type { FieldKind, FieldKinds, Fields, Json, JsonMap } from "@crossfoot/kernel";
import { entities } from "@crossfoot/model";
import { compileMapping } from "./mapping-compile.ts";
import { dateForms, instantForms, writeDate, writeInstant } from "./mapping-date.ts";
import { decimalsOf, roundDecimal } from "./mapping-decimal.ts";
import { evaluateExpressions } from "./mapping-expression.ts";
import { fieldsOfImages, imagesOf } from "./mapping-image.ts";
import { isInScope, lineIdsOf, referencesOf } from "./mapping-lookup.ts";
import { readFields } from "./mapping-read.ts";
import type { EntityMapping, Mapping, ReadContext, WriteContext } from "./mapping-types.ts";
import { writePatch } from "./mapping-write.ts";

const reading: ReadContext = {
  linkOf: (entity, id) => (id.length % 2 === 0 ? linkId(`${entity}/${id}`) : undefined),
  lineKeyOf: (_, id) => (id.length % 2 === 0 ? `K${id}` : undefined),
  connection: "crm",
};
const writing: WriteContext = {
  idOf: (entity, link) => externalId(link.slice(entity.length + 1)),
  lineIdOf: (_, key) => (key.startsWith("K") ? key.slice(1) : undefined),
  connection: "crm",
};

/** How a field is mapped, and native values that its place may hold. Paths are relative, see `placed`. */
interface Sample {
  readonly kind: FieldKind;
  readonly json: JsonMap;
  /** Native values by the name of the place that the mapping reads. */
  readonly natives: { readonly [place: string]: Json };
}

const samplesOf = (
  kind: FieldKind,
  json: fc.Arbitrary<JsonMap>,
  native: (json: JsonMap) => fc.Arbitrary<Json>,
): fc.Arbitrary<Sample> =>
  json.chain((each) =>
    native(each).map((value) => ({ kind, json: { path: "v", ...each }, natives: { v: value } })),
  );

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const id = fc.oneof(
  fc.string({ minLength: 1, maxLength: 5 }).filter((each) => !each.includes("\0")),
  fc.nat(),
);
const decimalText = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat({ max: 999 }))
  .map(([a, b]) => `${a}.${b}`);
const dateText = fc
  .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const instantText = dateText.chain((day) =>
  fc.nat({ max: 86_399 }).map((second) => `${day}T${timeOf(second)}Z`),
);
const timeOf = (second: number): string =>
  [second / 3600, (second / 60) % 60, second % 60]
    .map((part) => String(Math.trunc(part)).padStart(2, "0"))
    .join(":");
const orNull = (arbitrary: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 4, arbitrary }, { weight: 1, arbitrary: fc.constant(null) });
const form = (forms: readonly string[], zones: readonly (string | null)[]): fc.Arbitrary<JsonMap> =>
  fc
    .tuple(fc.constantFrom(...forms), fc.constantFrom(...zones))
    .map(([name, zone]) => ({ form: name, ...(zone === null ? {} : { zone }) }));
const timeForm = (json: JsonMap): { form: string | null; zone: string | null } => ({
  form: (json["form"] ?? null) as string | null,
  zone: (json["zone"] ?? null) as string | null,
});

const codes: JsonMap = { a: "A", b: [2, "B"], c: true, same: "A" };
const scalars: readonly fc.Arbitrary<Sample>[] = [
  samplesOf(
    { kind: "text" },
    fc.constantFrom<JsonMap>(
      {},
      { empty: null },
      { missing: null },
      { default: "none" },
      { max: 100 },
      { max: 100, onLong: "cut" },
    ),
    () => orNull(text),
  ),
  samplesOf({ kind: "text" }, fc.constant({ as: "number" }), () => orNull(fc.nat())),
  samplesOf(
    { kind: "code" },
    fc.constantFrom<JsonMap>({ values: codes }, { values: { ...codes, "*": "*" } }),
    (json) =>
      Object.hasOwn(json["values"] as JsonMap, "*")
        ? orNull(text)
        : orNull(fc.constantFrom("A", 2, "2", "B", true, "true")),
  ),
  samplesOf({ kind: "decimal" }, fc.constantFrom<JsonMap>({}, { empty: ["", "-"] }), () =>
    fc.oneof(orNull(decimalText), fc.nat()),
  ),
  samplesOf(
    { kind: "decimal" },
    fc.constantFrom<JsonMap>({ as: "number" }, { as: "number", digits: 2 }),
    () => fc.integer().map((n) => n / 100),
  ),
  samplesOf({ kind: "boolean" }, fc.constant({}), () => orNull(fc.boolean())),
  samplesOf({ kind: "boolean" }, fc.constant({ values: { true: [1, "Y"], false: 0 } }), () =>
    orNull(fc.constantFrom(1, 0, "Y")),
  ),
  samplesOf({ kind: "date" }, form(dateForms.slice(0, 4), [null]), (json) =>
    dateText.map((date) => writeDate(timeForm(json), date) ?? null),
  ),
  samplesOf(
    { kind: "date" },
    form(["epoch", "epochMs"], [null, "Europe/Berlin", "Asia/Kolkata", "America/Sao_Paulo"]),
    (json) => dateText.map((date) => writeDate(timeForm(json), date) ?? null),
  ),
  samplesOf({ kind: "instant" }, form(instantForms, [null]), (json) =>
    instantText.map((instant) => writeInstant(timeForm(json), instant) ?? null),
  ),
  samplesOf({ kind: "instant" }, form(["YYYY-MM-DD HH:mm:ss"], ["Europe/Berlin", "Asia/Kolkata"]), (json) =>
    instantText.map((instant) => writeInstant(timeForm(json), instant) ?? null),
  ),
  samplesOf({ kind: "reference", entity: "things" }, fc.constant({}), () => orNull(id)),
  samplesOf({ kind: "reference", entity: "things" }, fc.constant({ as: "number" }), () => orNull(fc.nat())),
];
const currency = fc.constantFrom("EUR", "USD", "JPY");
const measures: readonly fc.Arbitrary<Sample>[] = [
  fc.tuple(orNull(decimalText), currency).map(([a, c]) => ({
    kind: { kind: "money" },
    json: { amount: "a", currency: "c" },
    natives: { a, c },
  })),
  orNull(decimalText).map((a) => ({
    kind: { kind: "money" },
    json: { amount: "a", currency: { constant: "EUR" } },
    natives: { a },
  })),
  fc.tuple(orNull(fc.nat()), fc.constantFrom("pc", "kg")).map(([q, u]) => ({
    kind: { kind: "quantity" },
    json: { value: { path: "q", as: "number" }, unit: { path: "u", values: { piece: "pc", kilo: "kg" } } },
    natives: { q, u },
  })),
];
const simple: fc.Arbitrary<Sample> = fc.oneof(...scalars, ...measures);

type Layout = "root" | "map" | "row";

/**
 * The sample with its places moved: to roots of their own, into one map, or into a row of a list beside
 * another.
 */
function placed(sample: Sample, at: string, layout: Layout): Sample {
  const prefix = { root: at, map: `${at}.in.`, row: `${at}[kind=w].` }[layout];
  const moved = (json: Json): Json => {
    if (typeof json === "string") return prefix + json;
    const map = json as JsonMap;
    return typeof map["path"] === "string" ? { ...map, path: prefix + map["path"] } : map;
  };
  const keys = ["amount", "currency", "value", "unit"].filter((key) => Object.hasOwn(sample.json, key));
  const json =
    keys.length === 0
      ? (moved(sample.json) as JsonMap)
      : Object.fromEntries(keys.map((key) => [key, moved(sample.json[key] as Json)]));
  const natives: { readonly [layout in Layout]: JsonMap } = {
    root: Object.fromEntries(Object.entries(sample.natives).map(([place, value]) => [at + place, value])),
    map: { [at]: { in: { ...sample.natives, keep: 1 }, keep: 2 } },
    row: {
      [at]: [
        { kind: "h", keep: 1 },
        { kind: "w", ...sample.natives, keep: 2 },
      ],
    },
  };
  return { kind: sample.kind, json, natives: natives[layout] };
}

const laidOut = (at: string): fc.Arbitrary<Sample> =>
  fc
    .tuple(simple, fc.constantFrom<Layout>("root", "map", "row"))
    .map(([sample, layout]) => placed(sample, at, layout));

const groupAt = (at: string): fc.Arbitrary<Sample> =>
  fc.tuple(laidOut(`${at}x`), laidOut(`${at}y`)).map(([x, y]) => ({
    kind: { kind: "group", parts: { x: x.kind, y: y.kind } },
    json: { parts: { x: x.json, y: y.json } },
    natives: { ...x.natives, ...y.natives },
  }));

const listAt = (at: string): fc.Arbitrary<Sample> =>
  fc
    .tuple(simple, fc.uniqueArray(id, { selector: String, maxLength: 4 }), fc.option(fc.constant("ref")))
    .chain(([sample, ids, lineRef]) =>
      fc.tuple(...ids.map(() => fc.boolean())).map((isThere) => ({
        kind: { kind: "collection", parts: { x: sample.kind } },
        json: {
          list: `${at}.rows`,
          key: "id",
          fields: { x: sample.json },
          ...(lineRef === null ? {} : { lineRef }),
        },
        natives: {
          [at]: {
            rows: ids.map((each, row) => ({
              id: each,
              keep: row,
              ...(isThere[row] === true ? sample.natives : {}),
            })),
            keep: 1,
          },
        },
      })),
    );

interface World {
  readonly mapping: EntityMapping;
  readonly native: JsonMap;
}

/** A mapping of up to five fields, and a record in which some roots may be absent. */
const worlds: fc.Arbitrary<World> = fc
  .tuple(
    ...Array.from({ length: 5 }, (_, at) =>
      fc.oneof({ weight: 3, arbitrary: laidOut(`r${at}`) }, groupAt(`r${at}`), listAt(`r${at}`)),
    ),
  )
  .chain((samples) =>
    fc.tuple(fc.constant(samples), fc.array(fc.boolean(), { minLength: 20, maxLength: 20 })),
  )
  .map(([samples, isAbsent]) => {
    const kinds: FieldKinds = Object.fromEntries(samples.map((sample, at) => [`f${at}`, sample.kind]));
    const fields = Object.fromEntries(samples.map((sample, at) => [`f${at}`, sample.json]));
    const { mapping, problems } = compileMapping({ entities: { things: { fields } } }, { things: kinds });
    expect(problems).toBeUndefined();
    const natives = Object.entries(Object.assign({}, ...samples.map((sample) => sample.natives)) as JsonMap);
    const native = Object.fromEntries(natives.filter((_, at) => isAbsent[at] !== true || at % 3 !== 0));
    return { mapping: mapping!.entities["things"]!, native };
  });

describe("what was read and written is read again", () => {
  it("on an update, every field, and nothing beside it changes", () => {
    fc.assert(
      fc.property(worlds, ({ mapping, native }) => {
        const first = readFields(mapping, native, reading);
        expect(first.problems).toEqual({});
        const written = writePatch(mapping, first.fields, {
          current: native,
          context: writing,
          isCreate: false,
        });
        expect(written.problems).toEqual({});
        expect(written.awaits).toEqual([]);
        const after = { ...native, ...written.patch };
        expect(readFields(mapping, after, reading)).toEqual(first);
        const needed = new Set(Object.values(mapping.fields).flatMap((field) => field.needs));
        const added = Object.keys(after).filter((root) => !Object.hasOwn(native, root));
        expect(
          added.filter((root) => needed.has(root)),
          "absent is never written",
        ).toEqual([]);
        expect(keeps(after)).toEqual(keeps(native));
        expect(fieldsOfImages(mapping, imagesOf(mapping, native), reading)).toEqual(first.fields);
      }),
      { numRuns: 500 },
    );
  });

  it("on a create, every field that has a value; rows get their ids from the system", () => {
    fc.assert(
      fc.property(worlds, ({ mapping, native }) => {
        const first = readFields(mapping, native, reading).fields;
        const { patch, problems } = writePatch(mapping, first, {
          current: {},
          context: writing,
          isCreate: true,
        });
        expect(problems).toEqual({});
        const again = readFields(mapping, numbered(mapping, patch), reading).fields;
        for (const [field, value] of Object.entries(first)) {
          if (mapping.fields[field]?.source.from === "list" || isBlank(value)) continue;
          const isGroup = mapping.fields[field]?.source.from === "parts";
          expect(isGroup || isEqual(again[field], value), `${field} ${canonicalBytes(again[field])}`).toBe(
            true,
          );
        }
        for (const field of Object.keys(again)) expect(first).toHaveProperty(field);
      }),
      { numRuns: 300 },
    );
  });

  it("a patch of nothing is nothing, and a patch of one field touches its roots only", () => {
    fc.assert(
      fc.property(worlds, fc.nat({ max: 4 }), ({ mapping, native }, at) => {
        expect(writePatch(mapping, {}, { current: native, context: writing, isCreate: false }).patch).toEqual(
          {},
        );
        const { fields } = readFields(mapping, native, reading);
        const only = Object.fromEntries(Object.entries(fields).filter(([field]) => field === `f${at}`));
        const { patch } = writePatch(mapping, only, { current: native, context: writing, isCreate: false });
        for (const root of Object.keys(patch)) expect(mapping.fields[`f${at}`]?.roots).toContain(root);
      }),
    );
  });
});

/** All that no mapping names, with the way to it. */
function keeps(json: Json, way = ""): readonly string[] {
  if (typeof json !== "object" || json === null)
    return way.endsWith(".keep") ? [`${way}=${String(json)}`] : [];
  return Object.entries(json).flatMap(([key, value]) => keeps(value, `${way}.${key}`));
}

/** The record as a system would store it: rows without an id get one. */
function numbered(mapping: EntityMapping, native: JsonMap): JsonMap {
  const lists = Object.values(mapping.fields).filter((field) => field.source.from === "list");
  return Object.fromEntries(
    Object.entries(native).map(([root, value]) => {
      if (!lists.some((field) => field.roots.includes(root))) return [root, value];
      const rows = (value as { rows: readonly JsonMap[] }).rows.map((row, at) => ({ ...row, id: at }));
      return [root, { ...(value as JsonMap), rows }];
    }),
  );
}

const kinds: { readonly [entity: string]: FieldKinds } = Object.fromEntries(
  Object.values(entities).map((entity) => [entity.name, entity.fields]),
);
const doc = readFileSync(fileURLToPath(new URL("../../../docs/connect/mapping.md", import.meta.url)), "utf8");
const sample = parse(/```yaml\n([\s\S]*?)```/.exec(doc)?.[1] ?? "") as JsonMap;
const documented = compileMapping(sample, kinds).mapping as Mapping;

/** Stands in for a customer's value: no message may repeat it. */
const canary = "canary-4711";
const hostile: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<Json>(null, true, canary, `${canary}\0`, -0, 1e300, "", "\ud800", "=failed", 4711.4711),
    fc.array(tie("json"), { maxLength: 3 }),
    fc
      .array(
        fc.tuple(
          fc.constantFrom(
            "id",
            "kind",
            "line1",
            "price",
            "qty",
            "uom",
            "type",
            "=net",
            "__proto__",
            "=failed",
            "key",
            "fields",
            "amount",
            "currency",
            "link",
            "awaits",
          ),
          tie("json"),
        ),
        { maxLength: 4 },
      )
      .map((entries) => Object.fromEntries(entries) as Json),
  ),
})).json;

const record = (roots: readonly string[]): fc.Arbitrary<JsonMap> =>
  fc
    .array(fc.tuple(fc.constantFrom(...roots, "=net.amount", "__proto__"), hostile), { maxLength: 8 })
    .map((entries) => Object.fromEntries(entries));

describe("whatever comes in", () => {
  it("reading never throws, and no problem repeats a value", async () => {
    const mappings = Object.values(documented.entities);
    const cases = fc
      .constantFrom(...mappings)
      .chain((mapping) => fc.tuple(fc.constant(mapping), record(mapping.roots)));
    await fc.assert(
      fc.asyncProperty(cases, async ([mapping, given]) => {
        const native = await evaluateExpressions(mapping, given);
        const { fields, problems } = readFields(mapping, native, reading);
        expect(JSON.stringify(problems)).not.toMatch(/canary|4711/);
        for (const field of Object.keys(problems)) expect(fields).not.toHaveProperty(field);
        const imaged = new Set(Object.keys(imagesOf(mapping, native)));
        expect(imaged).toEqual(new Set([...Object.keys(fields), ...Object.keys(problems)]));
        isInScope(mapping, native);
        referencesOf(mapping, native);
        lineIdsOf(mapping, native);
      }),
      { numRuns: 500 },
    );
    expect(({} as Record<string, unknown>)["line1"]).toBeUndefined();
  });

  it("writing never throws, and no problem repeats a value", () => {
    const mappings = Object.values(documented.entities);
    const cases = fc
      .constantFrom(...mappings)
      .chain((mapping) =>
        fc.tuple(
          fc.constant(mapping),
          record(Object.keys(mapping.fields)),
          record(mapping.roots),
          fc.boolean(),
        ),
      );
    fc.assert(
      fc.property(cases, ([mapping, values, current, isCreate]) => {
        const { patch, problems } = writePatch(mapping, values as Fields, {
          current,
          context: writing,
          isCreate,
        });
        expect(JSON.stringify(problems)).not.toMatch(/canary|4711/);
        expect(JSON.stringify(patch)).not.toContain("undefined");
      }),
      { numRuns: 500 },
    );
  });

  it("compiling never throws, and a mutilated mapping is refused or compiled", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), fc.nat(), (json, key, at) => {
        const whole = compileMapping(json as Json, kinds);
        expect(whole.mapping === undefined).toBe((whole.problems?.length ?? 0) > 0);
        const mutilated = mutilate(sample, { key, json: json as Json, at });
        const result = compileMapping(mutilated, kinds);
        expect(result.mapping === undefined).toBe((result.problems?.length ?? 0) > 0);
      }),
      { numRuns: 500 },
    );
  });
});

interface Mutilation {
  readonly key: string;
  readonly json: Json;
  readonly at: number;
}

/** The mapping with one of its nodes replaced, or a key added to it. */
function mutilate(whole: Json, { key, json, at }: Mutilation): Json {
  let left = at % 150;
  const visit = (node: Json): Json => {
    left -= 1;
    if (left === 0) return json;
    if (left === 1 && isMap(node)) return { ...node, [key]: json };
    if (isMap(node))
      return Object.fromEntries(Object.entries(node).map(([name, each]) => [name, visit(each)]));
    return Array.isArray(node) ? node.map(visit) : node;
  };
  return visit(whole);
}

describe("rounding", () => {
  it("is exact: never off by more than a half of the last digit, and odd about zero", () => {
    const rounding = fc.constantFrom<"halfUp" | "halfEven">("halfUp", "halfEven");
    const scaled = (decimal: string, places: number): bigint => {
      const [whole = "0", fraction = ""] = decimal.replace("-", "").split(".");
      const size = BigInt(whole + fraction.padEnd(places, "0"));
      return decimal.startsWith("-") ? -size : size;
    };
    fc.assert(
      fc.property(
        fc.bigInt(),
        fc.nat({ max: 12 }),
        fc.nat({ max: 6 }),
        rounding,
        (units, places, digits, mode) => {
          const sign = units < 0n ? "-" : "";
          const all = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
          const decimal =
            `${sign}${all.slice(0, all.length - places)}.${all.slice(all.length - places)}0`.replace(
              /\.?0+$/,
              "",
            );
          fc.pre(/^-?\d+(\.\d+)?$/.test(decimal) && decimal !== "-0");
          const rounded = roundDecimal(decimal, digits, mode);
          expect(decimalsOf(rounded)).toBeLessThanOrEqual(digits);
          const off = 2n * (scaled(rounded, 20) - scaled(decimal, 20));
          const step = 10n ** BigInt(20 - digits);
          expect(off <= step && off >= -step).toBe(true);
          const mirrored = decimal.startsWith("-") ? decimal.slice(1) : `-${decimal}`;
          expect(scaled(roundDecimal(mirrored, digits, mode), 20)).toBe(-scaled(rounded, 20));
        },
      ),
    );
  });
});
