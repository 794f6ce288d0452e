import type { Json, JsonMap } from "@crossfoot/kernel";
import { wordOf } from "../auditor/text.ts";
import { rowsOf } from "../auditor/told.ts";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import type { Entry } from "../history.ts";
import { startInstant } from "../virtual-time.ts";

/** What the journal tells of a record or a link, in its order. */
interface Line {
  /** ms since the start by the store's clock, and the place in its part of the journal. */
  readonly at: number;
  readonly seq: number;
  readonly kind: string;
  readonly link: string | null;
  /** Connection, entity and id of the record, or null where it is about none. */
  readonly record: string | null;
  readonly body: JsonMap;
}

const isWord = (kind: string): boolean => kind === "candidate_decided" || kind === "candidate_reopened";

/** What gives a record a place in a link. */
const placings: ReadonlySet<string> = new Set(["link_made", "link_joined"]);

/**
 * I28 of decisions about who is who that a person took back: each stands in the journal once, as taking back
 * just what was decided last; a record of which that was heard is asked about again, or gone, and in no link
 * until somebody decides again; and the link that the decision had made makes nothing any more.
 */
export function decisionsHold(sight: Sight): Checker {
  let looked = 0;
  /** Records of which the last word that was heard took a decision back: when that began, true time. */
  const back = new Map<string, number>();
  const violation = (at: number, about: string, what: string): Violation => ({
    invariant: "I28d",
    message: `${about}: ${what}`,
    at,
    about: { record: about },
  });
  return {
    invariant: "I28d",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind === "restored") back.clear();
      if (entry.kind === "said") hear(back, entry);
      return [];
    },
    atEnd: (facts) => {
      const lines = linesOf(facts);
      const found: Violation[] = [];
      for (const [record, own] of byRecord(lines)) {
        looked += own.filter(({ kind }) => kind === "candidate_reopened").length;
        found.push(...untold(own).map((what) => violation(facts.at, record, what)));
        const since = back.get(record);
        const last = own.findLast(({ kind }) => isWord(kind));
        // Somebody decided again, whose program nobody heard of.
        if (since === undefined || (last?.kind === "candidate_decided" && last.at >= since)) continue;
        const what = strayed({ sight, facts }, { record, since });
        if (what !== null) found.push(violation(facts.at, record, what));
      }
      for (const line of lines.filter(({ kind }) => kind === "candidate_reopened"))
        found.push(...madeBy(sight, lines, line).map((what) => violation(facts.at, line.record ?? "", what)));
      return found;
    },
  };
}

function hear(back: Map<string, number>, entry: Extract<Entry, { readonly kind: "said" }>): void {
  const { connection, entity, id } = entry.record;
  const record = `${connection}/${entity}/${id}`;
  if (entry.word === "back" && entry.outcome === "told") back.set(record, entry.since);
  else if (entry.word !== "back") back.delete(record);
}

function linesOf(facts: StoreFacts): readonly Line[] {
  // Entries that were torn out of the journal had been told; those of a life that was restored away had not.
  return [...rowsOf(facts, "journal"), ...facts.torn]
    .map((row): Line => {
      const body = (row["body"] ?? {}) as JsonMap;
      const { connection, id } = body;
      const isAbout = typeof connection === "string" && typeof id === "string";
      return {
        at: Date.parse(String(row["at"])) - startInstant,
        seq: Number(row["seq"]),
        kind: String(row["kind"]),
        link: typeof row["link_id"] === "string" ? row["link_id"] : null,
        record: isAbout ? `${connection}/${String(row["entity"])}/${id}` : null,
        body,
      };
    })
    .toSorted((a, b) => a.at - b.at || a.seq - b.seq);
}

function byRecord(lines: readonly Line[]): ReadonlyMap<string, readonly Line[]> {
  const known = new Map<string, Line[]>();
  for (const line of lines) {
    if (line.record === null) continue;
    const own = known.get(line.record) ?? [];
    own.push(line);
    known.set(line.record, own);
  }
  return known;
}

/** What was taken back although something else, or nothing, had been decided last. */
function untold(own: readonly Line[]): readonly string[] {
  let standing: Json | undefined = null;
  return own.flatMap(({ kind, body }): readonly string[] => {
    if (!isWord(kind)) return [];
    const was = standing;
    standing = kind === "candidate_decided" ? body["state"] : null;
    if (kind === "candidate_decided" || was === body["superseded"]) return [];
    return [`taken back was ${wordOf(body["superseded"])}, and decided was ${wordOf(was)}`];
  });
}

/** Where a record is of which a decision was taken back; null where it waits for a word, or is gone. */
function strayed(
  { sight, facts }: { readonly sight: Sight; readonly facts: StoreFacts },
  { record, since }: { readonly record: string; readonly since: number },
): string | null {
  const name = (row: { readonly [column: string]: unknown }): string =>
    `${String(row["connection"])}/${String(row["entity"])}/${String(row["external_id"])}`;
  const place = rowsOf(facts, "link_member").find((row) => row["until_at"] === null && name(row) === record);
  const asked = rowsOf(facts, "candidate").find((row) => name(row) === record);
  // What a merge left twice is an alias until somebody decides.
  const isTwin = place?.["is_alias"] === true && asked?.["state"] === "open";
  // A question that people's edits have settled since is none any more.
  const isSettled = asked?.["state"] === "closed" && isChanged(sight, record, since);
  if (place !== undefined && !isTwin && !isSettled)
    return `is in link ${String(place["link_id"])}, and nobody decided it again`;
  if (asked?.["state"] === "apart" || asked?.["state"] === "linked")
    return `counts as ${asked["state"]}, and nobody decided it again`;
  return null;
}

/** Whether any record of its entity was changed since. */
const isChanged = ({ systems }: Sight, record: string, since: number): boolean =>
  [systems.crm, systems.erp].some(({ log }) =>
    log.some(({ entity, visibleAt }) => entity === record.split("/")[1] && visibleAt >= since),
  );

/** Records that we made for a link which ended when its decision was taken back, and never began again. */
function madeBy(sight: Sight, lines: readonly Line[], taken: Line): readonly string[] {
  const { link, body } = taken;
  if (link === null || body["superseded"] !== "apart") return [];
  if (lines.slice(lines.indexOf(taken)).some((one) => one.link === link && placings.has(one.kind))) return [];
  const keys = new Set(
    lines.flatMap((one) =>
      one.link === link && one.kind.startsWith("intent_") ? [one.body["key"] as string] : [],
    ),
  );
  return [sight.systems.crm, sight.systems.erp].flatMap(({ log }) =>
    log.flatMap(({ op, actor, system, id }) =>
      op === "create" && actor.kind === "us" && keys.has(actor.key)
        ? [`we made ${system} ${id} of it, although its decision was taken back`]
        : [],
    ),
  );
}
