import { descriptionShape } from "./keys.ts";
import type { MapShape, Shape } from "./shape.ts";
import type { Json, JsonMap } from "./wire.ts";

/**
 * The JSON Schema (draft 2020-12) of a description, for editors; `connectors/http/schema.json` is its
 * stored form. It is looser than the checker: what `defaults` may bring is never required. Pure.
 */
export function descriptionSchema(): JsonMap {
  const { defaults, entities: _entities, ...rest } = descriptionShape.keys;
  const entity = defaults as MapShape;
  const top = mapSchema(
    { ...descriptionShape, keys: rest, required: ["language", "title", "auth", "entities"] },
    true,
  );
  const properties = top["properties"] as JsonMap;
  const ofEntity = { $ref: "#/$defs/entity" };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Crossfoot HTTP connector description",
    ...top,
    properties: {
      ...properties,
      defaults: ofEntity,
      entities: { type: "object", additionalProperties: ofEntity, description: "entities by canonical name" },
    },
    $defs: { entity: mapSchema(entity, false) },
  };
}

function mapSchema(shape: MapShape, isStrict: boolean): JsonMap {
  return {
    type: "object",
    description: shape.doc,
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(shape.keys).map(([key, one]) => {
        const schema = schemaOf(one, isStrict);
        // Null takes away what `defaults` says.
        return [key, isStrict ? schema : { anyOf: [schema, { type: "null" }] }];
      }),
    ),
    ...(isStrict && shape.required.length > 0 ? { required: shape.required } : {}),
  };
}

function schemaOf(shape: Shape, isStrict: boolean): Json {
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
      return { type: "array", items: schemaOf(shape.of, isStrict), description };
    case "each":
      return { type: "object", additionalProperties: schemaOf(shape.of, isStrict), description };
    case "either":
      return { anyOf: shape.of.map((one) => schemaOf(one, isStrict)) };
    case "map":
      return mapSchema(shape, isStrict);
    case "tree":
    case "any":
      return { description };
  }
}
