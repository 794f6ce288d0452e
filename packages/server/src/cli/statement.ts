import { createHash } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { isOverNothing, sealFaults } from "@crossfoot/model";
import type { SealedStatement, Statement } from "@crossfoot/model";
import type { Option } from "commander";
import { readCutOff, whyAhead } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { onlyOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { draftOf } from "./draft-file.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showStatement } from "./show-statement.ts";
import { checkEnding, readStatement, statementBytes } from "./statement-file.ts";

interface Flags {
  readonly only?: readonly string[];
  readonly out?: string;
  readonly asOf?: string;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Adds `statement`. */
export function addStatement(add: Add, onlyOption: () => Option): void {
  add("statement", "do both systems agree; and if not, what differs and why", (command, act) => {
    command
      .argument("[action]", "`verify`: check a statement that was handed out")
      .argument("[file]", "its file: .json, .html or .pdf")
      .addOption(onlyOption())
      .option(
        "--as-of <day>",
        "documents up to that day, as they were then; an instant with its offset cuts at it",
      )
      .option("--out <file>", "hand it out, sealed and chained to the last one: .json, .html or .pdf");
    act((context, [action, file]) => {
      if (action === undefined)
        return statementCommand(context, command.opts<Flags & Record<string, unknown>>());
      if (action !== "verify" || typeof file !== "string")
        throw badInput("write `crossfoot statement`, or `crossfoot statement verify FILE`");
      return verifyCommand(context, file);
    });
  });
}

function cutOffOf(text: string, now: number): NonNullable<ReturnType<typeof readCutOff>> {
  const cutOff = readCutOff(text);
  if (cutOff === undefined)
    throw badInput(
      "--as-of takes a day such as 2026-01-31, or an instant such as 2026-01-31T23:59:59+01:00, not " +
        `\`${text}\``,
    );
  const why = whyAhead(text, cutOff, now);
  if (why !== null) throw badInput(`--as-of ${why}`);
  return cutOff;
}

/** `statement`: do both systems agree, and if not, why not. */
async function statementCommand(context: Context, flags: Flags): Promise<ExitCode> {
  const only = onlyOf(flags.only);
  const { out } = flags;
  if (out !== undefined) checkEnding(out);
  const options = {
    ...(only === undefined ? {} : { only }),
    ...(flags.asOf === undefined ? {} : { asOf: cutOffOf(flags.asOf, context.deps.clock.now()) }),
  };
  if (out === undefined) {
    const statement = await withEngine(context, (engine) => engine.statement(options));
    context.print(statement, () =>
      [
        showStatement(statement, context.room),
        "Not sealed: `--out FILE` hands it out, sealed and chained.",
      ].join("\n\n"),
    );
    return codeOf(statement);
  }
  // A statement that is handed out has its number for good: there has to be a place for it first.
  const draft = draftOf(out, "no statement was handed out");
  let sealed: SealedStatement;
  try {
    sealed = await withEngine(context, (engine) => engine.issueStatement(options));
    writeFileSync(draft, await statementBytes(sealed, out));
    renameSync(draft, out);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  const { statement, number, hash } = sealed;
  const { isEqual, isExplained } = statement;
  context.print({ file: out, number, hash, isEqual, isExplained }, () =>
    [
      showStatement(statement, context.room),
      `Statement ${number} is in ${out}; hash ${hash}. \`crossfoot statement verify ${out}\` checks it.`,
    ].join("\n\n"),
  );
  return codeOf(statement);
}

/** Agreement over nothing is none, nor is it as of a day of which not all is known. */
const codeOf = (statement: Statement): ExitCode => {
  const isKnown = (statement.asOf?.unknown ?? []).length === 0;
  return statement.isEqual && isKnown && !isOverNothing(statement) ? exitCodes.done : exitCodes.differences;
};

const notWhole = (file: string, faults: readonly string[]): string =>
  [`${file} is NOT whole:`, ...faults.map((fault) => `- ${fault}`)].join("\n");

/** `statement verify`: is the file what was handed out, and does all of it add up. */
async function verifyCommand(context: Context, file: string): Promise<ExitCode> {
  const { sealed, faults: ofFile } = await readStatement(file);
  if (sealed === null) {
    context.print({ file, number: null, hash: null, faults: ofFile, storeAsked: false }, () =>
      notWhole(file, ofFile),
    );
    return exitCodes.failed;
  }
  const own = [...ofFile, ...sealFaults(sealed, digest)];
  let store: string | null = null;
  let ofStore: readonly string[] = [];
  try {
    ofStore = await withEngine(context, (engine) => engine.checkStatement(sealed));
  } catch (error) {
    store = error instanceof Error ? error.message : "unknown";
  }
  const faults = [...new Set([...own, ...ofStore])];
  const { number, hash } = sealed;
  context.print({ file, number, hash, faults, storeAsked: store === null }, () => {
    const asked =
      store === null
        ? "The store knows it as the one that it handed out."
        : `The store was not asked: ${store}`;
    if (faults.length > 0) return notWhole(file, faults);
    return `Statement ${number} is whole: every hash, sum, count and root follows. ${asked}`;
  });
  return faults.length === 0 ? exitCodes.done : exitCodes.failed;
}
