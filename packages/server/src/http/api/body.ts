import type { Json } from "@crossfoot/kernel";
import { bytesOf } from "../body-bytes.ts";
import { Problem } from "./problem.ts";

/** Longest body: a thousand lines of a question stay far below it. */
const bytesMax = 262_144;
/** Deepest nesting: what the routes take needs four. */
const depthMax = 16;
/** Most values in a body. */
const valuesMax = 20_000;

/**
 * The JSON of a request's body; an empty one counts as a body without keys. Throws a Problem for what is too
 * large, no JSON, nested too deep, or holds a key or text that must not come further.
 */
export async function readBody(request: Request): Promise<Json> {
  const bytes = await bytesOf(request, bytesMax);
  if (bytes === null) throw new Problem("body_too_large", `a body is ${bytesMax} bytes at most`);
  const type = request.headers.get("content-type");
  if (bytes.length === 0 && type === null) return {};
  if (type === null || !/^application\/json\s*(;|$)/i.test(type))
    throw new Problem("media_type", "send the body with `content-type: application/json`");
  let json: Json;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Json;
  } catch {
    throw new Problem("body_malformed", "the body is no JSON in UTF-8");
  }
  refuseUnsound(json);
  return json;
}

/** Keys that would reach the prototype of a map somewhere. */
const refusedKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Text that a store or a log cannot hold as it is: NUL, and halves of a character. */
export const isSound = (text: string): boolean => !text.includes("\u0000") && text.isWellFormed();

/** Looks at every value without recursion: the nesting is the sender's. */
function refuseUnsound(json: Json): void {
  const left: (readonly [value: Json, depth: number])[] = [[json, 1]];
  let values = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, depth] = next;
    values += 1;
    if (values > valuesMax) throw new Problem("body_malformed", `a body holds ${valuesMax} values at most`);
    if (typeof value === "string" && !isSound(value))
      throw new Problem("body_malformed", "a text holds a character that cannot be stored");
    if (value === null || typeof value !== "object") continue;
    if (depth > depthMax) throw new Problem("body_malformed", `a body is nested ${depthMax} deep at most`);
    for (const [key, inner] of Object.entries(value)) {
      if (refusedKeys.has(key) || !isSound(key))
        throw new Problem("body_malformed", "a key of the body has a name that is never taken");
      left.push([inner, depth + 1]);
    }
  }
}
