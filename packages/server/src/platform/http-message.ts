import { TransportError } from "./transport-error.ts";

/** A request. Structurally the connector SDK's HttpRequest, which this layer may not import. */
export interface HttpCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Relative to the base address; an absolute address is taken when it has the same origin. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
}

/** An answer. Header names in lower case; a repeated header is joined by ", ", `set-cookie` by line ends. */
export interface HttpReply {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/**
 * Longest answer that is taken, bytes. A page of 1,000 fat records has some 5 MB; beyond this something is
 * wrong.
 */
export const bodyBytesMax: number = 32 * 1024 * 1024;

/** As the URL standard reads them: `%2e` is a dot too. */
const dots = /^(?:\.|%2e){1,2}$/i;

/** A value with a line break would end its header and begin another one, or the body. */
function refuseLineBreaks(headers: { readonly [name: string]: string }): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/[\r\n\0]/.test(name + value)) continue;
    const shown = /^[\w-]+$/.test(name) ? name : "of some name";
    const message = `the header ${shown} holds a line break; nothing was sent`;
    throw new TransportError("before_send", message);
  }
}

/** Throws a TransportError before anything is sent when the path leads to another origin than the base. */
export function addressOf(baseUrl: string, call: HttpCall): URL {
  const base = new URL(baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
  const isAbsolute = /^https?:\/\//i.test(call.path);
  // A record's id that is `..` would lead to another place of the system.
  if (
    call.path
      .split(/[?#]/, 1)[0]
      ?.split(/[/\\]/)
      .some((part) => dots.test(part)) === true
  )
    throw new TransportError("before_send", "the path has a part that is only dots; nothing was sent");
  refuseLineBreaks(call.headers ?? {});
  const relative = isAbsolute ? call.path : `./${call.path.replace(/^\/+/, "")}`;
  if (!URL.canParse(relative, base.href))
    throw new TransportError("before_send", "the path is not a path of an address");
  const address = new URL(relative, base);
  if (address.origin !== base.origin) {
    throw new TransportError("before_send", `the path leads away from ${base.origin}; nothing was sent`);
  }
  for (const [name, value] of Object.entries(call.query ?? {})) address.searchParams.append(name, value);
  return address;
}

function decoderFor(contentType: string): InstanceType<typeof TextDecoder> {
  const label = /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    throw new TransportError("after_send", `the answer is in the unknown charset ${label}`);
  }
}

/**
 * Text of a body. Bytes that are no text of its charset are refused: a changed letter would travel on as a
 * change.
 */
export function bodyText(chunks: readonly Uint8Array[], headers: HttpReply["headers"]): string {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new TransportError(
      "after_send",
      `the answer is compressed (${encoding}) although we did not ask for it`,
    );
  }
  const decoder = decoderFor(headers["content-type"] ?? "");
  try {
    return decoder.decode(Buffer.concat(chunks));
  } catch {
    throw new TransportError("after_send", `the answer is not text of the charset ${decoder.encoding}`);
  }
}

/** One text per header name. */
export function joinHeaders(headers: {
  readonly [name: string]: string | string[] | undefined;
}): HttpReply["headers"] {
  const joined: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const key = name.toLowerCase();
    joined[key] = Array.isArray(value) ? value.join(key === "set-cookie" ? "\n" : ", ") : value;
  }
  return joined;
}
