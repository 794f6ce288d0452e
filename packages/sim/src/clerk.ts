import type { Engine } from "crossfoot/testing";
import { connectionId } from "@crossfoot/kernel";

/** How a person answers what is open: data. */
export interface Answers {
  /** Whose value wins conflicts. */
  readonly take: "crm" | "erp";
  /** What becomes of the record that is left when the other one was deleted. */
  readonly word: "archive" | "keep";
  /** Whether possible duplicates are one thing, or each its own. */
  readonly isSame: boolean;
}

/** Reasons of parks that ask about a deletion. */
const deletions: ReadonlySet<string> = new Set([
  "deleted_elsewhere",
  "edited_while_deleted",
  "may_be_merged",
]);

/** A person goes through all that is open: conflicts, duplicates, deletions; all else is tried again. */
export async function answerAll(engine: Engine, { take, word, isSame }: Answers): Promise<number> {
  const by = "the clerk";
  let answered = 0;
  for (const { link, field } of await engine.conflicts())
    answered += (await engine.decideConflict(link, field, { take: connectionId(take), by })) ? 1 : 0;
  for (const { entity, connection, id, links } of await engine.candidates()) {
    const other = isSame ? (links[0] ?? null) : null;
    await engine.decideCandidate({ entity, connection, id }, { with: other, by });
    answered += 1;
  }
  for (const { parkId, reason, entity, connection, externalId } of await engine.deadLetters()) {
    if (!deletions.has(reason)) answered += await engine.redrive([parkId], by);
    else if (connection !== null && externalId !== null) {
      await engine.answerDeletion({ entity, id: `${connection}:${externalId}` }, { word, by });
      answered += 1;
    }
  }
  return answered;
}
