import { descriptionShape, entityShape } from "./keys.ts";
import type { MapShape, Shape } from "./shape.ts";
import { isList } from "./wire.ts";
import type { JsonMap } from "./wire.ts";

/**
 * The JSON Schema (draft 2020-12) of a description, for editors; `connectors/http/schema.json` is its
 * stored form. It is looser than the checker: what `defaults` may bring is never required, and null takes
 * it away. Pure.
 */
export function descriptionSchema(): JsonMap {
  const shared = new Map<string, JsonMap>();
  const { defaults: _defaults, entities: _entities, ...rest } = descriptionShape.keys;
  const top = mapSchema({ ...descriptionShape, keys: rest, required: [] }, { shared, isLoose: false });
  const entity = mapSchema(entityShape, { shared, isLoose: true });
  const ofEntity = { $ref: "#/$defs/entity" };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Crossfoot HTTP connector description",
    ...top,
    required: descriptionShape.required,
    properties: {
      ...(top["properties"] as JsonMap),
      defaults: ofEntity,
      entities: { type: "object", additionalProperties: ofEntity, description: "entities by canonical name" },
    },
    $defs: { entity, ...Object.fromEntries([...shared].toSorted(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

interface Making {
  /** Maps that stand in several places, by their name. */
  readonly shared: Map<string, JsonMap>;
  /** In entities: nothing is required, and null takes away what `defaults` says. */
  readonly isLoose: boolean;
}

function mapSchema(shape: MapShape, making: Making): JsonMap {
  const { isLoose } = making;
  const properties = Object.entries(shape.keys).map(([key, one]) => {
    const schema = schemaOf(one, making);
    return [key, isLoose ? nullable(schema) : schema] as const;
  });
  return {
    type: "object",
    description: shape.doc,
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    ...(!isLoose && shape.required.length > 0 ? { required: shape.required } : {}),
  };
}

function nullable(schema: JsonMap): JsonMap {
  const { type, enum: values } = schema;
  if (isList(values)) return { ...schema, enum: [...values, null] };
  if (type === undefined && schema["$ref"] === undefined && schema["anyOf"] === undefined) return schema;
  if (typeof type === "string") return { ...schema, type: [type, "null"] };
  return isList(type) ? schema : { anyOf: [schema, { type: "null" }] };
}

function schemaOf(shape: Shape, making: Making): JsonMap {
  const { doc: description } = shape;
  switch (shape.is) {
    case "text":
    case "path":
      return { type: "string", description };
    case "count":
      return { type: "integer", minimum: shape.min, description };
    case "flag":
      return { type: "boolean", description };
    case "scalar":
      return { type: ["string", "number", "boolean", "null"], description };
    case "choice":
      return { enum: shape.of, description };
    case "list":
      return { type: "array", items: schemaOf(shape.of, making), description };
    case "each":
      return { type: "object", additionalProperties: schemaOf(shape.of, making), description };
    case "either":
      return { anyOf: shape.of.map((one) => schemaOf(one, making)) };
    case "map":
      return shape.name === undefined ? mapSchema(shape, making) : sharedSchema(shape, shape.name, making);
    case "tree":
    case "any":
      return { description };
  }
}

function sharedSchema(shape: MapShape, name: string, { shared }: Making): JsonMap {
  if (!shared.has(name)) {
    shared.set(name, {});
    shared.set(name, mapSchema({ ...shape, doc: name }, { shared, isLoose: true }));
  }
  return { $ref: `#/$defs/${name}`, description: shape.doc };
}
