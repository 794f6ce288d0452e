import type { Json } from "@crossfoot/kernel";
import type { Note } from "./chain.ts";
import { forgottenNote } from "./epochs.ts";
import type { Intent } from "./port.ts";

/** What became of intents that were to be stored: others stand, whatever is decided anew. */
export interface Saved {
  readonly stored: ReadonlySet<string>;
  /** Those of them that are in doubt from the start. */
  readonly doubted: ReadonlySet<string>;
}

/** What the journal says of writes that are stored, and of those that are in doubt from the start. */
export function intentNotes(intents: readonly Intent[], saved: Saved): readonly Note[] {
  const doubts = intents.filter(({ key }) => saved.doubted.has(key));
  return [
    ...intents.filter(({ key }) => saved.stored.has(key)).map(storedNote),
    ...doubts.map(({ key, entity, link }) => forgottenNote({ key, entity, link_id: link })),
  ];
}

/** What the journal says of a write that is stored. */
function storedNote(intent: Intent): Note {
  const { link, entity, key, target, kind, id, transition, causes, plan, undo } = intent;
  return {
    kind: "intent_stored",
    entity,
    link,
    body: {
      key,
      target,
      kind,
      id,
      fields: intent.fields as unknown as Json,
      transition,
      causes,
      ...(plan === null ? {} : { plan }),
      ...(undo === null ? {} : { undo: { ...undo } }),
    },
  };
}
