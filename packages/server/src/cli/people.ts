import { linkId } from "@crossfoot/kernel";
import type { ConnectionId } from "@crossfoot/kernel";
import type { Project } from "../config/project.ts";
import type { CandidateRow, ConflictRow, OpenPark } from "../store/port.ts";
import { recordOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showLost } from "./show-lost.ts";
import { showValue } from "./show-value.ts";
import { renderTable } from "./table.ts";
import { many, moment } from "./text.ts";

/** What `conflicts` is asked: nothing, or whose value to take for a field of a link. */
export interface ConflictOptions {
  readonly take?: string;
  /** Shows the values that lost instead, of one record when `link` names it. */
  readonly lost?: boolean;
  readonly link?: string;
  readonly field?: string;
}

/** Values listed at once; `why` tells the older ones of a record. */
const lostMax = 200;

/** `conflicts`: what waits for a decision; with `--take`, the decision; with `--lost`, what lost. */
export async function conflictsCommand(context: Context, options: ConflictOptions): Promise<ExitCode> {
  const { take, link, field } = options;
  if (options.lost === true && take === undefined) return lostCommand(context, link);
  if (take !== undefined && link !== undefined && field !== undefined) {
    return decide(context, { take, link, field });
  }
  if (take !== undefined || link !== undefined) {
    throw badInput("to decide a conflict, write: crossfoot conflicts --take crm|erp <link> <field>");
  }
  const found = await withEngine(context, async (engine) => ({
    conflicts: await engine.conflicts(),
    candidates: await engine.candidates(),
  }));
  context.print(found, () => showConflicts(found, context.room));
  return exitCodes.done;
}

async function lostCommand(context: Context, record: string | undefined): Promise<ExitCode> {
  const lost = await withEngine(context, (engine, project) =>
    engine.lost({ record: record === undefined ? null : recordOf(project, record), limit: lostMax }),
  );
  context.print({ lost }, () => showLost(lost, context.room));
  return exitCodes.done;
}

async function decide(
  context: Context,
  at: { readonly take: string; readonly link: string; readonly field: string },
): Promise<ExitCode> {
  const { link, field } = at;
  const by = context.deps.user;
  const { isDecided, take } = await withEngine(context, async (engine, project) => {
    const side = sideOf(project, at.take);
    return { take: side, isDecided: await engine.decideConflict(linkId(link), field, { take: side, by }) };
  });
  if (!isDecided) {
    const message = `${link} has no open conflict about ${field}; \`crossfoot conflicts\` lists them`;
    throw new Refusal(exitCodes.failed, message, { code: "no_such_conflict" });
  }
  const decided = { link, field, take, by };
  context.print(decided, () => `${field} of ${link}: the value of ${take} stands. The next run writes it.`);
  return exitCodes.done;
}

function sideOf(project: Project, take: string): ConnectionId {
  if (take === "crm" || take === "erp") return project.roles[take];
  const connection = project.connections.find(({ id }) => id === take);
  if (connection === undefined) throw badInput(`--take is crm or erp, not \`${take}\``);
  return connection.id;
}

function showConflicts(
  found: { readonly conflicts: readonly ConflictRow[]; readonly candidates: readonly CandidateRow[] },
  room: number,
): string {
  const { conflicts, candidates } = found;
  const sides = [...new Set(conflicts.flatMap(({ values }) => Object.keys(values)))];
  const columns = [
    { title: "link" },
    { title: "entity" },
    { title: "field" },
    ...sides.map((side) => ({ title: side, least: 12 })),
    { title: "reason" },
    { title: "since" },
  ];
  const rows = conflicts.map((each) => [
    each.link,
    each.entity,
    each.field,
    ...sides.map((side) => showValue(each.values[side])),
    each.reason.replaceAll("_", " "),
    moment(each.openedAt),
  ]);
  const duplicates = candidates.map((each) => [
    each.entity,
    `${each.connection}:${each.id}`,
    each.links.length === 0 ? "one that is there" : each.links.join(", "),
    each.keys.join(", "),
  ]);
  const pairs = [
    { title: "entity" },
    { title: "record" },
    { title: "may be" },
    { title: "shares", least: 12 },
  ];
  return [
    conflicts.length === 0 ? "No field is in conflict." : renderTable(columns, rows, room),
    ...(conflicts.length === 0
      ? []
      : ["To decide: `crossfoot conflicts --take crm <link> <field>` (or erp)."]),
    ...(candidates.length === 0
      ? []
      : [
          "Possible duplicates, not linked:",
          renderTable(pairs, duplicates, room),
          "To decide: `crossfoot match <entity> <record> --with <record>`, or `--apart`.",
        ]),
  ].join("\n\n");
}

/** `dead-letters`: what was set aside, with the reason. */
export async function deadLettersCommand(context: Context): Promise<ExitCode> {
  const deadLetters = await withEngine(context, (engine) => engine.deadLetters());
  context.print({ deadLetters }, () => showDeadLetters(deadLetters, context.room));
  return exitCodes.done;
}

function showDeadLetters(parks: readonly OpenPark[], room: number): string {
  if (parks.length === 0) return "Nothing is set aside.";
  const columns = [
    { title: "id" },
    { title: "entity" },
    { title: "record", least: 12 },
    { title: "reason" },
    { title: "detail", least: 24 },
    { title: "since" },
  ];
  const rows = parks.map((park) => [
    park.parkId,
    park.entity,
    park.externalId === null ? (park.link ?? "") : `${park.connection ?? ""}:${park.externalId}`,
    park.reason.replaceAll("_", " "),
    detailOf(park),
    moment(park.openedAt),
  ]);
  return [
    renderTable(columns, rows, room),
    "Mend the cause, then `crossfoot redrive <id>`; `crossfoot why <record>` tells the whole story. " +
      "Deletions and returns are answered with `crossfoot deleted <entity> <record>`.",
  ].join("\n\n");
}

function detailOf({ problems, failure }: OpenPark): string {
  const fields = Object.entries(problems).map(([field, { expected }]) => `${field}: expected ${expected}`);
  return [...fields, ...(failure === null ? [] : [`${failure.message} (${failure.code})`])].join("; ");
}

/** `redrive`: puts back what was set aside. */
export async function redriveCommand(
  context: Context,
  ids: readonly string[],
  options: { readonly all?: boolean },
): Promise<ExitCode> {
  const isAll = options.all === true;
  if (isAll === ids.length > 0) throw badInput("name the ids of `crossfoot dead-letters`, or say --all");
  const { asked, redriven } = await withEngine(context, async (engine) => {
    const wanted = isAll ? (await engine.deadLetters()).map(({ parkId }) => parkId) : ids;
    return { asked: wanted.length, redriven: await engine.redrive(wanted, context.deps.user) };
  });
  context.print({ asked, redriven }, () => {
    const left = asked - redriven;
    const rest = left === 0 ? "" : ` ${many(left, "id is", "ids are")} not among the dead letters any more.`;
    return `${many(redriven, "record")} put back; the next run takes them up.${rest}`;
  });
  return redriven === asked ? exitCodes.done : exitCodes.failed;
}
