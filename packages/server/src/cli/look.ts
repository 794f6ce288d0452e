import { readFileSync } from "node:fs";
import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { mapSample } from "../config/sample.ts";
import type { SampleReport } from "../config/sample.ts";
import { dumpSettings } from "../config/settings-dump.ts";
import type { CheckFinding } from "../runtime/engine.ts";
import { connectionNamed, entityOf, projectOf, recordOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes, Refusal, troubleCode } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showStatus } from "./show-status.ts";
import { showJson, showValue } from "./show-value.ts";
import { showWhy } from "./show-why.ts";
import { renderTable } from "./table.ts";
import { many } from "./text.ts";
import { checkSubscriptions } from "./webhooks.ts";

/** `check`: reaches every connection and holds mappings and contract against what is there. */
export async function checkCommand(
  context: Context,
  options: { readonly settings?: boolean },
): Promise<ExitCode> {
  if (options.settings === true) return settingsCommand(context);
  const findings = await withEngine(context, async (engine, project) => [
    ...(await engine.check()),
    ...(await checkSubscriptions(project, engine)),
  ]);
  const errors = findings.filter(({ severity }) => severity === "error");
  context.print({ findings }, () => showFindings(findings, context.room));
  return errors.length === 0 ? exitCodes.done : troubleCode(errors.flatMap(({ code }) => code ?? []));
}

const marks: { readonly [severity in CheckFinding["severity"]]: string } = {
  error: "error",
  warning: "warning",
  ok: "ok",
};

function showFindings(findings: readonly CheckFinding[], room: number): string {
  const order = ["ok", "warning", "error"];
  const rows = findings
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .map(({ severity, about, message }) => [marks[severity], about, message]);
  const count = (severity: string): number => findings.filter((each) => each.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  const ending =
    errors + warnings === 0
      ? "Everything is in order. Next: `crossfoot plan`."
      : `${many(errors, "error")}, ${many(warnings, "warning")}.` +
        (errors === 0
          ? " Nothing stands in the way of `crossfoot plan`."
          : " Mend the errors, then check again.");
  return [
    renderTable([{ title: "" }, { title: "about" }, { title: "finding", least: 30 }], rows, room),
    ending,
  ].join("\n\n");
}

function settingsCommand(context: Context): ExitCode {
  const project = projectOf(context, { needsSecrets: false });
  const settings = dumpSettings(project.settings);
  context.print({ settings }, () => {
    const columns = [
      { title: "setting" },
      { title: "value", least: 16 },
      { title: "said by" },
      { title: "variable" },
    ];
    return renderTable(
      columns,
      settings.map((each) => [each.path, each.value, each.origin, each.variable ?? ""]),
      context.room,
    );
  });
  return exitCodes.done;
}

/** What `map` is asked. */
export interface MapOptions {
  readonly sample: string;
  readonly connection: string;
  readonly entity: string;
}

/** `map`: what a mapping makes of a native record. Reaches no system. */
export async function mapCommand(context: Context, options: MapOptions): Promise<ExitCode> {
  const project = projectOf(context, { needsSecrets: false });
  const connection = connectionNamed(project, options.connection);
  const entity = entityOf(options.entity);
  const mapping = connection.mapping.entities[entity];
  if (mapping === undefined) {
    throw badInput(`mappings/${connection.id}.yaml does not map ${entity}; add it there`);
  }
  const native = readSample(options.sample);
  const report = await mapSample(connection, mapping, native);
  context.print({ connection: connection.id, entity, ...report }, () => showSample(report, context.room));
  const isWhole = report.fields.every(({ problem }) => problem === undefined);
  return isWhole ? exitCodes.done : exitCodes.differences;
}

function readSample(path: string): JsonMap {
  let json: Json;
  try {
    json = JSON.parse(readFileSync(path, "utf8")) as Json;
  } catch (error) {
    throw badInput(
      `${path} cannot be read as JSON: ${error instanceof Error ? error.message : "unknown reason"}`,
    );
  }
  const first: Json | undefined = Array.isArray(json) ? (json as readonly Json[])[0] : json;
  if (first !== undefined && isMap(first)) return first;
  throw badInput(`${path} is to hold one native record, a JSON map as the system delivers it`);
}

function showSample(report: SampleReport, room: number): string {
  const rows = report.fields.map(({ field, image, value, problem, from }) => [
    field,
    image === undefined
      ? `(${from.join(", ")}${from[0] === "constant" ? "" : ": not delivered"})`
      : showJson(image),
    problem === undefined ? showValue(value) : `✗ ${problem}`,
  ]);
  const scope = {
    true: "The record is in the scope of the mapping.",
    false: "The record is outside the scope of the mapping: it is left alone.",
    unknown: "Whether the record is in scope cannot be told: its field was not delivered.",
  }[String(report.inScope)];
  const rest = report.unmapped.length === 0 ? [] : [`Not mapped: ${report.unmapped.join(", ")}`];
  const columns = [
    { title: "field" },
    { title: "native", least: 20 },
    { title: "canonical value", least: 20 },
  ];
  return [renderTable(columns, rows, room), scope ?? "", ...rest].join("\n\n");
}

/** `status`: how everything stands, from the store. */
export async function statusCommand(context: Context): Promise<ExitCode> {
  const status = await withEngine(context, (engine) => engine.status());
  context.print(status, () => showStatus(status, context.room));
  return exitCodes.done;
}

/** `why`: why a record is as it is. */
export async function whyCommand(
  context: Context,
  record: string,
  options: { readonly entity?: string },
): Promise<ExitCode> {
  const entity = options.entity === undefined ? null : entityOf(options.entity);
  const why = await withEngine(context, (engine, project) =>
    engine.why({ entity, id: recordOf(project, record) }),
  );
  if (why === null) {
    const hint = entity === null ? "" : ` of ${entity}`;
    const message = `nothing is known of ${record}${hint}; if it exists there, \`crossfoot run\` reads it`;
    throw new Refusal(exitCodes.failed, message, { code: "unknown_record" });
  }
  context.print(why, () => showWhy(why, context.room));
  return exitCodes.done;
}
