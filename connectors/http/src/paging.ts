import type { HttpAnswer } from "@crossfoot/connector-sdk";
import { printOf, toldMore, toldNext } from "./cursor.ts";
import type { Position } from "./cursor.ts";
import { badAnswer } from "./failures.ts";
import type { CallKind } from "./failures.ts";
import type { ListSpec, Paging } from "./language.ts";
import { at } from "./path.ts";
import { writeStamp } from "./stamps.ts";
import type { Json } from "./wire.ts";

/** Pages of one reading, when the description does not say: at 200 rows, two million records. */
const pagesMaxDefault = 10_000;
/** Empty pages in a row that promise more: some systems filter after paging, none this long. */
const emptyPagesMax = 20;
/** Times a reading may come back to where it was: a server that answers one page twice does no harm. */
const returnsMax = 1;

/** Times a reading steps back because rows moved under it: each costs a page. */
const movesMax = 100;

/** What a page showed. */
export interface PageSeen {
  readonly answer: { readonly body: Json | undefined; readonly headers: HttpAnswer["headers"] };
  /** Id of each row, or a hash of a row without one. */
  readonly ids: readonly string[];
  /** Stamp of each row (ISO), null where it has none. */
  readonly stamps: readonly (string | null)[];
  readonly limit: number;
}

/** A list that is read page by page. */
export interface Listing {
  readonly spec: ListSpec;
  readonly call: CallKind;
  /** A list of ids may end short: it then says so, and proves nothing. */
  readonly mayEndShort?: boolean;
}

/**
 * Where the reading goes on after a page, or null at its end. Throws a ConnectorError `cursor_loop`,
 * `list_too_long`, `page_empty` or `list_not_ordered` where the list cannot be trusted.
 */
export function advance(listing: Listing, from: Position, page: PageSeen): Position | null {
  const paging: Paging = listing.spec.paging ?? { kind: "none" };
  if (paging.kind === "none") return null;
  const print = printOf(page.ids.join("\n"));
  const next = paging.kind === "cursor" || paging.kind === "link" ? follow : count;
  const position = next({ listing, paging, from, page, print });
  if (position === null) return null;
  const pagesMax = listing.spec.pagesMax ?? pagesMaxDefault;
  if (position.pages >= pagesMax) {
    throw badAnswer(
      listing.call,
      "list_too_long",
      `the list has more than ${pagesMax} pages; raise pagesMax if it may`,
    );
  }
  if (position.returns > returnsMax) {
    throw badAnswer(listing.call, "cursor_loop", "the list comes back to a page that was read before");
  }
  if (position.empties > emptyPagesMax) {
    throw badAnswer(listing.call, "list_too_long", `${emptyPagesMax} empty pages in a row promise more`);
  }
  return position;
}

interface Step {
  readonly listing: Listing;
  readonly paging: Paging;
  readonly from: Position;
  readonly page: PageSeen;
  readonly print: string;
}

/** What every next position has, before the kind of paging says where it is. */
function common(step: Step): Position {
  const { from, page, print } = step;
  return {
    ...from,
    pages: from.pages + 1,
    print: page.ids.length === 0 ? from.print : print,
    empties: page.ids.length === 0 ? from.empties + 1 : 0,
    rows: from.rows + page.ids.length,
    lastId: page.ids.at(-1) ?? from.lastId,
    lastStamp: page.stamps.at(-1) ?? from.lastStamp,
  };
}

/** Cursors and links: the system says where it goes on. */
function follow(step: Step): Position | null {
  const { listing, paging, from, page } = step;
  const more = toldMore(paging, page.answer);
  const next = more === false ? undefined : toldNext(paging, page.answer);
  if (next === undefined) {
    if (more !== true) return null;
    throw badAnswer(listing.call, "page_empty", "the system says there is more, and does not say where");
  }
  const mark = printOf(next);
  const isReturn = mark === from.mark || (from.at !== null && next === from.at);
  const pages = from.pages + 1;
  const isPowerOfTwo = (pages & (pages - 1)) === 0;
  return {
    ...common(step),
    at: next,
    mark: isPowerOfTwo ? mark : from.mark,
    returns: from.returns + (isReturn ? 1 : 0),
  };
}

