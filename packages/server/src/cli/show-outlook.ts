import type { LimitView } from "@crossfoot/kernel";
import { lastOf } from "../runtime/engine.ts";
import type { Outlook, PlanDocument } from "../runtime/engine.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";
import { many, number, span, timeAt } from "./text.ts";

const right = (title: string): Column => ({ title, align: "right" });

/** What is waited for most, in words; empty when only the calls themselves take time. */
function boundWords(boundBy: string | null): string {
  if (boundBy === null) return "";
  return boundBy === "pause" ? "the system asked us to wait" : `limit ${boundBy}`;
}

function caughtUp({ now, caughtUpAt, calls, boundBy }: Outlook): string {
  if (calls === 0) return "now";
  return caughtUpAt === null ? "never under its limits" : timeAt(caughtUpAt, now).concat(because(boundBy));
}

const because = (boundBy: string | null): string => {
  const words = boundWords(boundBy);
  return words === "" ? "" : ` (${words})`;
};

/** When all that is known to be due will be done, in one sentence; first loads under way are named. */
function verdict(outlooks: readonly Outlook[], isStill: boolean): readonly string[] {
  const last = lastOf(outlooks);
  const loading = outlooks.flatMap(({ connection, loading: names }) =>
    names.length === 0 ? [] : [`${names.join(", ")} of ${connection}`],
  );
  const rest =
    loading.length === 0 ? [] : [`First load not done: ${loading.join("; ")}. Its size is not known.`];
  if (isStill) return rest;
  if (last === null) return loading.length === 0 ? ["Caught up: nothing is due."] : rest;
  const { connection, caughtUpAt, now, boundBy } = last;
  const bound = because(boundBy);
  return caughtUpAt === null
    ? [`${connection} is never caught up with under its limits${bound}.`, ...rest]
    : [`Caught up at ${timeAt(caughtUpAt, now)}, ${connection} last${bound}, if nobody else calls.`, ...rest];
}

function limitRow({ connection, now }: Outlook, limit: LimitView): readonly (string | number)[] {
  const known = (count: number | null): string => (count === null ? "" : number(count));
  const rolls = limit.windowMs === null ? "" : `any ${span(limit.windowMs)}`;
  const when = limit.resetAt === null ? rolls : `afresh at ${timeAt(limit.resetAt, now)}`;
  return [
    connection,
    limit.name,
    known(limit.limit),
    known(limit.budget),
    number(limit.charged),
    known(limit.left),
    when,
  ];
}

/**
 * Limits and what is charged of them, backlog, and when it will have been worked off; nothing is promised of
 * what stands still.
 */
export function outlookParts(outlooks: readonly Outlook[], room: number, isStill: boolean): string {
  if (outlooks.length === 0) return "";
  const limits = outlooks.flatMap((one) => one.quota.limits.map((limit) => limitRow(one, limit)));
  const columns: readonly Column[] = [
    ...[{ title: "connection" }, { title: "limit" }, right("calls"), right("ours"), right("charged")],
    ...[right("left as told"), { title: "window", least: 16 }],
  ];
  const backlog = outlooks.map((one) => [
    one.connection,
    number(one.records),
    number(one.calls),
    caughtUp(one),
  ]);
  const ahead: readonly Column[] = [
    ...[{ title: "connection" }, right("to write, at most"), right("calls"), { title: "caught up" }],
  ];
  const waits = outlooks.flatMap(({ connection, now, quota: { waits: lanes, pausedUntil } }) => [
    ...(pausedUntil === null
      ? []
      : [`${connection}: no call before ${timeAt(pausedUntil, now)}; it asked us to wait.`]),
    ...lanes.map(({ lane, calls, roomAt }) => {
      const until =
        roomAt === null ? "for room that nothing known will make" : `until ${timeAt(roomAt, now)}`;
      return `${connection}: lane ${lane} waits ${until} (${many(calls, "call")}).`;
    }),
  ]);
  const parts = [
    limits.length === 0 ? "" : renderTable(columns, limits, room),
    outlooks.some(({ calls }) => calls > 0) ? renderTable(ahead, backlog, room) : "",
    [...waits, ...verdict(outlooks, isStill)].join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** How long an apply takes, and until when, were it begun as the plan was made. */
export function planTime({ takes, madeAt }: Pick<PlanDocument, "takes" | "madeAt">): string {
  if (takes === null) return "";
  const { ms, connection, boundBy } = takes;
  const slow =
    connection === null || boundBy === null
      ? ""
      : ` The longest wait is for ${connection}${because(boundBy)}.`;
  if (ms === null) return `It never ends under the limits that are known.${slow}`;
  const made = Date.parse(madeAt);
  return `It takes about ${span(ms)} if nobody else calls: caught up at ${timeAt(made + ms, made)}.${slow}`;
}
