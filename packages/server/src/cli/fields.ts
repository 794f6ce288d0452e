import { connectionId } from "@crossfoot/kernel";
import type { EntityFields, MappedField } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { entityOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes, Refusal, troubleCode } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";
import { many } from "./text.ts";

interface Flags {
  readonly entity?: string;
  readonly all?: boolean;
}

/** Adds `fields`. */
export function addFields(add: Add): void {
  add(
    "fields",
    "which fields a system has: its own, those that the company added, those mapped",
    (command, act) => {
      command
        .argument("<connection>", "such as erp")
        .option("--entity <entity>", "only of this entity")
        .option("--all", "every field; without it those that the company added, and those that are mapped");
      act((context, [name]) => fieldsCommand(context, String(name), command.opts<Flags>()));
    },
  );
}

/** `fields`: what a system says that its records have, and what the mapping makes of it. */
async function fieldsCommand(context: Context, name: string, flags: Flags): Promise<ExitCode> {
  const only = flags.entity === undefined ? null : entityOf(flags.entity);
  const found = await withEngine(context, (engine) => engine.fields(connectionId(name))).catch(
    (error: unknown) => {
      throw unreached(name, error);
    },
  );
  if (found === undefined) throw badInput(`no connection is called ${name}`);
  const isShown = (field: MappedField): boolean =>
    flags.all === true || field.isOwn === true || field.mappedTo.length > 0;
  const entities = found
    .filter(({ entity, fields }) => (only === null || entity === only) && fields.length > 0)
    .map(({ entity, fields }) => ({ entity, fields: fields.filter(isShown) }));
  context.print({ connection: name, entities }, () => said(name, entities, context.room));
  return exitCodes.done;
}

function unreached(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "ConnectorError" || !("code" in error)) return error;
  const code = String(error.code);
  return new Refusal(troubleCode([code]), `${name}: ${error.message}`, { code });
}

/** Options that a row names. */
const namedMax = 8;

/** What a field takes, in words: its options, what it refers to, how long it may be. */
function takes({ options, refersTo, lengthMax }: MappedField): string {
  const codes = (options ?? [])
    .slice(0, namedMax)
    .map(({ code, label }) => (code === label ? code : `${code} (${label})`));
  const more = (options?.length ?? 0) > namedMax ? " ..." : "";
  return [
    ...(codes.length === 0 ? [] : [`${codes.join(", ")}${more}`]),
    ...(refersTo === undefined ? [] : [refersTo]),
    ...(lengthMax === null ? [] : [`up to ${lengthMax} characters`]),
  ].join("; ");
}

function said(name: string, entities: readonly EntityFields[], room: number): string {
  const columns = [
    ...[{ title: "field" }, { title: "called", least: 10 }, { title: "type" }, { title: "takes", least: 16 }],
    ...[{ title: "written" }, { title: "mapped to", least: 10 }],
  ];
  const parts = entities.map(({ entity, fields }) => {
    const rows = fields.map((field) => [
      `${field.isOwn === true ? "+ " : "  "}${field.root}`,
      field.label ?? "",
      field.type,
      takes(field),
      field.isReadOnly ? "no" : field.isRequired ? "needed" : "yes",
      field.mappedTo.join(", "),
    ]);
    return `${entity}\n${rows.length === 0 ? "  nothing" : renderTable(columns, rows, room)}`;
  });
  if (entities.length === 0) return `${name} does not tell which fields it has.`;
  const own = entities.flatMap(({ fields }) => fields.filter(({ isOwn }) => isOwn === true));
  const open = own.filter(({ mappedTo }) => mappedTo.length === 0).length;
  const ending =
    own.length === 0
      ? "No field here was added by the company."
      : `${many(own.length, "field")} marked + added by the company, ${open} of them not mapped.\n` +
        `To carry one, name it in mappings/${name}.yaml, then \`crossfoot check\`.`;
  return [...parts, ending].join("\n\n");
}
