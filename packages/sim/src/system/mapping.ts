import { compileMapping } from "@crossfoot/connector-sdk";
import type { Mapping } from "@crossfoot/connector-sdk";
import type { Json } from "@crossfoot/kernel";
import { entities, entityNames } from "@crossfoot/model";
import type { Role } from "./dialect.ts";
import { codeOf, rootOf } from "./dialect.ts";
import { filteredEntity, scopeRoot } from "./scope.ts";
import type { Shape, Shapes } from "./vocabulary.ts";
import { shapesOn } from "./vocabulary.ts";

/** The `mappings/<connection>.yaml` that a person would write for a model system, as parsed. */
function mappingFile(role: Role, names: readonly string[], isFiltered: boolean): Json {
  const mapped = names.map((entity): [string, Json] => {
    const fields = fieldsOf(role, shapesOn(role, entity), { isRow: false });
    const scope = { path: scopeRoot, in: [null] };
    return [entity, isFiltered && entity === filteredEntity ? { scope, fields } : { fields }];
  });
  return { entities: Object.fromEntries(mapped) };
}

/** Compiles it with the production compiler. */
export function compileFor(
  role: Role,
  names: readonly string[],
  { isFiltered }: { readonly isFiltered: boolean },
): Mapping {
  const fields = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
  const compiled = compileMapping(mappingFile(role, names, isFiltered), fields);
  if ("mapping" in compiled) return compiled.mapping;
  throw new Error(`the model ${role} cannot be mapped: ${JSON.stringify(compiled.problems)}`);
}

function fieldsOf(role: Role, shapes: Shapes, at: { readonly isRow: boolean }): Json {
  return Object.fromEntries(
    Object.entries(shapes).map(([field, shape]) => [field, fieldOf(role, { field, shape, ...at })]),
  );
}

function fieldOf(
  role: Role,
  at: { readonly field: string; readonly shape: Shape; readonly isRow: boolean },
): Json {
  const path = rootOf(role, at.field);
  const { shape } = at;
  switch (shape.kind) {
    case "code":
      return { path, values: Object.fromEntries(shape.codes.map((code) => [code, codeOf(role, code)])) };
    case "ref":
      return { path, ref: shape.entity };
    case "money":
      // In its rows the ERP leaves out what has no value.
      if (role === "erp")
        return {
          amount: `${path}.amount`,
          currency: `${path}.currency`,
          ...(at.isRow ? { missing: null } : {}),
        };
      return { amount: path, currency: at.isRow ? "^Currency" : "Currency" };
    case "quantity":
      return { value: `${path}.qty`, unit: `${path}.unit` };
    case "group": {
      const glue = role === "erp" ? "_" : ".";
      const parts = Object.entries(shape.parts).map(([part, inner]): [string, Json] => [
        part,
        partOf(role, { path: `${path}${glue}${rootOf(role, part)}`, shape: inner }),
      ]);
      return { parts: Object.fromEntries(parts) };
    }
    case "lines":
      return { list: path, key: "id", fields: fieldsOf(role, shape.parts, { isRow: true }) };
    default:
      return path;
  }
}

function partOf(role: Role, at: { readonly path: string; readonly shape: Shape }): Json {
  if (at.shape.kind !== "code") return at.path;
  return {
    path: at.path,
    values: Object.fromEntries(at.shape.codes.map((code) => [code, codeOf(role, code)])),
  };
}
