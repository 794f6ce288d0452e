import { Command, CommanderError, Option } from "commander";
import { optionTable } from "../config/option-table.ts";
import type { Add } from "./add.ts";
import { addAdopting } from "./adopt.ts";
import { addAnswering } from "./answers.ts";
import { addAsking } from "./ask.ts";
import { addAuditing } from "./audit.ts";
import { addBringingBack } from "./bring-back.ts";
import { addBulk } from "./bulk.ts";
import { applyCommand, planCommand, runCommand, syncCommand } from "./act.ts";
import type { ActOptions, ApplyFlags } from "./act.ts";
import { addContract } from "./contract.ts";
import { addConsolidating } from "./consolidate.ts";
import { contextOf } from "./context.ts";
import type { Context } from "./context.ts";
import { demoErps } from "./deps.ts";
import type { CliDeps } from "./deps.ts";
import { addDuplicates } from "./duplicates.ts";
import { addEpoch } from "./epoch.ts";
import { addExplaining } from "./explain.ts";
import { addExporting } from "./export.ts";
import { addFields } from "./fields.ts";
import { addVerify } from "./verify.ts";
import { initCommand } from "./init.ts";
import type { InitOptions } from "./init.ts";
import { addKeys } from "./keys.ts";
import { addWebhooks } from "./webhooks.ts";
import { addPersons } from "./persons.ts";
import { addStatement } from "./statement.ts";
import { addFinding } from "./find.ts";
import { checkCommand, mapCommand, statusCommand, whyCommand } from "./look.ts";
import type { MapOptions } from "./look.ts";
import { conflictsCommand, deadLettersCommand, redriveCommand } from "./people.ts";
import { exitCodes, Refusal, refusalDocument, refusalOf, refusalText } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { addMatching } from "./match.ts";
import { addSecrets } from "./secrets.ts";
import { addPrivacy } from "./privacy.ts";
import { addAuditLog } from "./audit-log.ts";
import { pauseCommand } from "./pausing.ts";
import { prepareCommand } from "./prepare.ts";
import type { PrepareFlags } from "./prepare.ts";
import { upCommand, workerCommand } from "./up.ts";

const codesText = `
Exit codes: 0 done, 1 failed, 2 done but differences remain, 3 refused by a guard or a stale plan,
4 bad configuration, bad input or wrong usage.`;

const pauseWords = [
  ["pause", "stop an entity or a connection, for all workers; webhooks are kept"],
  ["resume", "let what is paused go on"],
] as const;

const onlyOption = (): Option =>
  new Option("--only <entities...>", "only these entities, such as accounts,orders");

function addLooking(add: Add): void {
  add("check", "reach both systems, and hold mappings and contract against what is there", (command, act) => {
    command.option("--settings", "show the settings in force instead, without any secret");
    act((context) => checkCommand(context, command.opts()));
  });
  add("prepare", "show what a connection rests on in its system, and add it", (command, act) => {
    command
      .argument("<connection>", "such as erp")
      .option("--apply", "add what is missing; without it nothing is changed")
      .option("--as <login>", "as this administrator, for this once")
      .option(
        "--secret <where>",
        "where the administrator's key is kept: env:NAME, file:PATH or sealed:NAME",
      );
    act((context, [name]) => prepareCommand(context, String(name), command.opts<PrepareFlags>()));
  });
  addFields(add);
  add("map", "show what a mapping makes of a native record", (command, act) => {
    command
      .requiredOption("--sample <file>", "JSON file with a record as the system delivers it")
      .requiredOption("--connection <name>", "connection whose mapping it is")
      .requiredOption("--entity <entity>", "entity it is mapped to");
    act((context) => mapCommand(context, command.opts<MapOptions & Record<string, unknown>>()));
  });
  add("status", "how everything stands: connections, entities, readings, last runs", (_command, act) => {
    act((context) => statusCommand(context));
  });
  add("why", "why a record is as it is", (command, act) => {
    command
      .argument("<record>", "<connection>:<native id>, such as crm:1001, or the id of a link")
      .option("--entity <entity>", "which entity, where the id alone does not tell");
    act((context, [record]) => whyCommand(context, String(record), command.opts()));
  });
  addFinding(add);
  addStatement(add, onlyOption);
  addAsking(add);
}

