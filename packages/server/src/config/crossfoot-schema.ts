import { schemaDialect } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Option } from "./option.ts";
import { optionTable } from "./option-table.ts";

const durationPattern = "^\\d{1,9}\\s*(ms|s|m|h|d)$";
const secretPattern = "^(env:[A-Za-z_][A-Za-z0-9_]*|file:\\S.*|sealed:[A-Za-z][A-Za-z0-9._-]{0,63})$";
const keyPattern = "^(file:\\S.*|command:\\s*\\S.*)$";

function leaf({ kind, help, fallback }: Option): JsonSchema {
  const told = { description: help, ...(fallback === null ? {} : { default: fallback }) };
  switch (kind.is) {
    case "text":
    case "folder":
      return { type: "string", minLength: 1, ...told };
    case "address":
      return { type: "string", pattern: "^https?://", ...told };
    case "secret":
      return { type: "string", pattern: secretPattern, ...told };
    case "key":
      return { type: "string", pattern: keyPattern, ...told };
    case "switch":
      return { enum: ["on", "off", true, false], ...told };
    case "map":
      return { type: "object", ...told };
    case "choice":
      return { enum: kind.of.includes("on") ? [...kind.of, true, false] : kind.of, ...told };
    case "count":
      return { type: "integer", minimum: kind.min, maximum: kind.max, ...told };
    case "share":
      return { type: "number", minimum: 0, maximum: 1, ...told };
    case "duration":
      return { type: "string", pattern: durationPattern, ...told };
  }
}

function branch(options: readonly Option[], depth: number): JsonSchema {
  const groups = Map.groupBy(options, ({ path }) => path.split(".")[depth] ?? "");
  const schemas = [...groups].map(([key, group]): [string, JsonSchema] => {
    const own = group.find(({ path }) => path.split(".").length === depth + 1);
    return [key, own === undefined ? branch(group, depth + 1) : leaf(own)];
  });
  const any = schemas.find(([key]) => key === "*")?.[1];
  const named = Object.fromEntries(schemas.filter(([key]) => key !== "*"));
  const required = options
    .filter(({ path, isRequired }) => isRequired && path.split(".").length === depth + 1)
    .map(({ path }) => path.split(".")[depth] ?? "");
  return {
    type: "object",
    ...(Object.keys(named).length === 0 ? {} : { properties: named }),
    additionalProperties: any ?? false,
    ...(required.length === 0 ? {} : { required }),
  };
}

/** JSON Schema of crossfoot.yaml, made from the table of options. */
export const crossfootSchema: JsonSchema = {
  $schema: schemaDialect,
  title: "Crossfoot project",
  description: "Connections, store, cadences, limits and switches of one project.",
  ...branch(optionTable, 0),
};
