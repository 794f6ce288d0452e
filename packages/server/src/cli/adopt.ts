import { Option } from "commander";
import type { AdoptOptions } from "../runtime/engine.ts";
import type { AdoptReport } from "../runtime/adopt-report.ts";
import type { Add } from "./add.ts";
import { openTable } from "./adopt-table.ts";
import { connectionNamed, entityOf, projectOf, withLongEngine, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import { pairsOf } from "./pairs.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showAdopt } from "./show-adopt.ts";

/** What `adopt` is asked. */
interface AdoptFlags {
  readonly entity?: string;
  readonly map?: string;
  readonly field?: string;
  readonly on?: string;
  readonly onDifference?: string;
  readonly check?: boolean;
  readonly sweep?: boolean;
}

/** Adds `adopt`. */
export function addAdopting(add: Add): void {
  add("adopt", "take over the links of another integration; writes to neither system", (command, act) => {
    command
      .argument("[file]", "CSV with a header: an id of each side, and the entity")
      .option("--entity <entity>", "entity of all lines, where no column says it")
      .option("--map <columns>", "columns by side, such as crm=AccountId,erp=CustNo,entity=Type")
      .option("--field <name>", "instead of a file: a field on the records that holds the other side's id")
      .option("--on <side>", "whose records have that field: crm or erp")
      .addOption(
        new Option("--on-difference <what>", "what becomes of fields in which linked records differ").choices(
          ["review", "keep", "contract"],
        ),
      )
      .option("--check", "only look: tell what the table got wrong, and store nothing")
      .option("--sweep", "read everything again first, and find deletions");
    act((context, [file]) =>
      adoptCommand(
        context,
        typeof file === "string" ? file : null,
        command.opts<AdoptFlags & Record<string, unknown>>(),
      ),
    );
  });
}

/** `adopt`: takes over a cross-reference table, or a field that holds the other side's ids. */
async function adoptCommand(context: Context, file: string | null, flags: AdoptFlags): Promise<ExitCode> {
  if ((file === null) === (flags.field === undefined))
    throw badInput("name a file, or a field with --field and --on");
  const source = await sourceOf(context, file, flags);
  const report = await withProgress(context, ({ view, signal }) =>
    withLongEngine(context, (engine) =>
      engine.adopt({ ...source, ...termsOf(flags), onProgress: view.report, signal }),
    ),
  );
  context.print(report, () => showAdopt(report, context.room));
  return codeOf(report);
}

function termsOf({ onDifference, check, sweep }: AdoptFlags): Partial<AdoptOptions> {
  const isKnown = onDifference === "review" || onDifference === "keep" || onDifference === "contract";
  return {
    ...(isKnown ? { onDifference } : {}),
    ...{ isCheck: check === true, sweep: sweep === true },
  };
}

async function sourceOf(
  context: Context,
  file: string | null,
  flags: AdoptFlags,
): Promise<Pick<AdoptOptions, "rows" | "field">> {
  const project = projectOf(context, { needsSecrets: false });
  const entity = flags.entity === undefined ? null : entityOf(flags.entity);
  if (file !== null) {
    const table = await openTable(file, project, {
      entity,
      map: pairsOf(flags.map, "crm=Column,erp=Column"),
    });
    return { rows: table.rows() };
  }
  if (entity === null || flags.on === undefined)
    throw badInput("--field needs --entity and --on, such as --field erp_id --on crm --entity accounts");
  return { field: { entity, field: flags.field ?? "", on: connectionNamed(project, flags.on).id } };
}

/** Something left for a person, or nothing. */
function codeOf(report: AdoptReport): ExitCode {
  const isClean =
    Object.keys(report.found).length === 0 &&
    Object.keys(report.differences).length === 0 &&
    report.troubles.length === 0;
  return isClean ? exitCodes.done : exitCodes.differences;
}
