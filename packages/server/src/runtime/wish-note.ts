import type { Json, LinkId } from "@crossfoot/kernel";
import { causesIn } from "../store/port.ts";
import type { Intent } from "../store/port.ts";
import { plainLine } from "./loser-words.ts";
import { memberOn, sideOfRole } from "./moment-names.ts";
import { sendNotes } from "./tell.ts";
import type { Settling } from "./settle.ts";
import { abilitiesOf } from "./world.ts";

/**
 * Tells on the CRM's order who had it cancelled or changed and why, where the CRM takes notes. The reason
 * stands in the intent, and the note's key follows from that: asked again, the same note is sent again, and
 * kept once.
 */
export async function noteWish(
  { session, opened, observes }: Settling,
  {
    link,
    intents,
    word,
  }: { readonly link: LinkId; readonly intents: readonly Intent[]; readonly word: "cancelled" | "changed" },
): Promise<void> {
  const { world } = session;
  const crm = sideOfRole(world, "crm");
  const intent = intents.findLast(({ state }) => state === "settled");
  const connection = opened.get(crm.id);
  if (intent === undefined || connection === undefined || observes.has(crm.id)) return;
  if (abilitiesOf(connection, "orders")?.notes !== true || session.away.has(crm.id)) return;
  const id = memberOn(await world.store.membersOf([link]), crm)?.id;
  if (id === undefined) return;
  const key = `CF-C-${world.entropy.digest(`${word}\n${intent.key}`).slice(0, 20)}`;
  const note = {
    ...({ key, entity: "orders", kind: "note", id, precondition: null, current: {} } as const),
    ...{ patch: { text: textOf(intent, word) }, reference: key, transition: null },
  };
  let [outcome] = await sendNotes(session, crm, [note]);
  // One key is one note: what may have landed is sent again.
  if (outcome?.kind === "failed" && outcome.failure.failure === "in_doubt")
    [outcome] = await sendNotes(session, crm, [note]);
  if (outcome?.kind === "failed")
    world.log.warn("note_not_taken", { connection: crm.id, code: outcome.failure.code });
}

function textOf(intent: Intent, done: "cancelled" | "changed"): string {
  const [cause] = causesIn(intent);
  const word = (value: Json | undefined): string => (typeof value === "string" ? plainLine(value) : "");
  const [by, reason] = [word(cause?.["by"]), word(cause?.["reason"])];
  return `Crossfoot: ${done} in ${intent.target} at the word of ${by}: ${reason}`;
}
