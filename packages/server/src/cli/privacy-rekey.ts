import { projectOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { many } from "./text.ts";

/** `privacy rekey`: wraps the keys of the store's values under `atRest.nextKey`. Reaches no system. */
export async function rekeyCommand(context: Context): Promise<ExitCode> {
  const { atRest } = projectOf(context, { needsSecrets: true });
  const next = atRest?.next ?? null;
  if (next === null)
    throw badInput(
      "crossfoot.yaml says under `atRest.nextKey` which key comes next; `crossfoot secrets key FILE` makes " +
        "one",
    );
  const by = context.deps.user;
  const { wrapped, state } = await withEngine(context, (engine) => engine.privacy.rekey(next, by));
  context.print(
    { wrapped, ...state },
    () =>
      `${many(wrapped, "key")} wrapped anew; the master key is ${next} now. Start \`up\` and the workers ` +
      "again, run this once more until it says 0, write the key of `atRest.nextKey` under `atRest.key`, " +
      "and destroy the former one once no backup needs it.",
  );
  return exitCodes.done;
}
