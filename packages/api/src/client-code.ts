import { openApi } from "./openapi.ts";
import type { Json } from "./openapi.ts";

type Schema = { readonly [key: string]: Json };
const asSchema = (json: Json | undefined): Schema => (json ?? {}) as Schema;
const asList = (json: Json | undefined): readonly Json[] =>
  Array.isArray(json) ? (json as readonly Json[]) : [];
const asText = (json: Json | undefined): string => (typeof json === "string" ? json : "");

/** Longest line of what is made. */
const widthMax = 104;
const nameForm = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
const keyOf = (name: string): string => (nameForm.test(name) ? name : JSON.stringify(name));

/** A type of TypeScript for what a schema of the document lets through; `at` is how deep it stands. */
function typeOf(schema: Schema, at: number): string {
  const { type, enum: choices, const: only } = schema;
  if (schema["$ref"] !== undefined) return "unknown";
  const options = asList(schema["anyOf"] ?? schema["oneOf"]);
  if (options.length > 0)
    return unionOf(
      options.map((each) => typeOf(asSchema(each), at + 1)),
      at,
    );
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(choices))
    return unionOf(
      choices.map((each) => JSON.stringify(each)),
      at,
    );
  if (Array.isArray(type))
    return unionOf(
      asList(type).map((each) => typeOf({ type: each }, at)),
      at,
    );
  if (type === "null" || type === "boolean" || type === "string") return type;
  if (type === "integer" || type === "number") return "number";
  if (type === "array") return listOf(typeOf(asSchema(schema["items"]), at));
  return type === "object" ? mapOf(schema, at) : "unknown";
}

const listOf = (element: string): string =>
  `readonly ${/^[\w.]+$|^\{[^|]*\}$/.test(element) && !element.includes("\n") ? element : `(${element})`}[]`;

/** The members of a union of words that was broken into lines; else the part as it is. */
function membersOf(part: string): readonly string[] {
  const lines = part.split(/\n\s*\| /);
  const isWords = lines.length > 1 && lines.slice(1).every((each) => /^"[^"]*"$/.test(each));
  if (isWords) return lines.slice(1);
  return [lines.length > 1 && part.startsWith("\n") ? `(${part})` : part];
}

function unionOf(parts: readonly string[], at: number): string {
  const each = [...new Set(parts.flatMap((part) => membersOf(part)))];
  if (each.length === 1) return each.join("");
  const isShort =
    each.join(" | ").length + at * 2 < widthMax - 40 && !each.some((part) => part.includes("\n"));
  return isShort
    ? each.join(" | ")
    : each.map((part) => `\n${"  ".repeat(at + 1)}| ${part.replaceAll("\n", "\n  ")}`).join("");
}

function mapOf(schema: Schema, at: number): string {
  const required = new Set(asList(schema["required"]).map((name) => asText(name)));
  const rest = schema["additionalProperties"];
  const keys = Object.entries(asSchema(schema["properties"])).map(([name, inner]) => {
    const mark = required.has(name) ? "" : "?";
    return `readonly ${keyOf(name)}${mark}: ${typeOf(asSchema(inner), at + 1)};`;
  });
  const isOpen = typeof rest === "object" && rest !== null;
  const open = isOpen
    ? [`readonly [key: string]: ${keys.length > 0 ? "unknown" : typeOf(asSchema(rest), at + 1)};`]
    : [];
  return block([...keys, ...open], at);
}

/** Members of a type, on one line where they fit. */
function block(members: readonly string[], at: number): string {
  const flat = `{ ${members.map((each) => each.replace(/;$/, "")).join("; ")} }`;
  if (members.length === 0) return "{ readonly [key: string]: never }";
  if (flat.length + at * 2 < widthMax - 40 && !flat.includes("\n")) return flat;
  const pad = "  ".repeat(at + 1);
  return `{\n${members.map((each) => `${pad}${each}`).join("\n")}\n${"  ".repeat(at)}}`;
}

/** The parameters of an operation in one place of its address. */
function parametersOf(operation: Schema, place: "path" | "query"): string {
  const named = asList(operation["parameters"])
    .map((each) => asSchema(each))
    .filter((each) => each["in"] === place);
  const properties = Object.fromEntries(named.map((each) => [asText(each["name"]), each["schema"] ?? {}]));
  const required = named.filter((each) => each["required"] === true).map((each) => asText(each["name"]));
  return mapOf({ properties, required }, 2);
}

const contentOf = (json: Json | undefined): Schema =>
  asSchema(asSchema(asSchema(asSchema(json)["content"])["application/json"])["schema"]);

function answersOf(operation: Schema): string {
  const answers = Object.entries(asSchema(operation["responses"]))
    .filter(([status]) => /^20\d$/.test(status))
    .map(([status, response]) =>
      block([`readonly status: ${status};`, `readonly body: ${typeOf(contentOf(response), 3)};`], 2),
    );
  return unionOf(answers, 2);
}

