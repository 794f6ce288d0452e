import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Document, Node, Scalar } from "yaml";
import type { Json } from "@crossfoot/kernel";
import { problemOf } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";

/** Longest file that is read; a settings file of more is a mistake, not a project. */
const charactersMax = 4_000_000;
/** Most aliases that one file may expand to; more would be a bomb. */
const aliasesMax = 200;

/** A YAML file as read: its value, and where each key stands. */
export interface YamlFile {
  readonly name: string;
  readonly json: Json;
  /** What is no YAML, or not what it looks like. The value is null when it could not be read at all. */
  readonly problems: readonly ConfigProblem[];
  /** Line of the key or element at the end of the path; of the deepest one that exists when it does not. */
  readonly lineOf: (path: readonly string[]) => number;
  /** True when the path exists in this file. */
  readonly has: (path: readonly string[]) => boolean;
}

/** Reads the text of a YAML (or JSON) file. Numbers that lose their form are refused. Never throws. */
export function readYaml({ name, text }: { readonly name: string; readonly text: string }): YamlFile {
  if (text.length > charactersMax) {
    const problem = problemOf(
      { file: name, line: null },
      "the file is longer than 4 MB; split it or check what it is",
    );
    return { name, json: null, problems: [problem], lineOf: () => 1, has: () => false };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const problems = [...document.errors, ...document.warnings].map((error) =>
    problemOf({ file: name, line: lineAt(error.pos[0]) }, `not YAML: ${plain(error.message)}`),
  );
  problems.push(...doubtfulNumbers(document, { name, lineAt }));
  const json = problems.length > 0 ? null : valueOf(document, name, problems);
  return {
    name,
    json,
    problems,
    lineOf: (path) => lineAt(walk(document, path).offset),
    has: (path) => walk(document, path).isWhole,
  };
}

const plain = (message: string): string => message.replaceAll(/\s+/g, " ").replace(/\.$/, "");

function valueOf(document: Document, name: string, problems: ConfigProblem[]): Json {
  try {
    const value: unknown = document.toJS({ maxAliasCount: aliasesMax });
    return (value ?? null) as Json;
  } catch (error) {
    const message = error instanceof Error ? plain(error.message) : "cannot be read";
    problems.push(problemOf({ file: name, line: null }, `not YAML: ${message}`));
    return null;
  }
}

/**
 * `012` is the number 12, `1.0` is 1, and a long number loses digits. Where codes and versions are written
 * that way the text was meant, so it has to be put in quotes.
 */
function doubtfulNumbers(
  document: Document,
  at: { readonly name: string; readonly lineAt: (offset: number) => number },
): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  const note = (scalar: Scalar, message: string): void => {
    found.push(problemOf({ file: at.name, line: at.lineAt(scalar.range?.[0] ?? 0) }, message));
  };
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value !== "number") return;
      const { source = "" } = scalar;
      if (!Number.isFinite(scalar.value)) note(scalar, `\`${source}\` is no number that can be used here`);
      else if (source !== String(scalar.value)) {
        const value = String(scalar.value);
        note(
          scalar,
          `\`${source}\` is read as the number ${value}; write ${value}, or put it in quotes to keep it`,
        );
      }
    },
  });
  return found;
}

interface Reached {
  readonly offset: number;
  readonly isWhole: boolean;
}

/** Follows a path through maps and lists, and answers how far it came. */
function walk(document: Document, path: readonly string[]): Reached {
  let node: unknown = document.contents;
  let offset = startOf(document.contents) ?? 0;
  for (const key of path) {
    const holder: unknown = isAlias(node) ? node.resolve(document) : node;
    if (isMap(holder)) {
      const pair = holder.items.find((each) => textOf(each.key) === key);
      if (pair === undefined) return { offset, isWhole: false };
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(holder)) {
      const element = /^\d+$/.test(key) ? holder.items[Number(key)] : undefined;
      if (element === undefined) return { offset, isWhole: false };
      offset = startOf(element) ?? offset;
      node = element;
    } else return { offset, isWhole: false };
  }
  return { offset, isWhole: true };
}

const startOf = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];

function textOf(key: unknown): string | undefined {
  const value: unknown = isScalar(key) ? key.value : key;
  if (value === null) return "";
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

/**
 * Keys of a dotted path, where keys may have points in them: the longest key that exists is taken at each
 * step. What does not exist is split at its points.
 */
export function splitPath(json: Json, dotted: string): readonly string[] {
  const parts = dotted === "" ? [] : dotted.split(".");
  const keys: string[] = [];
  let here: unknown = json;
  for (let at = 0; at < parts.length;) {
    const known = Object.keys(typeof here === "object" && here !== null ? here : {});
    let taken = 1;
    for (let length = parts.length - at; length > 1; length -= 1) {
      if (!known.includes(parts.slice(at, at + length).join("."))) continue;
      taken = length;
      break;
    }
    const key = parts.slice(at, at + taken).join(".");
    keys.push(key);
    here = known.includes(key) ? (here as { readonly [key: string]: unknown })[key] : undefined;
    at += taken;
  }
  return keys;
}
