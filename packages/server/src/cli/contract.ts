import { existsSync, writeFileSync } from "node:fs";
import { extname } from "node:path";
import { contractWords, entityNames } from "@crossfoot/model";
import type { Project } from "../config/project.ts";
import { contractSheet } from "../documents/contract-sheet.ts";
import { sheetHtml } from "../documents/sheet-html.ts";
import { sheetMarkdown } from "../documents/sheet-markdown.ts";
import type { Sheet } from "../documents/sheet.ts";
import { cadenceWords, specSheet } from "../documents/spec-sheet.ts";
import type { KnownAbilities } from "../documents/spec-sheet.ts";
import type { Add } from "./add.ts";
import { projectOf } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showContract } from "./show-contract.ts";

interface OutFlags {
  readonly out?: string;
}

/** Adds the commands that print what was agreed, and how it is done. */
export function addContract(add: Add): void {
  add("contract", "the contract in force, for those who sign it, with version and hash", (command, act) => {
    command.option("--out <file>", "keep it as a document: .html, .md or .json");
    act((context) => contractCommand(context, command.opts<OutFlags & Record<string, unknown>>()));
  });
  add("spec", "the technical specification: contract, mappings, limits, abilities", (command, act) => {
    command.option("--out <file>", "keep it as a document: .html, .md or .json");
    act((context) => specCommand(context, command.opts<OutFlags & Record<string, unknown>>()));
  });
}

/** `contract`: the contract in force as a document to sign. Reaches no system. */
function contractCommand(context: Context, flags: OutFlags): ExitCode {
  const project = projectOf(context, { needsSecrets: false });
  const { contract, contractVersion: version, contractHash: hash } = project;
  const words = contractWords(contract);
  const document = { version, hash, ...words };
  const cadence = Object.fromEntries(
    entityNames.map((name) => [name, cadenceWords(project, name)]),
  ) as Parameters<typeof contractSheet>[0]["cadence"];
  const sheet = contractSheet({ words, version, hash, cadence, signatures: null, missing: null });
  if (flags.out !== undefined) return keep(context, flags.out, { sheet, document });
  context.print(document, () => showContract(document, context.room));
  return exitCodes.done;
}

/** `spec`: the technical specification. Reaches no system. */
async function specCommand(context: Context, flags: OutFlags): Promise<ExitCode> {
  const project = projectOf(context, { needsSecrets: false });
  const sheet = specSheet(project, await abilitiesOf(context, project));
  if (flags.out !== undefined) return keep(context, flags.out, { sheet, document: sheet });
  context.print(sheet, () => sheetMarkdown(sheet));
  return exitCodes.done;
}

/** What each connector says it can do, asked without a call: whatever would reach the system is refused. */
async function abilitiesOf({ deps }: Context, project: Project): Promise<KnownAbilities> {
  const asked = project.connections.map(async ({ id, connector, options }) => {
    try {
      const connection = await deps.connectors[connector]?.open({
        http: () => Promise.reject(new Error("it would have to be asked")),
        options,
        secret: () => "",
        token: { load: () => undefined, store: () => undefined },
        now: deps.clock.now,
      });
      return [id, connection?.manifest ?? "no such connector"] as const;
    } catch (error) {
      return [id, error instanceof Error ? error.message : "unknown reason"] as const;
    }
  });
  return Object.fromEntries<KnownAbilities[string]>(await Promise.all(asked));
}

/** Writes a document into a file; what kind stands in the name. Overwrites a document of before. */
function keep(
  context: Context,
  file: string,
  at: { readonly sheet: Sheet; readonly document: unknown },
): ExitCode {
  const texts: { readonly [ending: string]: () => string } = {
    ".html": () => sheetHtml(at.sheet),
    ".md": () => sheetMarkdown(at.sheet),
    ".json": () => `${JSON.stringify(at.document, null, 2)}\n`,
  };
  const text = texts[extname(file).toLowerCase()];
  if (text === undefined) throw badInput(`--out ends in .html, .md or .json, and \`${file}\` does not`);
  const isThere = existsSync(file);
  writeFileSync(file, text());
  const facts = Object.fromEntries(at.sheet.facts);
  context.print({ file, ...facts }, () => `${isThere ? "Wrote anew" : "Wrote"} ${file}.`);
  return exitCodes.done;
}
