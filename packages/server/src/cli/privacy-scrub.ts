import { projectOf } from "./context.ts";
import type { Context } from "./context.ts";
import { exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { many } from "./text.ts";

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** `privacy scrub`: has the store's tables written anew, without what was erased. Reaches no system. */
export async function scrubCommand(context: Context): Promise<ExitCode> {
  const project = projectOf(context, { needsSecrets: true });
  const done = await context.deps.rewriteStore(project);
  const elsewhere = done.isLogWrittenOver
    ? "Its write-ahead log is written over too; backups keep what they hold."
    : "Its write-ahead log and backups keep what they hold until they are recycled.";
  context.print(
    done,
    () =>
      `${many(done.tables, "table")} written anew, ${megabytes(done.bytesBefore)} before, ` +
      `${megabytes(done.bytesAfter)} now: what was erased, sealed or overwritten is in their files no ` +
      `more. ${elsewhere}`,
  );
  return exitCodes.done;
}