function addActing(add: Add): void {
  add("plan", "show, record by record, what would be written; writes nothing", (command, act) => {
    command
      .addOption(onlyOption())
      .option("--sweep", "read everything again first")
      .option("--out <file>", "keep the plan in a file for `apply`")
      .option("--contract <file>", "show what would change if this contract were in force, and nothing else")
      .option("--all", "spell out every write");
    act((context) => planCommand(context, command.opts()));
  });
  add("apply", "do exactly what a plan shows, or stop where the world has moved", (command, act) => {
    command
      .argument("<plan>", "file of `plan --out`")
      .addOption(
        new Option("--on-drift <what>", "what to do about a record that moved")
          .choices(["stop", "skip"])
          .default("stop"),
      )
      .addOption(onlyOption())
      .option("--limit <records>", "at most so many records, the first of those that are left")
      .option("--canary <records>", "write so many records of each entity first, read them back and compare")
      .option("--approve <plan>", "approve harm beyond the guard: the name of exactly this plan, p-...");
    act((context, [file]) =>
      applyCommand(context, String(file), command.opts<ApplyFlags & Record<string, unknown>>()),
    );
  });
  add("run", "read, decide and write once", (command, act) => {
    command
      .addOption(onlyOption())
      .option("--sweep", "read everything again, and find deletions")
      .option("--trust-empty", "believe a system that shows nothing of what is known: all of it was deleted")
      .option("--observe", "send nothing: read, link and decide, and show what would be written");
    act((context) => runCommand(context, command.opts<ActOptions>()));
  });
  add("sync", "read one record again on every side, and settle it now", (command, act) => {
    command.argument("<entity>").argument("<record>", "<connection>:<native id>, or the id of a link");
    act((context, [entity, record]) => syncCommand(context, String(entity), String(record)));
  });
  add(
    "worker",
    "keep both systems in agreement, as one of several workers over one PostgreSQL",
    (_command, act) => {
      act((context) => workerCommand(context));
    },
  );
  add("up", "serve webhooks and the status page, and keep both systems in agreement", (command, act) => {
    const flagged = optionTable.filter(({ flag }) => flag !== null);
    for (const { flag, help, path } of flagged)
      command.option(`${flag ?? ""} <${path.split(".").at(-1) ?? ""}>`, help);
    act((context) => {
      const given = command.opts<Record<string, string | undefined>>();
      return upCommand(
        context,
        Object.fromEntries(flagged.map(({ flag, path }) => [path, given[(flag ?? "").slice(2)]])),
      );
    });
  });
}

function addPeople(add: Add): void {
  add("conflicts", "what waits for a decision; with --take, the decision", (command, act) => {
    command
      .argument("[link]")
      .argument("[field]")
      .option("--take <side>", "whose value stands: crm or erp")
      .option(
        "--lost",
        "values that lost to another, with who, when and why; of one record when it is named",
      );
    act((context, [link, field]) =>
      conflictsCommand(context, {
        ...command.opts<{ take?: string; lost?: boolean }>(),
        ...(typeof link === "string" ? { link } : {}),
        ...(typeof field === "string" ? { field } : {}),
      }),
    );
  });
  for (const [action, words] of pauseWords) {
    add(action, words, (command, act) => {
      command.argument("<name>", "an entity, such as quotes, or a connection, such as erp");
      act((context, [name]) => pauseCommand(context, action, String(name)));
    });
  }
  add("dead-letters", "what was set aside, with the reason", (_command, act) => {
    act((context) => deadLettersCommand(context));
  });
  add("redrive", "put back what was set aside", (command, act) => {
    command.argument("[ids...]", "ids of `dead-letters`").option("--all", "all of them");
    act((context, [ids]) =>
      redriveCommand(context, Array.isArray(ids) ? ids.map(String) : [], command.opts()),
    );
  });
}

