import type { Context } from "hono";
import { bytesOf } from "../body-bytes.ts";
import { pageStyleSource } from "../page-style.ts";

/** Longest body of a form. */
const formBytesMax = 8_192;

const policy = [
  "default-src 'none'",
  `style-src ${pageStyleSource}`,
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Answers a page with forms. */
export const formPage = (
  context: Context,
  text: string,
  more: {
    readonly status?: 200 | 400 | 403 | 409 | 422 | 429 | 503;
    readonly headers?: Record<string, string>;
  } = {},
): Response =>
  context.html(text, more.status ?? 200, {
    "content-security-policy": policy,
    // Without a referrer browsers say `Origin: null` of a form, and we could not tell whose it is.
    "referrer-policy": "same-origin",
    ...more.headers,
  });

/** Goes on to another page with a cookie that was set or forgotten. */
export function onward(context: Context, cookie: string, to: string): Response {
  context.header("set-cookie", cookie);
  return context.redirect(to, 303);
}

/** What a form holds, by name. */
export type Fields = ReadonlyMap<string, string>;
/** The fields of a form, or null when it is too long, of another type, or names one twice. */
export async function readForm(request: Request): Promise<Fields | null> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded(;|$)/i.test(type)) return null;
  const bytes = await bytesOf(request, formBytesMax);
  if (bytes === null) return null;
  const pairs = [...new URLSearchParams(Buffer.from(bytes).toString("utf8"))];
  const fields = new Map(pairs);
  return fields.size === pairs.length ? fields : null;
}
