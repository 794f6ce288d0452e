import jsonata from "jsonata";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { isMap } from "@crossfoot/kernel";
import { rootsOfTree } from "./mapping-expression-roots.ts";
import type { ExpressionRoots } from "./mapping-expression-roots.ts";
import { failureKey } from "./mapping-form.ts";
import { BoundedPattern } from "./mapping-pattern.ts";
import { isList, own, pick, withKey } from "./mapping-json.ts";
import { getPath, setPath } from "./mapping-path.ts";
import type { EntityMapping, Expression } from "./mapping-types.ts";

/**
 * Nodes evaluated for one result: a sum over 10,000 lines fits, an endless recursion ends in a fraction of
 * a second.
 */
const stepsMax = 200_000;
/** A net under the limit of steps, for functions that are slow by themselves. */
const timeMsMax = 5_000;
/** Depth of calls, and length of a list that an expression makes. */
const depthMax = 500;
const sequenceMax = 100_000;
/** Longest expression in characters. */
const expressionLengthMax = 4_000;

const entryHook = Symbol.for("jsonata.__evaluate_entry") as unknown as string;
const budgetName = "=budget";

interface Budget {
  left: number;
}

/** Thrown inside of an evaluation only, and caught with it. */
class StepsExceeded extends Error {
  readonly code = "steps";
}

function prepare(text: string): jsonata.Expression {
  const limits = { timeout: timeMsMax, stack: depthMax, sequence: sequenceMax };
  const RegexEngine = BoundedPattern as unknown as RegExpConstructor;
  const prepared = jsonata(text, { ...limits, RegexEngine });
  prepared.assign(entryHook, (_node: unknown, _input: unknown, environment: jsonata.Environment) => {
    const budget = environment.lookup(budgetName) as Budget;
    budget.left -= 1;
    if (budget.left < 0) throw new StepsExceeded();
  });
  return prepared;
}

/** Parses an expression: the roots it reads, or the problem in words. Never throws. */
export function parseExpression(text: string): ExpressionRoots | { readonly problem: string } {
  if (text.length > expressionLengthMax)
    return { problem: `an expression has at most ${expressionLengthMax} characters` };
  try {
    const roots = rootsOfTree(jsonata(text).ast());
    const [refused] = roots.refused;
    if (refused !== undefined)
      return { problem: `${refused} may not be used: the same record must give the same value` };
    return roots;
  } catch (error) {
    const { code, position } = failureOf(error);
    return {
      problem: `no JSONata expression (${code}${position === undefined ? "" : ` at character ${position}`})`,
    };
  }
}

function failureOf(error: unknown): { readonly code: string; readonly position: number | undefined } {
  const failed = (typeof error === "object" && error !== null ? error : {}) as {
    code?: unknown;
    position?: unknown;
  };
  const code =
    typeof failed.code === "string" && /^[A-Za-z]\w{0,9}$/.test(failed.code) ? failed.code : "error";
  return { code, position: typeof failed.position === "number" ? failed.position : undefined };
}

const preparedOf = new WeakMap<Expression, jsonata.Expression>();

let before: Promise<unknown> = Promise.resolve();

/**
 * Evaluations go one after the other: the time of one is not spent by others that are begun at once, such as
 * those of a page of records on a busy machine.
 */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = before.then(work);
  before = turn.catch(() => undefined);
  return turn;
}

/**
 * The result as JSON; nothing is null, and a failure leaves its code under a key that no result has by
 * accident.
 */
async function evaluate(expression: Expression, input: JsonMap): Promise<Json> {
  try {
    const prepared = preparedOf.get(expression) ?? prepare(expression.text);
    preparedOf.set(expression, prepared);
    // A copy, since JSONata marks lists that it has looked at.
    const result: unknown = await inTurn(() =>
      prepared.evaluate(structuredClone(input), { [budgetName]: { left: stepsMax } }),
    );
    if (typeof result === "function") return { [failureKey]: "function" };
    const text = JSON.stringify(result) as string | undefined;
    const json = text === undefined ? null : (JSON.parse(text) as Json);
    return isMap(json) && Object.hasOwn(json, failureKey) ? { [failureKey]: "result" } : json;
  } catch (error) {
    return { [failureKey]: failureOf(error).code };
  }
}

/**
 * The record or row with the result, or without it while something that the expression needs is absent;
 * never with what a system delivers under that root.
 */
async function withResult(expression: Expression, input: JsonMap): Promise<JsonMap> {
  if (expression.needs.some((root) => own(input, root) === undefined)) return without(input, expression.root);
  const known = expression.reads === null ? input : pick(input, expression.reads);
  return withKey(input, expression.root, await evaluate(expression, known));
}

function without(map: JsonMap, root: string): JsonMap {
  if (!Object.hasOwn(map, root)) return map;
  return Object.fromEntries(Object.entries(map).filter(([key]) => key !== root));
}

/**
 * The record without the results that {@link evaluateExpressions} put there: what a system may be sent
 * whole. Never throws.
 */
export function withoutResults(mapping: EntityMapping, native: JsonMap): JsonMap {
  let bare = native;
  for (const { list, root } of mapping.expressions) {
    const reached = list === null ? undefined : getPath(list, bare);
    if (list === null) bare = without(bare, root);
    if (list === null || reached?.kind !== "value" || !isList(reached.value)) continue;
    const rows = reached.value.map((row) => (isMap(row) ? without(row, root) : row));
    const placed = setPath(list, bare, { value: rows, addsMissing: false });
    if (placed.ok) bare = placed.map;
  }
  return bare;
}

async function withRowResults(expression: Expression, native: JsonMap): Promise<JsonMap> {
  if (expression.list === null) return withResult(expression, native);
  const reached = getPath(expression.list, native);
  if (reached.kind !== "value" || !isList(reached.value)) return native;
  const rows: Json[] = [];
  for (const row of reached.value) rows.push(isMap(row) ? await withResult(expression, row) : row);
  const placed = setPath(expression.list, native, { value: rows, addsMissing: false });
  return placed.ok ? placed.map : native;
}

/**
 * Evaluates the mapping's expressions: the record with each result under its root `=<field>`, in the record
 * or in each row of its list. A failed one leaves a marker that `readFields` reports as
 * `expression_failed`. To be called on what a connector delivered, before anything else reads it. Never
 * rejects. Cost: at most 200,000 steps per result.
 */
export async function evaluateExpressions(mapping: EntityMapping, native: JsonMap): Promise<JsonMap> {
  let evaluated = native;
  for (const expression of mapping.expressions) evaluated = await withRowResults(expression, evaluated);
  return evaluated;
}
