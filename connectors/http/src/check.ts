import { mergedEntities, ownWords } from "./compile.ts";
import { descriptionShape, entityShape } from "./keys.ts";
import { nearest } from "./nearest.ts";
import { operationProblems } from "./operation-rules.ts";
import type { DescriptionProblem } from "./problem.ts";
import { crossProblems, entityProblems } from "./rules.ts";
import { fits, wanted } from "./shape.ts";
import type { MapShape, Shape } from "./shape.ts";
import { isBroken, variablesOf } from "./template.ts";
import { isList, isMap } from "./wire.ts";
import type { Json, JsonMap } from "./wire.ts";

/**
 * Everything that is wrong with a description: unknown keys with the nearest known one, missing keys,
 * values of the wrong form, unknown template variables, and parts that do not fit together. Empty when it
 * is fine. Pure; never throws.
 */
export function checkDescription(description: Json): readonly DescriptionProblem[] {
  if (!isMap(description)) return [{ path: "", problem: "a description is a map; see docs/connect/http.md" }];
  const found: DescriptionProblem[] = [];
  const { defaults, entities, ...rest } = description;
  walk({ value: rest, shape: descriptionShape, path: "", isPartial: true }, found);
  missing(description, { shape: descriptionShape, path: "" }, found);
  if (defaults !== undefined)
    walk({ value: defaults, shape: entityShape, path: "defaults", isPartial: true }, found);
  if (entities === undefined) return found;
  const said = isMap(entities)
    ? Object.fromEntries(Object.entries(entities).map(([name, one]) => [name, ownWords(one, defaults)]))
    : entities;
  walk({ value: said, shape: entitiesShape, path: "entities", isPartial: true }, found);
  if (found.length > 0) return found;
  for (const [name, entity] of Object.entries(mergedEntities(description))) {
    walk({ value: entity, shape: entityShape, path: `entities.${name}`, isPartial: false }, found);
    found.push(...entityProblems(entity, `entities.${name}`));
  }
  found.push(
    ...crossProblems(description),
    ...operationProblems(description, mergedEntities(description)),
    ...undeclared(description),
  );
  return found;
}

const entitiesShape: Shape = { is: "each", doc: "entities", of: entityShape };

interface Place {
  readonly value: Json;
  readonly shape: Shape;
  readonly path: string;
  /** Defaults and entities before they are laid over each other may leave required keys out. */
  readonly isPartial: boolean;
}

function walk(place: Place, found: DescriptionProblem[]): void {
  const { value, shape, path } = place;
  if (!fits(value, shape)) {
    found.push({ path, problem: `is ${wordOf(value)}, but needs ${wanted(shape)}${ask(shape)}` });
    return;
  }
  switch (shape.is) {
    case "text":
    case "tree":
      walkTemplates(value, { path, variables: shape.variables }, found);
      return;
    case "count":
      if (!Number.isInteger(value) || Number(value) < shape.min) {
        found.push({ path, problem: `is no whole number from ${shape.min}; write one` });
      }
      return;
    case "list":
      for (const [index, one] of (value as readonly Json[]).entries()) {
        walk({ ...place, value: one, shape: shape.of, path: `${path}.${index}` }, found);
      }
      return;
    case "each":
      for (const [key, one] of Object.entries(value as JsonMap)) {
        walk({ ...place, value: one, shape: shape.of, path: join(path, key) }, found);
      }
      return;
    case "either": {
      const chosen = shape.of.find((one) => fits(value, one));
      if (chosen !== undefined) walk({ ...place, shape: chosen }, found);
      return;
    }
    case "map":
      walkMap(value as JsonMap, { ...place, shape }, found);
      return;
    default:
      return;
  }
}

function walkMap(
  value: JsonMap,
  place: Place & { readonly shape: MapShape },
  found: DescriptionProblem[],
): void {
  const { shape } = place;
  const isPartial = place.isPartial && place.path !== "";
  for (const [key, one] of Object.entries(value)) {
    const known = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    if (known !== undefined) {
      walk({ value: one, shape: known, path: join(place.path, key), isPartial }, found);
      continue;
    }
    const near = nearest(key, Object.keys(shape.keys));
    const advice =
      near === undefined ? `known here: ${Object.keys(shape.keys).join(", ")}` : `did you mean ${near}?`;
    found.push({ path: join(place.path, key), problem: `unknown key; ${advice}` });
  }
  // Inside a list nothing is inherited, so what is required is required at once.
  if (!place.isPartial || /\.\d+$/.test(place.path)) missing(value, place, found);
}

function missing(
  value: JsonMap,
  { shape, path }: { readonly shape: MapShape; readonly path: string },
  found: DescriptionProblem[],
): void {
  for (const key of shape.required) {
    if (Object.hasOwn(value, key)) continue;
    found.push({
      path: join(path, key),
      problem: `is missing; say ${shape.keys[key]?.doc ?? key}${ask(shape.keys[key])}`,
    });
  }
}

function walkTemplates(
  value: Json,
  at: { readonly path: string; readonly variables: readonly string[] | null },
  found: DescriptionProblem[],
): void {
  if (isMap(value) || isList(value)) {
    for (const [key, one] of Object.entries(value))
      walkTemplates(one, { ...at, path: join(at.path, key) }, found);
    return;
  }
  if (typeof value !== "string" || at.variables === null) return;
  if (isBroken(value))
    found.push({ path: at.path, problem: "has a template that is not closed; write $${ for a plain one" });
  for (const name of variablesOf(value)) {
    if (at.variables.some((known) => isNamed(name, known))) continue;
    const near = nearest(name, at.variables);
    const advice = near === undefined ? `known here: ${at.variables.join(", ")}` : `did you mean ${near}?`;
    found.push({ path: at.path, problem: `unknown variable ${name}; ${advice}` });
  }
}

const isNamed = (name: string, known: string): boolean =>
  known.endsWith(".*") ? name.startsWith(known.slice(0, -1)) && name.length >= known.length : name === known;

/** `${variable.x}` names what `variables` declares, so that a misspelt one is not silently nothing. */
function undeclared(description: JsonMap): readonly DescriptionProblem[] {
  const declared = isMap(description["variables"]) ? Object.keys(description["variables"]) : [];
  const { mapping: _mapping, ...own } = description;
  const used = new Set(variablesOf(own).filter((name) => name.startsWith("variable.")));
  return [...used]
    .map((name) => name.slice("variable.".length))
    .filter((name) => !declared.includes(name))
    .map((name) => ({
      path: "variables",
      problem: `does not declare ${name}, which a template uses; add it`,
    }));
}

const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

function ask(shape: Shape | undefined): string {
  return shape === undefined || shape.is !== "map" || shape.required.length === 0
    ? ""
    : ` (${shape.required.join(", ")})`;
}

function wordOf(value: Json): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : typeof value === "string" ? "text" : `a ${typeof value}`;
}
