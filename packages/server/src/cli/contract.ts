import { existsSync } from "node:fs";
import { contractWords, entityNames } from "@crossfoot/model";
import { loadProject } from "../config/load-project.ts";
import type { Project } from "../config/project.ts";
import { contractSheet } from "../documents/contract-sheet.ts";
import { personalPart } from "../documents/inventory-sheet.ts";
import { sheetMarkdown } from "../documents/sheet-markdown.ts";
import { cadenceWords, specSheet } from "../documents/spec-sheet.ts";
import type { KnownAbilities } from "../documents/spec-sheet.ts";
import type { ContractState } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { projectOf } from "./context.ts";
import type { Context } from "./context.ts";
import { redlineCommand } from "./contract-redline.ts";
import { historyCommand, revokeCommand, signaturesCommand, signCommand } from "./contract-sign.ts";
import type { SignFlags } from "./contract-sign.ts";
import { keepDocument } from "./keep-document.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showContract } from "./show-contract.ts";

interface OutFlags {
  readonly out?: string;
}

interface ContractFlags extends OutFlags, SignFlags {
  readonly redline?: string | true;
  readonly effect: boolean;
}

/** What `contract` does beside printing, by the word that asks for it. */
const actions: { readonly [name: string]: (context: Context, flags: ContractFlags) => Promise<ExitCode> } = {
  sign: signCommand,
  revoke: revokeCommand,
  signatures: signaturesCommand,
  history: historyCommand,
};

/** Adds the commands that print what was agreed, and how it is done. */
export function addContract(add: Add): void {
  add("contract", "the contract in force, for those who sign it, with version and hash", (command, act) => {
    command
      .argument("[action]", "sign, revoke; signatures: who signed what; history: what was in force")
      .option("--out <file>", "keep it as a document: .html, .md or .json")
      .option("--redline [what]", "what changes: since the one before, a version or a hash; to a file")
      .option("--no-effect", "with --redline: leave out what it would do to records; reaches no system")
      .option("--name <name>", "with sign or revoke: whose signature")
      .option("--role <role>", "with sign: in which role")
      .option("--department <department>", "with sign: for which department")
      .option("--hash <hash>", "with sign: the hash that was read; with revoke: of another contract")
      .option("--why <reason>", "with revoke: why the signature does not count any more");
    act((context, [action]) => {
      const flags = command.opts<ContractFlags & Record<string, unknown>>();
      if (typeof action !== "string") return contractCommand(context, flags);
      const wanted = actions[action];
      if (wanted === undefined)
        throw badInput(`\`contract ${action}\` is none; there are: ${Object.keys(actions).join(", ")}`);
      return wanted(context, flags);
    });
  });
  add("spec", "the technical specification: contract, mappings, limits, abilities", (command, act) => {
    command.option("--out <file>", "keep it as a document: .html, .md or .json");
    act((context) => specCommand(context, command.opts<OutFlags & Record<string, unknown>>()));
  });
}

/** `contract`: the contract in force as a document to sign. Reaches no system. */
async function contractCommand(context: Context, flags: ContractFlags): Promise<ExitCode> {
  const { out, redline } = flags;
  if (redline !== undefined) return redlineCommand(context, { ...flags, redline });
  const project = projectOf(context, { needsSecrets: false });
  const { contract, contractVersion: version, contractHash: hash } = project;
  const words = contractWords(contract);
  const state = await stateOf(context);
  const [signatures, missing] = [state?.signatures ?? null, state?.missing ?? null];
  const own = signatures?.filter((each) => each.hash === hash) ?? null;
  const document = { version, hash, ...words, signatures: own, missing };
  const cadence = Object.fromEntries(
    entityNames.map((name) => [name, cadenceWords(project, name)]),
  ) as Parameters<typeof contractSheet>[0]["cadence"];
  if (out !== undefined) {
    const personal = personalPart(contract);
    const sheet = contractSheet({ words, version, hash, cadence, signatures, missing, personal });
    keepDocument(context, out, { sheet, document });
  } else context.print(document, () => showContract(document, context.room));
  return exitCodes.done;
}

/**
 * Who signed the contract, when the project has a store that can be looked into now; else null. Printing a
 * contract needs no store, and makes none.
 */
async function stateOf({ deps, folder }: Context): Promise<ContractState | null> {
  const { environment, connectors } = deps;
  const { project } = loadProject(folder, { environment, connectors });
  if (project === undefined) return null;
  if (project.store.home === "embedded" && !existsSync(project.store.folder)) return null;
  try {
    const engine = await deps.openEngine(project);
    try {
      return await engine.contract();
    } finally {
      await engine.close();
    }
  } catch {
    // A server holds the store, or it is away: the contract is printed all the same, with lines to sign.
    return null;
  }
}

/** `spec`: the technical specification. Reaches no system. */
async function specCommand(context: Context, flags: OutFlags): Promise<ExitCode> {
  const project = projectOf(context, { needsSecrets: false });
  const sheet = specSheet(project, await abilitiesOf(context, project));
  if (flags.out !== undefined) keepDocument(context, flags.out, { sheet, document: sheet });
  else context.print(sheet, () => sheetMarkdown(sheet));
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
