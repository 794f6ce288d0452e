import { createHash } from "node:crypto";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Paging } from "./language.ts";
import { parseJson } from "./json.ts";
import { at, holds } from "./path.ts";
import { isMap, textOf } from "./wire.ts";
import type { Json, JsonMap } from "./wire.ts";

/**
 * Where a reading stands. It travels inside our own opaque cursor, since a connector keeps nothing between
 * calls: that is also how loops and lists without end are seen.
 */
export interface Position {
  /** Pages read so far. */
  readonly pages: number;
  /** The system's own cursor or link; offset or page number; null at the start. */
  readonly at: string | number | null;
  /** Stamp (ISO) from which a list that walks by stamp reads on; null at its start. */
  readonly since: string | null;
  readonly lastId: string | null;
  readonly lastStamp: string | null;
  /** Hash of the ids of the last page. */
  readonly print: string;
  /**
   * Hash of the position at the last power of two of pages (Brent), so that a circle of any length is seen.
   */
  readonly mark: string;
  /** How often we came back to a place where we were; once is forgiven, a server may answer a page twice. */
  readonly returns: number;
  /** Empty pages in a row. */
  readonly empties: number;
  /** Different rows so far. */
  readonly rows: number;
  /** How often rows were seen to move while the list was read. */
  readonly moves: number;
}

/** The beginning of a list. */
export const start: Position = {
  pages: 0,
  at: null,
  since: null,
  lastId: null,
  lastStamp: null,
  print: "",
  mark: "",
  returns: 0,
  empties: 0,
  rows: 0,
  moves: 0,
};

const version = "h1:";

/** A position as our cursor text. */
export function encode(position: Position): string {
  return version + JSON.stringify(position);
}

/**
 * A position from our cursor text; null is the beginning. A text we did not write is a ConnectorError
 * `invalid`.
 */
export function decode(cursor: string | null): Position {
  if (cursor === null) return start;
  const parsed = cursor.startsWith(version) ? parseJson(cursor.slice(version.length)) : undefined;
  if (isMap(parsed)) return { ...start, ...(parsed as unknown as Partial<Position>) };
  const message = "this cursor is none of ours; read from the beginning";
  throw new ConnectorError({ failure: "invalid", code: "cursor_unknown", message });
}

/** A short hash, to recognise what was seen before. */
export function printOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** The next cursor or link that an answer holds, as text; undefined at the end. */
export function toldNext(
  paging: Paging,
  answer: { readonly body: Json | undefined; readonly headers: { readonly [name: string]: string } },
): string | undefined {
  if (paging.header !== undefined) return linkIn(answer.headers[paging.header.toLowerCase()]);
  const text = paging.next === undefined ? undefined : textOf(at(answer.body, paging.next));
  return text === "" ? undefined : text;
}

/** Whether the answer itself says that there is more: undefined when it does not say. */
export function toldMore(
  paging: Paging,
  answer: { readonly body: Json | undefined; readonly headers: { readonly [name: string]: string } },
): boolean | undefined {
  return paging.more === undefined ? undefined : holds(paging.more, answer);
}

/** `Link: <url>; rel="next"` (RFC 8288). */
function linkIn(header: string | undefined): string | undefined {
  for (const match of (header ?? "").matchAll(/<([^<>]*)>([^<]*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(match[2] ?? "");
    if ((rel?.[1] ?? rel?.[2] ?? "").toLowerCase().split(/\s+/).includes("next")) return match[1];
  }
  return undefined;
}

/**
 * Path and query of a link, below the connection's own address: the host in it is never followed, or an
 * answer could send our credentials elsewhere. With a `base`, what stands before it belongs to the address.
 */
export function linkTarget(
  link: string,
  base: string,
): { readonly path: string; readonly query: Record<string, string> } {
  const origin = "http://connection.invalid/";
  if (!URL.canParse(link, origin)) {
    const message = "the link to the next page is no address";
    throw new ConnectorError({ failure: "transient", code: "link_unreadable", message });
  }
  const url = new URL(link, origin);
  const from = base === "" ? -1 : `${url.pathname}/`.indexOf(`${base}/`);
  const path = from > 0 ? url.pathname.slice(from) : url.pathname;
  const names = [...url.searchParams.keys()];
  // A name that stands twice has no place in a map; then the query stays in the path.
  if (new Set(names).size < names.length) return { path: path + url.search, query: {} };
  return { path, query: Object.fromEntries(url.searchParams) };
}

/** The variables of a position. */
export function positionValues(
  paging: Paging | undefined,
  position: Position,
): { readonly [name: string]: Json | undefined } {
  const last: JsonMap = {
    ...(position.lastId === null ? {} : { id: position.lastId }),
    ...(position.lastStamp === null ? {} : { stamp: position.lastStamp }),
  };
  const first = paging?.first ?? 1;
  return {
    cursor: paging?.kind === "cursor" ? (position.at ?? undefined) : undefined,
    offset: paging?.kind === "offset" ? Math.max(0, Number(position.at ?? 0)) : undefined,
    page: paging?.kind === "page" ? Number(position.at ?? first) : undefined,
    last: paging?.kind === "keyset" ? last : undefined,
  };
}
