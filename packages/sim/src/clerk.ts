import type { Engine } from "crossfoot/testing";
import { connectionId } from "@crossfoot/kernel";
import type { Decider, Said } from "./decider.ts";

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

/** How many questions were answered, and what was said of records. */
interface Answered {
  readonly count: number;
  readonly said: readonly Said[];
}

/** A person goes through all that is open: conflicts, duplicates, deletions; all else is tried again. */
export async function answerAll(
  engine: Engine,
  decider: Decider,
  { take, word, isSame }: Answers,
): Promise<Answered> {
  const by = "the clerk";
  let count = 0;
  for (const { link, field } of await engine.conflicts())
    count += (await engine.decideConflict(link, field, { take: connectionId(take), by })) ? 1 : 0;
  const said = await decider.decide(engine, isSame);
  count += said.length;
  for (const { parkId, reason, entity, connection, externalId } of await engine.deadLetters()) {
    if (!deletions.has(reason)) count += await engine.redrive([parkId], by);
    else if (connection !== null && externalId !== null) {
      await engine.answerDeletion({ entity, id: `${connection}:${externalId}` }, { word, by });
      count += 1;
    }
  }
  return { count, said };
}
