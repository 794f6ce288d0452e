import { Option } from "commander";
import type { DuplicateCluster, DuplicateReport, Engine } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { entityOf, projectOf, todayOf, withEngine, withLongEngine, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";
import { many } from "./text.ts";

/** Options of `duplicates` as the command line gives them. */
interface DuplicateFlags {
  readonly entity?: string;
  readonly connection?: string;
  readonly stored?: boolean;
  readonly fresh?: boolean;
  readonly apart?: string;
  readonly reopen?: string;
  readonly assign?: string;
  readonly owner?: string;
  readonly due?: string;
}

/** Adds `duplicates`. */
export function addDuplicates(add: Add): void {
  add("duplicates", "records that one system has twice, with evidence, owner and due day", (command, act) => {
    command
      .addOption(new Option("--entity <entity>", "only these").choices(["accounts", "contacts", "products"]))
      .option("--connection <name>", "only of this system, such as crm")
      .option("--stored", "look at what is stored, and ask no system")
      .option("--fresh", "list those only that were not there at the last look")
      .option("--apart <cluster>", "they are records of their own: not asked again until they change")
      .option("--reopen <cluster>", "take --apart back: they are asked about again")
      .option("--assign <cluster>", "say who looks at a cluster (--owner), and until when (--due)")
      .option("--owner <name>", "with --assign: who")
      .option("--due <day>", "with --assign: until when, such as 2026-12-31");
    act((context) => duplicatesCommand(context, command.opts<DuplicateFlags & Record<string, unknown>>()));
  });
}

async function duplicatesCommand(context: Context, flags: DuplicateFlags): Promise<ExitCode> {
  const words = [flags.apart, flags.reopen, flags.assign].filter((each) => each !== undefined);
  if (words.length > 1) throw badInput("say one of --apart, --reopen and --assign");
  if (flags.assign === undefined && (flags.owner !== undefined || flags.due !== undefined))
    throw badInput("--owner and --due are about one that is assigned: --assign <cluster>");
  if (words.length === 1) return answer(context, flags);
  const connection = flags.connection;
  const known = projectOf(context, { needsSecrets: true }).connections.map(({ id }) => id);
  const asked = known.find((id) => id === connection);
  if (connection !== undefined && asked === undefined)
    throw badInput(`no connection is called \`${connection}\`; there are: ${known.join(", ")}`);
  const report = await withProgress(context, ({ view, signal }) =>
    withLongEngine(context, (engine) =>
      engine.duplicates({
        ...(flags.entity === undefined ? {} : { only: [entityOf(flags.entity)] }),
        ...(asked === undefined ? {} : { connection: asked }),
        isStoredOnly: flags.stored === true,
        onProgress: view.report,
        signal,
      }),
    ),
  );
  context.print(report, () => showReport(report, { room: context.room, isFresh: flags.fresh === true }));
  return report.troubles.length > 0 ? exitCodes.failed : exitCodes.done;
}

async function answer(context: Context, flags: DuplicateFlags): Promise<ExitCode> {
  const { apart, reopen, assign, owner, due } = flags;
  const id = apart ?? reopen ?? assign ?? "";
  if (assign !== undefined && owner === undefined && due === undefined)
    throw badInput("say --owner, --due, or both");
  const dueAt = due === undefined ? undefined : new Date(due);
  if (dueAt !== undefined && (Number.isNaN(dueAt.getTime()) || dueAt.toISOString().slice(0, 10) !== due))
    throw badInput("--due is a day such as 2026-12-31");
  if (dueAt !== undefined && due !== undefined && due < todayOf(context))
    throw badInput(`--due ${due} is over; say today (${todayOf(context)}) or a later day`);
  const said: Parameters<Engine["answerDuplicate"]>[1] = {
    word: apart !== undefined ? "apart" : reopen !== undefined ? "reopen" : "assign",
    by: context.deps.user,
    ...(owner === undefined ? {} : { owner }),
    ...(dueAt === undefined ? {} : { dueAt: dueAt.toISOString() }),
  };
  const cluster = await withEngine(context, (engine) => engine.answerDuplicate(id, said));
  if (cluster === null)
    throw new Refusal(exitCodes.failed, `no cluster is called ${id}; see \`crossfoot duplicates\``, {
      code: "unknown",
    });
  if (assign === undefined && cluster.state === "consolidated")
    throw new Refusal(exitCodes.failed, `${id} was consolidated; take that back with \`crossfoot undo\``, {
      code: "consolidated",
    });
  const told = toldOf(cluster, said.word);
  context.print(cluster, () => `${id}: ${told}.`);
  return exitCodes.done;
}

const toldOf = (cluster: DuplicateCluster, word: "apart" | "reopen" | "assign"): string => {
  if (word === "apart") return "records of their own; asked again when one of them changes";
  if (word === "reopen") return "asked about again; the next look shows what speaks for it";
  return `looked at by ${cluster.owner ?? "nobody"}, until ${dayOf(cluster.dueAt)}`;
};

const dayOf = (instant: string): string => instant.slice(0, 10);
const recordsOf = ({ records }: DuplicateCluster): string =>
  records.map(({ connection, id, label }) => `${connection}:${id} ${label}`).join(" | ");

function showReport(
  report: DuplicateReport,
  at: { readonly room: number; readonly isFresh: boolean },
): string {
  const { clusters, fresh, overdue, looked, trend, troubles } = report;
  const listed = at.isFresh ? clusters.filter(({ id }) => fresh.includes(id)) : clusters;
  const rows = listed.map((one) => [
    one.id + (fresh.includes(one.id) ? " (first seen)" : ""),
    one.entity,
    one.isAutomatic ? "automatic" : one.band,
    one.probability.toFixed(3),
    recordsOf(one),
    one.evidence[0]?.says.join("; ") ?? "",
    one.owner ?? "",
    dayOf(one.dueAt),
  ]);
  const titles = ["cluster", "entity", "band", "probability", "records", "evidence", "owner", "due"];
  const columns = titles.map((title) => ({ title }));
  const week = (one: DuplicateReport["trend"][number]): readonly string[] => [
    dayOf(one.until),
    String(one.found),
    String(one.closed),
    String(one.open),
  ];
  const weeks = ["week until", "found", "closed", "open"].map((title) => ({ title }));
  return [
    looked.map((one) => `${one.entity} of ${one.connection}: ${many(one.records, "record")}.`).join("\n"),
    `${many(clusters.length, "cluster")} open, ${fresh.length} first seen now, ${overdue} overdue.`,
    ...(rows.length === 0 ? [] : [renderTable(columns, rows, at.room)]),
    renderTable(weeks, trend.map(week), at.room),
    ...troubles.map(({ connection, message }) => `${connection} could not be read: ${message}`),
  ].join("\n\n");
}