/** Offsets, pages and keysets: we say where it goes on. */
function count(step: Step): Position | null {
  const { paging, from, page, print } = step;
  const isRepeated = from.pages > 0 && page.ids.length > 0 && print === from.print;
  if (isRepeated && paging.kind !== "keyset")
    return { ...from, pages: from.pages + 1, returns: from.returns + 1 };
  const read = { done: from.rows + page.ids.length, fresh: page.ids.length };
  if (paging.kind === "keyset") {
    return isAtEnd(step, read) ? null : { ...common(step), returns: from.returns + (isRepeated ? 1 : 0) };
  }
  if (paging.kind === "page") {
    const current = Number(from.at ?? paging.first ?? 1);
    return isAtEnd(step, read) ? null : { ...common(step), at: current + 1 };
  }
  return countOn(step);
}

/**
 * Offsets. Each page but the first is asked for from the last row of the page before. Where that row does
 * not come, the list has moved while it was read, and rows may have slipped past: one page is read again.
 */
function countOn(step: Step): Position | null {
  const { listing, from, page, paging } = step;
  const offset = Number(from.at ?? 0);
  const known = overlapOf(from, page);
  if (known === undefined) {
    if (from.moves >= movesMax) {
      throw badAnswer(listing.call, "list_moving", "rows move faster than the list can be read");
    }
    const back = paging.walk === "stamp" ? 0 : Math.max(0, offset - page.limit);
    return { ...common(step), at: back, lastId: null, print: "", moves: from.moves + 1 };
  }
  const fresh = new Set(page.ids).size - known;
  const done = fresh + offset + (known > 0 ? 1 : 0);
  if (isAtEnd(step, { done, fresh })) return null;
  const next = { ...common(step), rows: from.rows + fresh, at: done - 1 };
  return paging.walk === "stamp" ? walkOn(step, next) : next;
}

/**
 * Where on a page the last row of the page before stands, counted from 1: 0 on a first page, undefined when
 * it did not come, or came with another stamp and so stands where it was moved to. Only a row that stands
 * still tells that nothing before it went away.
 */
export function overlapOf(from: Position, page: Pick<PageSeen, "ids" | "stamps">): number | undefined {
  if (from.lastId === null || Number(from.at ?? 0) === 0) return 0;
  const place = page.ids.indexOf(from.lastId);
  const hasMoved = page.stamps.length > 0 && page.stamps[place] !== from.lastStamp;
  return place < 0 || hasMoved ? undefined : place + 1;
}

/** Goes on from the stamp of the last row; `at` counts the rows of that very stamp that were read. */
function walkOn(step: Step, next: Position): Position {
  const { listing, from, page } = step;
  const stamp = listing.spec.since ?? { form: "iso" as const };
  const first = page.stamps.find((one) => one !== null) ?? null;
  const last = page.stamps.at(-1) ?? null;
  const isOrdered =
    first !== null && last !== null && Date.parse(first) <= Date.parse(last) && !isBefore(last, from.since);
  if (!isOrdered) {
    throw badAnswer(
      listing.call,
      "list_not_ordered",
      "the rows are not ordered by their stamp; walk: stamp needs that",
    );
  }
  const text = writeStamp(last, stamp);
  if (from.since !== null && writeStamp(from.since, stamp) === text) return next;
  const run =
    page.stamps.length -
    1 -
    page.stamps.findLastIndex((one) => one === null || writeStamp(one, stamp) !== text);
  return { ...next, since: last, at: run - 1 };
}

const isBefore = (iso: string, since: string | null): boolean =>
  since !== null && Date.parse(iso) < Date.parse(since);

/** Rows read so far, and those of them that this page brought. */
interface Read {
  readonly done: number;
  readonly fresh: number;
}

/** Whether a page was the last, by what the answer says, else by its size. */
function isAtEnd(step: Step, read: Read): boolean {
  const { listing, paging, page } = step;
  const more = toldMore(paging, page.answer);
  if (more !== undefined) return !more;
  const total = paging.total === undefined ? undefined : at(page.answer.body, paging.total);
  if (typeof total === "number" && total >= 0) {
    if (read.done >= total) return true;
    if (read.fresh > 0) return false;
    if (listing.mayEndShort === true) return true;
    throw badAnswer(
      listing.call,
      "page_empty",
      "more rows are promised and none come; leave paging.total out if it counts rows that are not shown",
    );
  }
  return paging.endsOn === "empty" ? read.fresh <= 0 : page.ids.length < page.limit;
}
