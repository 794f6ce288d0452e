import type { Add } from "./add.ts";
import { withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showEpoch } from "./show-epoch.ts";

interface EpochFlags {
  readonly restored?: boolean;
  readonly confirm?: boolean;
  readonly by?: string;
}

/** Adds the command by which a person says that the store was restored, and that it is to go on. */
export function addEpoch(add: Add): void {
  add(
    "epoch",
    "which life of the store this is; after the restore of a backup, to go on with it",
    (command, act) => {
      command
        .option("--restored", "the store was restored from a backup, or an older copy of it took over")
        .option("--confirm", "go on with it: everything is read again, nothing made meanwhile is made twice")
        .option("--by <name>", "who says so; the user of this machine without it");
      act((context) => epochCommand(context, command.opts<EpochFlags & Record<string, unknown>>()));
    },
  );
}

async function epochCommand(context: Context, flags: EpochFlags): Promise<ExitCode> {
  const by = flags.by ?? context.deps.user;
  const epoch = await withEngine(context, async (engine) => {
    if (flags.restored === true) await engine.holdEpoch(by);
    if (flags.confirm !== true) return engine.epoch();
    const next = await engine.confirmEpoch(by);
    if (next === null)
      throw badInput("there is nothing to confirm: the store is not held; with --restored it is");
    return next;
  });
  context.print(epoch, () => showEpoch(epoch));
  return epoch.state === "held" ? exitCodes.refused : exitCodes.done;
}
