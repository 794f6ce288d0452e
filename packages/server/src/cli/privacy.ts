import { writeFileSync } from "node:fs";
import { isPersonal, privacyInventory } from "@crossfoot/model";
import { inventoryColumns, inventoryRow, inventorySheet } from "../documents/inventory-sheet.ts";
import type { Engine, ErasurePlan, ErasureProof, PersonExport } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { projectOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { keepDocument } from "./keep-document.ts";
import { keepPlan } from "./plan-file.ts";
import { rekeyCommand } from "./privacy-rekey.ts";
import { scrubCommand } from "./privacy-scrub.ts";
import { filesHolding } from "./privacy-files.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showPlan } from "./show-plan.ts";
import { renderTable } from "./table.ts";
import { many, safeText } from "./text.ts";

interface PrivacyFlags {
  readonly out?: string;
  readonly finish?: boolean;
  readonly why?: string;
  readonly all?: boolean;
}

type Action = (
  context: Context,
  asked: { readonly person: string | null; readonly flags: PrivacyFlags },
) => Promise<ExitCode>;

const actions: { readonly [name: string]: Action } = {
  inventory: async (context, { flags }) => inventoryCommand(context, flags),
  export: (context, { person, flags }) => exportCommand(context, personOf(person), flags),
  erase: (context, { person, flags }) =>
    flags.finish === true
      ? finishCommand(context, personOf(person), flags)
      : eraseCommand(context, personOf(person), flags),
  erasures: (context) => erasuresCommand(context),
  rekey: (context) => rekeyCommand(context),
  scrub: (context) => scrubCommand(context),
};

/** Adds the command for values of persons. */
export function addPrivacy(add: Add): void {
  add("privacy", "values of persons: the inventory, all about one person, their erasure", (command, act) => {
    command
      .argument("<action>", Object.keys(actions).join(", "))
      .argument(
        "[person]",
        "export and erase: <connection>:<id of the contact>, a link, or an e-mail address",
      )
      .option("--out <file>", "keep it in a file: the inventory, the export, the plan or the proof")
      .option("--all", "inventory: fields without a value of a person too")
      .option("--finish", "erase: from our own store, once both systems show nothing of the person")
      .option("--why <reason>", "erase --finish: on whose request, for the proof");
    act((context, [action, person]) => {
      const run = actions[String(action)];
      if (run === undefined)
        throw badInput(
          `\`privacy ${String(action)}\` is none; there are: ${Object.keys(actions).join(", ")}`,
        );
      const flags = command.opts<PrivacyFlags & Record<string, unknown>>();
      return run(context, { person: typeof person === "string" ? person : null, flags });
    });
  });
}

function personOf(person: string | null): string {
  if (person === null)
    throw badInput(
      "name the person: <connection>:<id of the contact>, such as crm:1001, or an e-mail address",
    );
  return person;
}

/** `privacy inventory`: what is kept of persons, and why. Reaches no system. */
function inventoryCommand(context: Context, { out, all }: PrivacyFlags): ExitCode {
  const {
    contract,
    contractVersion: version,
    contractHash: hash,
  } = projectOf(context, {
    needsSecrets: false,
  });
  const lines = privacyInventory(contract).filter((line) => all === true || isPersonal(line));
  const document = { version, hash, fields: lines };
  if (out !== undefined) {
    keepDocument(context, out, { sheet: inventorySheet(contract, { version, hash }), document });
    return exitCodes.done;
  }
  const columns = inventoryColumns.map((title) => ({ title: title.toLowerCase(), least: 8 }));
  const rows = lines.map((line) => inventoryRow(line).map((cell) => safeText(cell)));
  context.print(document, () => renderTable(columns, rows, context.room));
  return exitCodes.done;
}

/** Keeps what tells of a person in a file that nobody else reads. */
function keep(context: Context, out: string | undefined, document: unknown): void {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (out === undefined) context.print(document, () => text);
  else {
    writeFileSync(out, text, { mode: 0o600 });
    context.print({ file: out }, () => `Wrote ${out}.`);
  }
}

async function exportCommand(context: Context, person: string, { out }: PrivacyFlags): Promise<ExitCode> {
  const by = context.deps.user;
  const made: PersonExport = await withEngine(context, (engine) => engine.privacy.exportPerson(person, by));
  keep(context, out, made);
  return exitCodes.done;
}

async function eraseCommand(context: Context, person: string, { out }: PrivacyFlags): Promise<ExitCode> {
  const by = context.deps.user;
  const made = await withEngine(context, (engine) => engine.privacy.planErasure(person, by));
  const { plan } = made;
  if (plan !== null) keepPlan(out, plan);
  context.print(made, () => showErasure(made, context, { person, out: out ?? null }));
  if (plan === null) return exitCodes.done;
  if (plan.troubles.length > 0) return exitCodes.failed;
  return plan.guardStops.length > 0 ? exitCodes.refused : exitCodes.done;
}

function showErasure(
  { plan, stays }: ErasurePlan,
  { room }: Context,
  at: { readonly person: string; readonly out: string | null },
): string {
  const law = ["What stays whatever is erased:", ...stays.map((each) => `  ${each}`)].join("\n");
  const finish = `crossfoot privacy erase ${safeText(at.person)} --finish --why <whose request>`;
  if (plan === null) return [`Both systems show nothing of the person. Then: ${finish}`, law].join("\n\n");
  const next =
    "Apply it, run until the other system has it too, delete the plan's file, then erase our own store:\n" +
    `  crossfoot apply ${at.out ?? "<file>"}\n  crossfoot run\n  ${finish}`;
  return [showPlan(plan, { room, isWhole: true, out: at.out }), law, next].join("\n\n");
}

/** Files of the project that still hold the person's values are the first to go. */
async function refuseFiles(context: Context, engine: Engine, person: string): Promise<readonly string[]> {
  const project = projectOf(context, { needsSecrets: false });
  const except = project.store.home === "embedded" ? [project.store.folder] : [];
  const texts = await engine.privacy.identifiersOf(person);
  const { holding, unsearched } = filesHolding(project.folder, texts, except);
  if (holding.length === 0) return unsearched;
  throw new Refusal(
    exitCodes.refused,
    `${many(holding.length, "file")} of the project still tell of the person; delete them first: ` +
      holding.join(", "),
    { code: "files_left" },
  );
}

async function finishCommand(
  context: Context,
  person: string,
  { out, why }: PrivacyFlags,
): Promise<ExitCode> {
  if (why === undefined || why.trim() === "") throw badInput("--finish needs --why: on whose request");
  const by = context.deps.user;
  const proof = await withEngine(context, async (engine) => {
    const unsearched = await refuseFiles(context, engine, person);
    if (unsearched.length > 0) context.say(`Too large to be searched: ${unsearched.join(", ")}`);
    return engine.privacy.erasePerson(person, { by, why });
  });
  if (out === undefined) context.print(proof, () => showProof(proof));
  else keep(context, out, proof);
  return exitCodes.done;
}

function showProof({ id, at, by, rows, elsewhere, hash }: ErasureProof): string {
  const counted = (counts: ErasureProof["rows"]): string =>
    Object.entries(counts)
      .map(([table, count]) => `${table} ${count}`)
      .join(", ") || "none";
  return [
    `Erasure ${id}, ${at}, by ${safeText(by)}`,
    `  rows emptied or removed: ${counted(rows)}`,
    `  rows about other records that hold the same text: ${counted(elsewhere)}`,
    `  hash ${hash}`,
  ].join("\n");
}

async function erasuresCommand(context: Context): Promise<ExitCode> {
  const erasures = await withEngine(context, (engine) => engine.privacy.erasures());
  context.print({ erasures }, () =>
    erasures.length === 0 ? "Nobody was erased." : erasures.map((proof) => showProof(proof)).join("\n\n"),
  );
  return exitCodes.done;
}

/** What a start does: whoever was erased stays so, whatever backup was restored. */
export async function eraseAgain({ say }: Context, engine: Engine): Promise<void> {
  const again = await engine.privacy.eraseAgain();
  if (again.length > 0)
    say(`Erased again, since a backup had brought them back: ${again.map(({ id }) => id).join(", ")}`);
}
