import type { Json } from "@crossfoot/kernel";
import { readDuration, writeDuration } from "./duration.ts";
import { keyForm } from "./sealed-key.ts";
import { secretForm } from "./secret-reference.ts";

/** What an option holds. */
export type OptionKind =
  | { readonly is: "text" | "folder" | "address" | "secret" | "key" | "switch" | "map" }
  | { readonly is: "choice"; readonly of: readonly string[] }
  | { readonly is: "count"; readonly min: number; readonly max: number }
  | { readonly is: "share" }
  | { readonly is: "duration"; readonly minMs: number; readonly maxMs: number };

/** The value of an option: durations in ms, switches as booleans, maps as JSON. */
export type OptionValue = string | number | boolean | { readonly [key: string]: Json };

/**
 * One option, declared once: file key, environment variable, flag, help, reference page, JSON Schema and
 * redacted dump are made from it. `path` is the file key with points; `*` stands for a name of the user's
 * choice.
 */
export interface Option {
  readonly path: string;
  readonly kind: OptionKind;
  /** Value when nobody says anything, as it would stand in the file; null when there is none. */
  readonly fallback: string | number | null;
  readonly isRequired: boolean;
  readonly help: string;
  /** Flag of the command line, such as `--port`. */
  readonly flag: string | null;
}

/** What reading one value gave. */
export type ReadOption =
  | { readonly ok: true; readonly value: OptionValue }
  | { readonly ok: false; readonly problem: string };

const accept = (value: OptionValue): ReadOption => ({ ok: true, value });
const refuse = (problem: string): ReadOption => ({ ok: false, problem });

/** Reads the value of an option from a file. The problem says what is expected and never repeats a secret. */
export function readOption({ path, kind }: Pick<Option, "path" | "kind">, json: Json): ReadOption {
  const name = `\`${path.slice(path.lastIndexOf(".") + 1)}\``;
  switch (kind.is) {
    case "text":
    case "folder":
      return typeof json === "string" && json.trim() !== "" ? accept(json) : refuse(`${name} is a text`);
    case "address":
      return readAddress(name, json);
    case "secret":
      return typeof json === "string" && secretForm(json) !== undefined
        ? accept(json)
        : refuse(secretRefusal);
    case "key":
      return typeof json === "string" && keyForm(json) !== undefined ? accept(json) : refuse(keyRefusal);
    case "switch":
      return readSwitch(name, json);
    case "map":
      return typeof json === "object" && json !== null && !Array.isArray(json)
        ? accept(json as { readonly [key: string]: Json })
        : refuse(`${name} is a map`);
    case "choice":
      // `true` and `false` are what people write where a choice has `on` and `off`.
      if (json === true && kind.of.includes("on")) return accept("on");
      if (json === false && kind.of.includes("off")) return accept("off");
      return typeof json === "string" && kind.of.includes(json)
        ? accept(json)
        : refuse(`${name} is one of ${kind.of.join(", ")}`);
    case "count": {
      const isCount =
        typeof json === "number" && Number.isInteger(json) && json >= kind.min && json <= kind.max;
      return isCount ? accept(json) : refuse(`${name} is a whole number from ${kind.min} to ${kind.max}`);
    }
    case "share":
      return typeof json === "number" && json >= 0 && json <= 1
        ? accept(json)
        : refuse(`${name} is a share from 0 to 1; 0.05 is 5 %`);
    case "duration": {
      const ms = typeof json === "string" ? readDuration(json) : undefined;
      const range = `from ${writeDuration(kind.minMs)} to ${writeDuration(kind.maxMs)}`;
      if (ms === undefined) return refuse(`${name} is a duration with its unit, such as 30s, 5m or 1h`);
      return ms >= kind.minMs && ms <= kind.maxMs ? accept(ms) : refuse(`${name} is a duration ${range}`);
    }
  }
}

/** Why a value that is no reference is refused where a secret belongs. */
const secretRefusal =
  "a secret is never written into a file of the project; write `env:NAME` (an environment variable), " +
  "`file:PATH` (a file that only its owner can read, mode 600) or `sealed:NAME` " +
  "(`crossfoot secrets set NAME`)";

const keyRefusal =
  "a key is never written into a file of the project; write `file:PATH` (a file that only its owner can " +
  "read, mode 600) or `command:PROGRAM ...` (a program that prints it)";

/** YAML 1.2 reads `on` as text; both forms mean the same to a person. */
function readSwitch(name: string, json: Json): ReadOption {
  if (json === true || json === "on") return accept(true);
  if (json === false || json === "off") return accept(false);
  return refuse(`${name} is on or off`);
}

function readAddress(name: string, json: Json): ReadOption {
  const expected = `${name} is an address that starts with https:// or http://`;
  if (typeof json !== "string" || !URL.canParse(json)) return refuse(expected);
  const { protocol, username, password, search, hash } = new URL(json);
  if (protocol !== "https:" && protocol !== "http:") return refuse(expected);
  if (username !== "" || password !== "") {
    return refuse(`${name} holds a user or a password; keep them in \`secrets\`: ${secretRefusal}`);
  }
  return search === "" && hash === "" ? accept(json) : refuse(`${name} has no \`?\` and no \`#\``);
}

/** The value of an option given as text, by the environment or a flag. */
export function readOptionText(option: Pick<Option, "path" | "kind">, text: string): ReadOption {
  const isNumber = option.kind.is === "count" || option.kind.is === "share";
  if (isNumber) return readOption(option, /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);
  if (option.kind.is === "switch" && (text === "true" || text === "false"))
    return readOption(option, text === "true");
  return readOption(option, text);
}

/** Name of the environment variable of an option; `*` becomes `<NAME>`. Maps and secrets have none. */
export function variableOf({ path, kind }: Pick<Option, "path" | "kind">): string | null {
  if (kind.is === "map" || kind.is === "secret") return null;
  const words = path.split(".").map((part) => (part === "*" ? "<NAME>" : variableWord(part)));
  return `CROSSFOOT_${words.join("_")}`;
}

/** A key as a part of a variable's name: `delayMax` is `DELAY_MAX`, `my-crm` is `MY_CRM`. */
function variableWord(key: string): string {
  return key
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
}

/** What an option holds, in words for the reference page and for help. */
export function kindInWords(kind: OptionKind): string {
  switch (kind.is) {
    case "text":
      return "text";
    case "folder":
      return "path of a folder";
    case "address":
      return "address (http, https)";
    case "secret":
      return "`env:NAME`, `file:PATH` or `sealed:NAME`";
    case "key":
      return "`file:PATH` or `command:PROGRAM ...`";
    case "switch":
      return "on, off";
    case "map":
      return "map";
    case "choice":
      return kind.of.join(", ");
    case "count":
      return `whole number ${kind.min} to ${kind.max}`;
    case "share":
      return "share 0 to 1";
    case "duration":
      return `duration ${writeDuration(kind.minMs)} to ${writeDuration(kind.maxMs)}`;
  }
}
