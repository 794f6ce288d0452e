import type { Json, JsonMap } from "@crossfoot/kernel";
import { ConnectorError } from "./failure.ts";
import { isList, scalar } from "./native-json.ts";

/** The form of one option of a connection, and its default; without a default it must be given. */
export interface OptionRule {
  readonly kind: "text" | "texts" | "flag" | "count" | readonly string[];
  readonly fallback: Json | undefined;
  readonly max?: number;
  /** Whether null has a meaning of its own although the default is none. */
  readonly isNullable?: boolean;
}

/** Rules by the name of their option. */
export type OptionRules = { readonly [name: string]: OptionRule };

/** A problem of an option, with the path of its key. */
export interface OptionProblem {
  readonly path: string;
  readonly problem: string;
}

const ruleOf = (kind: OptionRule["kind"], fallback: Json | undefined): OptionRule => ({ kind, fallback });

/** Rules of the usual kinds; a default of null allows null. */
export const optionRule = {
  text: (fallback?: Json): OptionRule => ruleOf("text", fallback),
  texts: (fallback?: Json): OptionRule => ruleOf("texts", fallback),
  flag: (fallback: boolean): OptionRule => ruleOf("flag", fallback),
  count: (fallback: number, max: number): OptionRule => ({ kind: "count", fallback, max }),
  choice: (choices: readonly string[], fallback: Json): OptionRule => ruleOf(choices, fallback),
};

function formProblem(value: Json, rule: OptionRule): string | undefined {
  if (value === null && (rule.fallback === null || rule.isNullable === true)) return undefined;
  if (typeof rule.kind !== "string") {
    return typeof value === "string" && rule.kind.includes(value)
      ? undefined
      : `expected one of: ${rule.kind.map(scalar).join(", ")}`;
  }
  const isText = (each: Json): boolean => typeof each === "string" && each.trim() !== "";
  switch (rule.kind) {
    case "texts":
      return isList(value) && value.length > 0 && value.every(isText)
        ? undefined
        : "expected a list of texts";
    case "flag":
      return typeof value === "boolean" ? undefined : "expected true or false";
    case "count":
      return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= (rule.max ?? Number(value))
        ? undefined
        : `expected a whole number from 1 to ${rule.max ?? 1}`;
    default:
      return isText(value) ? undefined : "expected a text that is not empty";
  }
}

/** Problems of options under their rules: unknown and missing ones, and wrong forms. Pure. */
export function problemsOf(rules: OptionRules, options: JsonMap): readonly OptionProblem[] {
  const problems: OptionProblem[] = [];
  for (const path of Object.keys(options)) {
    if (!Object.hasOwn(rules, path))
      problems.push({ path, problem: `unknown option; there are: ${Object.keys(rules).join(", ")}` });
  }
  for (const [path, rule] of Object.entries(rules)) {
    const value = options[path];
    const missing = rule.fallback === undefined ? "this option is needed" : undefined;
    const problem = value === undefined ? missing : formProblem(value, rule);
    if (problem !== undefined) problems.push({ path, problem });
  }
  return problems;
}

/** Options with their defaults put in; null stays where it has a meaning. Pure. */
export function withDefaults(rules: OptionRules, options: JsonMap): JsonMap {
  const read = Object.entries(rules).map(([name, rule]): [string, Json] => {
    const given = options[name];
    const isNull = given === null && rule.isNullable === true;
    return [name, isNull ? null : (given ?? rule.fallback ?? null)];
  });
  return Object.fromEntries(read);
}

const wrongOptionPrefix = "option_";

/**
 * An option that only the system can tell to be wrong, such as the name of a company; the code is
 * `option_<name>`. As `unauthorised` it stops the whole connection until somebody has changed its
 * configuration, as `unsupported` only what rests on it.
 */
export const wrongOption = (
  name: string,
  message: string,
  failure: "unauthorised" | "unsupported" = "unauthorised",
): ConnectorError => new ConnectorError({ failure, code: `${wrongOptionPrefix}${name}`, message });

/** Whether the code of a failure says that the configuration is wrong. */
export const isWrongOption = (code: string): boolean => code.startsWith(wrongOptionPrefix);
