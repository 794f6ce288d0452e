import { normalDate } from "@crossfoot/kernel";
import { Option } from "commander";
import type { Project } from "../config/project.ts";
import { exportFormats, exportText, writeExport } from "../exports/export-file.ts";
import type { ExportFormat } from "../exports/export-file.ts";
import { exportNames, exportedEntities } from "../exports/export-rows.ts";
import type { ExportSource } from "../exports/export-rows.ts";
import { exportWhenDue } from "../exports/scheduled.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { withLongEngine, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";

interface ExportFlags {
  readonly format: ExportFormat;
  readonly since?: string;
  readonly out?: string;
}

/** A worker looks no more often than this whether an export is due, ms. */
const askEveryMs = 60_000;

/** Adds `export`. */
export function addExporting(add: Add): void {
  add("export", "order history, demand by month or open quotes, as a file", (command, act) => {
    command
      .argument("<what>", exportNames.join(", "))
      .addOption(
        new Option("--format <form>", "csv, or one JSON map a line").choices(exportFormats).default("csv"),
      )
      .option("--since <date>", "leave out what is dated before, YYYY-MM-DD")
      .option("--out <file>", "into a file that nobody else reads; else to the screen");
    act((context, [what]) =>
      exportCommand(context, String(what), command.opts<ExportFlags & Record<string, unknown>>()),
    );
  });
}

/** `export`: reads the store only. */
async function exportCommand(context: Context, what: string, flags: ExportFlags): Promise<ExitCode> {
  const name = exportNames.find((each) => each === what);
  if (name === undefined)
    throw badInput(`no export is called \`${what}\`; there are: ${exportNames.join(", ")}`);
  const { format, since = null, out } = flags;
  if (since !== null && normalDate(since) === undefined)
    throw badInput(`--since is a day such as 2026-01-31, not \`${since}\``);
  const { stdout } = context.deps;
  await withProgress(context, ({ signal }) =>
    withLongEngine(context, async (engine, project) => {
      const text = exportText(sourceOf(engine, project), { name, format, since });
      if (out !== undefined) {
        if (await writeExport(out, text, signal)) context.print({ file: out }, () => `Wrote ${out}.`);
        return;
      }
      for await (const part of text) {
        if (signal.aborted) return;
        stdout.write(part);
      }
    }),
  );
  return exitCodes.done;
}

function sourceOf(engine: Engine, { connections, roles, entities }: Project): ExportSource {
  return {
    records: (entity, connection) => engine.records(entity, connection),
    ...roles,
    has: (entity, connection) =>
      entities.includes(entity) &&
      connections.find(({ id }) => id === connection)?.mapping.entities[entity] !== undefined,
  };
}

/**
 * Writes what is due of the exports, beside whatever else is at work, until `signal`; never rejects: what
 * fails is told, and tried again.
 */
export async function keepExporting(
  { deps, say }: Pick<Context, "deps" | "say">,
  { engine, project }: { readonly engine: Engine; readonly project: Project },
  signal: AbortSignal,
): Promise<void> {
  const { exports } = project;
  if (exports === null) return;
  const source = sourceOf(engine, project);
  const isReady = async (): Promise<boolean> => {
    const { cursors } = await engine.status();
    return exportedEntities.every((entity) =>
      [source.crm, source.erp]
        .filter((side) => source.has(entity, side))
        .every((side) =>
          cursors.some(
            (each) => each.entity === entity && each.connection === side && each.backfilledAt !== null,
          ),
        ),
    );
  };
  let last = "";
  while (!signal.aborted) {
    try {
      await exportWhenDue(source, exports, { now: deps.clock.now(), signal, isReady });
      last = "";
    } catch (error) {
      const text = error instanceof Error ? error.message : "an error that is no Error";
      if (text !== last) say(`An export was not written: ${text}`);
      last = text;
    }
    await deps.sleep(askEveryMs, signal);
  }
}