const usesParameter = (operation: Schema, name: string): boolean =>
  asList(operation["parameters"]).some((each) => asText(asSchema(each)["$ref"]).endsWith(`/${name}`));

interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly type: string;
  readonly route: string;
}

function operationOf(at: { readonly path: string; readonly method: string }, operation: Schema): Operation {
  const id = asText(operation["operationId"]);
  const body = operation["requestBody"];
  const members = [
    `readonly path: ${parametersOf(operation, "path")};`,
    `readonly query: ${parametersOf(operation, "query")};`,
    `readonly body: ${body === undefined ? "null" : typeOf(contentOf(body), 2)};`,
    `readonly answer: ${answersOf(operation)};`,
  ].map((member) => member.replaceAll(/ +\n/g, "\n"));
  const facts = [
    `method: "${at.method.toUpperCase()}"`,
    `path: "${at.path}"`,
    `isKeyed: ${String(usesParameter(operation, "idempotencyKey"))}`,
    `isTimed: ${String(usesParameter(operation, "prefer"))}`,
  ];
  const flat = `  ${id}: { ${facts.join(", ")} },`;
  const route = flat.length < widthMax ? flat : `  ${id}: {\n    ${facts.join(",\n    ")},\n  },`;
  const words = `  /** ${asText(operation["summary"])}. */`;
  const type = `${words}\n  readonly ${id}: ${block(members, 1)};`;
  return { id, tag: asText(asList(operation["tags"])[0]), type, route };
}

const fileOf = (tag: string): string => tag.toLowerCase().replaceAll(" ", "-");
const nameOf = (tag: string): string =>
  tag.replaceAll(/(?:^| )([A-Za-z])/g, (_all, letter: string) => letter.toUpperCase());
const constantOf = (tag: string): string =>
  `${nameOf(tag)[0]?.toLowerCase() ?? ""}${nameOf(tag).slice(1)}Routes`;

const head =
  "// Made from the OpenAPI document by packages/api/src/client-code.ts; a test keeps both equal.\n";

function fileText(tag: string, operations: readonly Operation[]): string {
  const name = `${nameOf(tag)}Operations`;
  return [
    `${head}import type { OperationRoute } from "../operation.ts";`,
    "",
    `/** What is asked and answered by the operations of "${tag}". */`,
    `export interface ${name} {`,
    operations.map(({ type }) => type).join("\n"),
    "}",
    "",
    `/** Where the operations of "${tag}" are. */`,
    `export const ${constantOf(tag)}: { readonly [id in keyof ${name}]: OperationRoute } = {`,
    ...operations.map(({ route }) => route),
    "};",
    "",
  ].join("\n");
}

function allText(tags: readonly string[]): string {
  const names = tags.map((tag) => `${nameOf(tag)}Operations`);
  return [
    head.trimEnd(),
    'import type { OperationRoute } from "../operation.ts";',
    ...tags.flatMap((tag) => [
      `import { ${constantOf(tag)} } from "./${fileOf(tag)}.ts";`,
      `import type { ${nameOf(tag)}Operations } from "./${fileOf(tag)}.ts";`,
    ]),
    "",
    "/** Every operation of the API, by its `operationId`. */",
    `export interface Operations\n  extends ${names.join(",\n    ")} {}`,
    "",
    "/** Where every operation is. */",
    "export const operationRoutes: { readonly [id in keyof Operations]: OperationRoute } = {",
    ...tags.map((tag) => `  ...${constantOf(tag)},`),
    "};",
    "",
  ].join("\n");
}

function codesText(): string {
  const problem = asSchema(asSchema(asSchema(openApi()["components"])["schemas"])["Problem"]);
  const codes = asList(asSchema(asSchema(problem["properties"])["code"])["enum"]);
  const rows = codes.map((code) => `\n  | ${JSON.stringify(code)}`);
  return `${head}\n/** Stable code of a problem. */\nexport type ProblemCode =${rows.join("")};\n`;
}

/** Files of `@crossfoot/client` that say what every operation takes and answers, by their names. */
export function clientCode(): { readonly [file: string]: string } {
  const paths = asSchema(openApi()["paths"]);
  const all = Object.entries(paths).flatMap(([path, ofPath]) =>
    Object.entries(asSchema(ofPath)).map(([method, each]) => operationOf({ path, method }, asSchema(each))),
  );
  const byTag = Map.groupBy(all, ({ tag }) => tag);
  const files = [...byTag].map(([tag, ofTag]): [string, string] => [
    `${fileOf(tag)}.ts`,
    fileText(tag, ofTag),
  ]);
  return { ...Object.fromEntries(files), "all.ts": allText([...byTag.keys()]), "codes.ts": codesText() };
}
