import { breakName } from "../store/port.ts";
import type { JournalProof } from "../store/port.ts";
import type { Add } from "./add.ts";
import { withEngine } from "./context.ts";
import { exitCodes } from "./refusal.ts";

/** Adds the command that verifies the journal from its first entry on. */
export function addVerify(add: Add): void {
  add("verify", "whether the journal is as it was written, entry by entry", (_command, act) => {
    act(async (context) => {
      const proof = await withEngine(context, (engine) => engine.verify());
      context.print(proof, () => showProof(proof));
      return proof.broken.length === 0 ? exitCodes.done : exitCodes.refused;
    });
  });
}

/** What was found, in a few lines. */
function showProof({ entries, broken, accepted }: JournalProof): string {
  const names = accepted.map(breakName).join(", ");
  const looked = `${entries} ${entries === 1 ? "entry" : "entries"} of the journal`;
  const end = names === "" ? "; nothing was changed" : `, but for what was accepted: ${names}`;
  if (broken.length === 0) return `${looked} follow from one another${end}.`;
  return [
    `${looked} looked at. Changed, lost or put in between: ${broken.map(breakName).join(", ")}.`,
    ...(names === "" ? [] : [`Accepted before: ${names}.`]),
    "The store is held: nothing is sent before `crossfoot epoch --confirm`.",
    "If there is a backup of before, restore it first.",
  ].join("\n");
}
