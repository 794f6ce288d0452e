import { basename } from "node:path";
import type { Add } from "./add.ts";
import { readBulk } from "./bulk-file.ts";
import { connectionNamed, entityOf, projectOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { pairsOf } from "./pairs.ts";
import { keepPlan } from "./plan-file.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showPlan } from "./show-plan.ts";
import { many, safeText } from "./text.ts";

interface BulkFlags {
  readonly entity: string;
  readonly on: string;
  readonly map?: string;
  readonly out?: string;
}

/** Adds `bulk`. */
export function addBulk(add: Add): void {
  add("bulk", "values of many records from a file, as a plan", (command, act) => {
    command
      .argument("<action>", "update")
      .argument("<file>", "CSV with a header: `id`, then places such as email or billingAddress.city")
      .requiredOption("--entity <entity>", "such as accounts")
      .requiredOption("--on <connection>", "whose records they are, and where they are written: crm or erp")
      .option("--map <columns>", "places by column, such as Mail=email,Town=billingAddress.city")
      .option("--out <file>", "keep the plan in a file for `apply`");
    act((context, [action, file]) => {
      if (action !== "update") throw badInput(`\`bulk ${String(action)}\` is none; there is: update`);
      return bulkCommand(context, String(file), command.opts<BulkFlags & Record<string, unknown>>());
    });
  });
}

/** `bulk update`: plans what a file gives. Exit 2 where something of it stays as it is. */
async function bulkCommand(context: Context, file: string, flags: BulkFlags): Promise<ExitCode> {
  const project = projectOf(context, { needsSecrets: false });
  const entity = entityOf(flags.entity);
  const connection = connectionNamed(project, flags.on);
  if (!project.entities.includes(entity)) throw badInput(`${entity} are switched off in the contract`);
  const asked = await readBulk(file, {
    connection,
    entity,
    map: pairsOf(flags.map, "Mail=email,Town=billingAddress.city"),
  });
  const of = `what ${safeText(basename(file))} gives (${many(asked.length, "value")} of ${connection.id})`;
  const by = context.deps.user;
  const plan = await withEngine(context, (engine) => engine.repair({ of, by, asked }));
  keepPlan(flags.out, plan);
  context.print(plan, () => showPlan(plan, { room: context.room, isWhole: false, out: flags.out ?? null }));
  if (plan.troubles.length > 0) return exitCodes.failed;
  if (plan.guardStops.length > 0) return exitCodes.refused;
  const isLeft = (plan.repair?.left ?? []).some(({ why }) => why !== "done");
  return isLeft ? exitCodes.differences : exitCodes.done;
}