function addStarting(add: Add): void {
  add("init", "make a project folder that a person can read; overwrites nothing", (command, act) => {
    command
      .argument("[folder]", "where; the folder of --project without it")
      .option("--crm <connector>", "connector of the CRM", "http")
      .option("--erp <connector>", "connector of the ERP", "http")
      .option("--crm-address <address>", "address of the CRM", "https://crm.example.com")
      .option("--erp-address <address>", "address of the ERP", "https://erp.example.com")
      .option("--interview", "ask sales, finance, operations and IT instead, and write what they say")
      .option("--answers <file>", "take the answers of the interview from a file");
    act((context, [folder]) =>
      initCommand(
        context,
        typeof folder === "string" ? folder : undefined,
        command.opts<InitOptions & Record<string, unknown>>(),
      ),
    );
  });
  add("demo", "a CRM, an ERP and Crossfoot between them, at work before your eyes", (command, act) => {
    command
      .option("--once", "end by itself; exit code 0 only when every difference has its planted reason")
      .option("--keep", "keep the store's folder")
      .addOption(new Option("--erp <erp>", "which ERP").choices(demoErps).default("twin"))
      .option("--seed <number>", "another course of events");
    act((context) => demoCommand(context, command.opts()));
  });
}

async function demoCommand(
  { deps, isJson }: Context,
  options: {
    readonly once?: boolean;
    readonly keep?: boolean;
    readonly erp?: string;
    readonly seed?: string;
  },
): Promise<ExitCode> {
  const seed = options.seed === undefined ? null : Number(options.seed);
  if (seed !== null && !Number.isSafeInteger(seed)) {
    throw new Refusal(exitCodes.misconfigured, "--seed is a whole number", { code: "bad_input" });
  }
  const erp = demoErps.find((name) => name === options.erp) ?? "twin";
  const code = await deps.demo({
    isOnce: options.once === true,
    keeps: options.keep === true,
    isJson,
    erp,
    seed,
  });
  return code as ExitCode;
}

/**
 * Runs one command and answers its exit code. With `--json` exactly one JSON document goes to stdout, also
 * when the command fails; everything else goes to stderr. Never rejects.
 */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  const { stdout, stderr } = deps;
  let code: ExitCode = exitCodes.done;
  const program = new Command("crossfoot")
    .description("Keeps a CRM and an ERP in agreement, record by record and cent by cent, and proves it.")
    .version(deps.version)
    .option("--json", "one JSON document on stdout, and nothing else there")
    .option("--project <folder>", "folder of the project", ".")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", codesText);
  const settings = (command: Command): Command =>
    command.exitOverride().configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => stdout.columns ?? 100,
    });
  settings(program);
  const add: Add = (usage, description, set) => {
    const command = settings(
      program.command(usage).description(description).configureHelp({ showGlobalOptions: true }),
    );
    set(command, (work) => {
      command.action(async (...args: unknown[]) => {
        const { json, project } = program.opts<{ json?: boolean; project: string }>();
        code = await work(contextOf(deps, { json: json === true, project }), args);
      });
    });
  };
  for (const group of [
    addStarting,
    addLooking,
    addContract,
    addActing,
    addAuditing,
    addBulk,
    addExporting,
    addExplaining,
    addAdopting,
    addAnswering,
    addMatching,
    addDuplicates,
    addConsolidating,
    addPeople,
    addBringingBack,
    addEpoch,
    addVerify,
    addSecrets,
    addKeys,
    addWebhooks,
    addPersons,
    addPrivacy,
    addAuditLog,
  ])
    group(add);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return tellFailure(error, { argv, stdout, stderr });
  }
}

/** Usage errors of commander, and everything that a command could not do. */
function tellFailure(
  error: unknown,
  { argv, stdout, stderr }: Pick<CliDeps, "stdout" | "stderr"> & { readonly argv: readonly string[] },
): number {
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
  const refusal =
    error instanceof CommanderError
      ? new Refusal(exitCodes.misconfigured, usageText(error), { code: "usage" })
      : refusalOf(error);
  if (argv.includes("--json")) stdout.write(`${JSON.stringify(refusalDocument(refusal), null, 2)}\n`);
  stderr.write(refusalText(refusal));
  return refusal.exitCode;
}

/** What stands behind an unknown option may be anything, a password too. */
const withoutValue = (message: string): string => message.replace(/^(unknown option '[^'=]*)=[^]*'/, "$1'");

const usageText = ({ message, code }: CommanderError): string =>
  code === "commander.help"
    ? "name a command; `crossfoot --help` lists them"
    : `${withoutValue(message.replace(/^error: /, ""))}\n` +
      "See `crossfoot --help`, or `crossfoot <command> --help`.";
