import { externalId } from "@crossfoot/kernel";
import type { DeletionWord } from "@crossfoot/kernel";
import type { AnswerOutcome } from "../runtime/answer-port.ts";
import type { Add } from "./add.ts";
import { entityOf, recordOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";

/** Adds the commands by which a person says who is who, and what a deletion means. */
export function addAnswering(add: Add): void {
  add("deleted", "answer a deletion: archive the others, keep them, or have it come back", (command, act) => {
    command
      .argument("<entity>")
      .argument("<record>", "<connection>:<native id>, or the id of a link")
      .option("--archive", "it is deleted: archive it on the other side")
      .option("--keep", "it is deleted: leave the other side as it is")
      .option("--restore", "it is to live again, on both sides");
    act((context, [entity, record]) =>
      deletedCommand(context, { entity: String(entity), record: String(record) }, command.opts()),
    );
  });
  add("merged", "tell that a record which is gone was merged into another of its system", (command, act) => {
    command
      .argument("<entity>")
      .argument("<loser>", "<connection>:<native id> of the record that is gone")
      .argument("<survivor>", "<connection>:<native id> of the record that it went into");
    act((context, [entity, loser, survivor]) =>
      mergedCommand(context, { entity: String(entity), loser: String(loser), survivor: String(survivor) }),
    );
  });
}

const words: readonly DeletionWord[] = ["archive", "keep", "restore"];
const said: { readonly [word in DeletionWord]: string } = {
  archive: "The next run archives it on the other side.",
  keep: "The other side stays as it is.",
  restore: "The next run brings it back.",
};

async function deletedCommand(
  context: Context,
  at: { readonly entity: string; readonly record: string },
  flags: { readonly [word in DeletionWord]?: boolean },
): Promise<ExitCode> {
  const given = words.filter((word) => flags[word] === true);
  const [word] = given;
  if (word === undefined || given.length > 1) throw badInput("say one of --archive, --keep and --restore");
  const entity = entityOf(at.entity);
  const outcome = await withEngine(context, (engine, project) =>
    engine.answerDeletion({ entity, id: recordOf(project, at.record) }, { word, by: context.deps.user }),
  );
  refuse(outcome, at.record);
  context.print({ ...at, word }, () => `${at.record}: told. ${said[word]}`);
  return exitCodes.done;
}

async function mergedCommand(
  context: Context,
  at: { readonly entity: string; readonly loser: string; readonly survivor: string },
): Promise<ExitCode> {
  const entity = entityOf(at.entity);
  const outcome = await withEngine(context, (engine, project) => {
    const [loser, survivor] = [at.loser, at.survivor].map((text) => partsOf(recordOf(project, text)));
    if (loser === undefined || survivor === undefined || loser.connection !== survivor.connection)
      throw badInput("both records are of one system");
    const { connection } = loser;
    return engine.declareMerge({ entity, connection, loser: loser.id, survivor: survivor.id });
  });
  refuse(outcome, at.loser);
  context.print(at, () => `${at.loser} went into ${at.survivor}: told. The next run moves its links.`);
  return exitCodes.done;
}

/** `match` with a record: a person says whether it is the same as another. */
export async function matchCommand(
  context: Context,
  at: { readonly entity: string; readonly record: string },
  flags: { readonly with?: string; readonly apart?: boolean; readonly undecide?: boolean },
): Promise<ExitCode> {
  const said = [flags.with !== undefined, flags.apart === true, flags.undecide === true];
  if (said.filter(Boolean).length !== 1) throw badInput("say one of --with <record>, --apart and --undecide");
  const entity = entityOf(at.entity);
  if (flags.undecide === true) {
    const outcome = await withEngine(context, (engine, project) =>
      engine.undecideCandidate({ entity, ...partsOf(recordOf(project, at.record)) }, context.deps.user),
    );
    refuse(outcome, at.record);
    context.print({ ...at, undecided: true }, () => `${at.record} is asked about again: told.`);
    return exitCodes.done;
  }
  const outcome = await withEngine(context, (engine, project) => {
    const { connection, id } = partsOf(recordOf(project, at.record));
    const other = flags.with === undefined ? null : recordOf(project, flags.with);
    return engine.decideCandidate({ entity, connection, id }, { with: other, by: context.deps.user });
  });
  refuse(outcome, at.record);
  const what = flags.with === undefined ? "is a record of its own" : `is the same as ${flags.with}`;
  context.print({ ...at, with: flags.with ?? null }, () => `${at.record} ${what}: told.`);
  return exitCodes.done;
}

/** Connection and id of a record that was named by them. Throws a Refusal for the id of a link. */
function partsOf(record: string) {
  const at = record.indexOf(":");
  if (at < 1) throw badInput(`\`${record}\` is a link; name a record, such as crm:1001`);
  return { connection: record.slice(0, at) as never, id: externalId(record.slice(at + 1)) };
}

const refusals: { readonly [outcome in Exclude<AnswerOutcome, "told">]: string } = {
  unknown: "is not known, or nothing is asked about it",
  taken: "has a link with others already; merge it in its system, or see `crossfoot duplicates`",
  busy: "has a write under way: let the next run end it, then say it again",
  still_there: "is still there: merge it in its system, which then tells of it",
};

function refuse(outcome: AnswerOutcome, record: string): void {
  if (outcome === "told") return;
  throw new Refusal(exitCodes.failed, `${record} ${refusals[outcome]}`, { code: outcome });
}
