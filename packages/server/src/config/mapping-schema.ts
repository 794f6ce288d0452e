import type { FieldKind, FieldKinds } from "@crossfoot/kernel";
import { entities, entityNames } from "@crossfoot/model";
import { schemaDialect } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";

const text = (description: string): JsonSchema => ({ type: "string", description });
const flag = (description: string): JsonSchema => ({ type: "boolean", description });
const one = (description: string, ...choices: readonly string[]): JsonSchema => ({
  enum: choices,
  description,
});
const code: JsonSchema = { type: ["string", "number", "boolean"] };
const codeMap: JsonSchema = {
  type: "object",
  description: "Canonical code: native code, or a list of them; `'*': '*'` lets all others through.",
  additionalProperties: { anyOf: [code, { type: "array", minItems: 1, items: code }] },
};

/** Every key of the language, with what it says. */
const keys: { readonly [key: string]: JsonSchema } = {
  path: text("Where the value is."),
  constant: { type: ["string", "number", "boolean"], description: "Always this value; never written." },
  expression: text("JSONata over the native record; read only."),
  values: { anyOf: [text("Name of a value map."), codeMap], description: "Canonical code: native code." },
  as: one("JSON form on a write.", "string", "number"),
  max: { type: "integer", minimum: 1, description: "Longest text the target takes." },
  onLong: one("Longer text: refused before sending, or cut.", "refuse", "cut"),
  empty: {
    anyOf: [
      { type: "null" },
      { type: "array", minItems: 1, items: { type: ["string", "number", "boolean", "null"] } },
    ],
    description: "Native values that mean no value; null: empty text.",
  },
  missing: { type: "null", description: "The system leaves the key out where it has no value." },
  default: {
    type: ["string", "number", "boolean"],
    description: "What a delivered null stands for on a read.",
  },
  digits: { type: "integer", minimum: 0, maximum: 20, description: "Decimals that the target takes." },
  round: one("More decimals are rounded instead of refused.", "halfUp", "halfEven"),
  zone: text("Name of the time zone database, such as Europe/Berlin."),
  ref: text("Entity that the value is a native id of."),
  read: flag("False: not read."),
  write: flag("False: not written."),
  onCreate: flag("True: written on a create only."),
};

const noValue = ["empty", "missing"];
const directions = ["read", "write", "onCreate"];
/** Keys by kind, as the compiler of mappings takes them; a test holds both together. */
const formKeys: { readonly [kind in FieldKind["kind"]]: readonly string[] } = {
  text: ["values", "as", "max", "onLong", ...noValue, "default"],
  code: ["values", "as", "max", "onLong", ...noValue, "default"],
  decimal: ["as", "digits", "round", ...noValue, "default"],
  boolean: ["values", ...noValue, "default"],
  date: ["form", "zone", "as", ...noValue, "default"],
  instant: ["form", "zone", "as", ...noValue, "default"],
  reference: ["ref", "as", ...noValue],
  money: ["as", "digits", "round", ...noValue],
  quantity: ["as", "digits", "round", ...noValue],
  group: [],
  collection: [],
};
const dateForms = one(
  "How the date is written.",
  "YYYY-MM-DD",
  "YYYYMMDD",
  "DD.MM.YYYY",
  "MM/DD/YYYY",
  "epoch",
  "epochMs",
);
const instantForms = one("How the instant is written.", "iso", "YYYY-MM-DD HH:mm:ss", "epoch", "epochMs");

const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
const map = (
  properties: { readonly [key: string]: JsonSchema },
  required: readonly string[] = [],
): JsonSchema => ({
  type: "object",
  properties,
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required }),
});

const pick = (names: readonly string[]): { readonly [key: string]: JsonSchema } =>
  Object.fromEntries(names.flatMap((name) => (keys[name] === undefined ? [] : [[name, keys[name]]])));

function scalar(kind: FieldKind["kind"]): JsonSchema {
  const forms = formKeys[kind];
  const form = kind === "date" ? { form: dateForms } : kind === "instant" ? { form: instantForms } : {};
  const sources = ["path", ...(kind === "reference" ? [] : ["constant"]), "expression"];
  return {
    anyOf: [
      text("Path of the value."),
      map({ ...pick([...sources, ...forms, ...directions]), ...form }),
      { type: "null" },
    ],
  };
}

function measure(number: string, mark: string): JsonSchema {
  const properties = {
    [number]: ref("decimal"),
    [mark]: ref("code"),
    ...pick([...formKeys.money, ...directions]),
  };
  return { anyOf: [map(properties, [number, mark]), { type: "null" }] };
}

/** Schema of a field by its kind; groups and lists are spelt out, single values are shared. */
function fieldOf(kind: FieldKind): JsonSchema {
  switch (kind.kind) {
    case "group":
      return {
        anyOf: [map({ parts: fieldsOf(kind.parts), ...pick(directions) }, ["parts"]), { type: "null" }],
      };
    case "collection":
      return {
        anyOf: [
          map(
            {
              list: text("Where the list is."),
              key: text("Native id of a row."),
              lineRef: text("Where our line key is stored."),
              fields: fieldsOf(kind.parts),
              ...pick(directions),
            },
            ["list", "key", "fields"],
          ),
          { type: "null" },
        ],
      };
    default:
      return ref(kind.kind);
  }
}

const fieldsOf = (kinds: FieldKinds): JsonSchema =>
  map(Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, fieldOf(kind)])));

const scope = map(
  {
    path: text("Where the value is."),
    in: { type: "array", minItems: 1, description: "Native values inside the scope." },
  },
  ["path", "in"],
);

const single = ["text", "code", "decimal", "boolean", "date", "instant", "reference"] as const;

/** A field that the contract adds: which kind it has, the contract says. */
const ownField: JsonSchema = {
  anyOf: [...single.map((kind) => ref(kind)), ref("money")],
};

/** JSON Schema of mappings/<connection>.yaml, made from the model's entities and the language of mappings. */
export const mappingSchema: JsonSchema = {
  $schema: schemaDialect,
  title: "Crossfoot mapping",
  description:
    "Native fields of one connection to canonical fields, laid over the connector's default mapping.",
  ...map({
    valueMaps: { type: "object", additionalProperties: codeMap, description: "Value maps by name." },
    entities: map(
      Object.fromEntries(
        entityNames.map((name) => [
          name,
          {
            anyOf: [
              map({
                scope: {
                  anyOf: [scope, { type: "null" }],
                  description: "Records outside it are left alone.",
                },
                constants: {
                  type: ["object", "null"],
                  description: "Path: native value, set on a create by us.",
                },
                fields: { ...fieldsOf(entities[name].fields), additionalProperties: ownField },
              }),
              { type: "null" },
            ],
          },
        ]),
      ),
    ),
  }),
  $defs: {
    ...Object.fromEntries(single.map((kind) => [kind, scalar(kind)])),
    money: measure("amount", "currency"),
    quantity: measure("value", "unit"),
  },
};
