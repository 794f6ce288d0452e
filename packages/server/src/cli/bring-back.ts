import type { RestoreSummary } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { recordOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import type { ExitCode } from "./refusal.ts";
import { runCode, showRun } from "./show-run.ts";
import { undoCommand } from "./undo.ts";
import type { UndoFlags } from "./undo.ts";

/** Commands that bring back what was: a value that lost, and what stood before a write. */
export function addBringingBack(add: Add): void {
  add("restore", "bring back a value that lost: it stands on both sides from now on", (command, act) => {
    command
      .argument("<record>", "<connection>:<native id>, such as crm:1001, or the id of a link")
      .argument("<field>", "the field whose newest lost value is meant")
      .option("--entry <entry>", "another one, by the entry that `conflicts --lost` shows");
    act((context, [record, field]) =>
      restoreCommand(context, { ...command.opts(), record: String(record), field: String(field) }),
    );
  });
  add("undo", "take back what was written, on both systems, as a plan of its own", (command, act) => {
    command
      .option("--run <id>", "all that a run wrote; `status` lists runs")
      .option("--plan <id>", "all that a plan wrote, p-...")
      .option("--write <key>", "one write, by the key that `why --json` shows")
      .option("--consolidation <id>", "records that became one: the name of their cluster (d-...) or plan")
      .option("--proposal <id>", "what an approved proposal wrote")
      .option("--record <record>", "what was written of a record since --since: <connection>:<native id>")
      .option("--since <time>", "2026-01-31 (UTC), or 2026-01-31T10:15:00Z")
      .option("--out <file>", "keep the plan in a file for `apply`")
      .option("--all", "spell out every write")
      .option("--yes", "do it at once");
    act((context) => undoCommand(context, command.opts<UndoFlags & Record<string, unknown>>()));
  });
}

/** `restore`: a person's word that a lost value is to stand, carried out at once. */
async function restoreCommand(
  context: Context,
  asked: { readonly record: string; readonly field: string; readonly entry?: string },
): Promise<ExitCode> {
  const by = context.deps.user;
  const summary = await withEngine(context, (engine, project) =>
    engine.restore({
      id: recordOf(project, asked.record),
      field: asked.field,
      entry: asked.entry ?? null,
      by,
    }),
  );
  context.print(summary, () => showRestore(summary, context.room));
  return runCode(summary);
}

function showRestore(summary: RestoreSummary, room: number): string {
  const { field, entry, link, targets, reached } = summary.restored;
  const open = targets.filter((target) => !reached.includes(target));
  const there =
    reached.length === 0 ? [] : [`${field} of ${link} (${entry}) stands in ${reached.join(", ")}.`];
  const rest =
    open.length === 0 ? [] : [`It is not in ${open.join(", ")} yet: \`crossfoot why ${link}\` says why.`];
  return [...there, ...rest, showRun(summary, room)].join("\n\n");
}
