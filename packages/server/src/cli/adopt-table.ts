import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { parse } from "csv-parse";
import type { Options } from "csv-parse";
import type { ConnectionId } from "@crossfoot/kernel";
import { isEntityName } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import type { Project } from "../config/project.ts";
import type { AdoptRow, BadRow } from "../runtime/adopt-report.ts";
import { badInput } from "./refusal.ts";

/** Bytes of the beginning that tell delimiter and header. */
const headBytes = 65_536;
const delimiters = [",", ";", "\t", "|"];

/** What people call the entities in such tables, beside their names. */
const words: { readonly [word: string]: EntityName } = {
  account: "accounts",
  client: "accounts",
  company: "accounts",
  customer: "accounts",
  organisation: "accounts",
  organization: "accounts",
  party: "accounts",
  contact: "contacts",
  person: "contacts",
  article: "products",
  item: "products",
  material: "products",
  product: "products",
  pricebook: "pricebooks",
  pricelist: "pricebooks",
  estimate: "quotes",
  offer: "quotes",
  quotation: "quotes",
  quote: "quotes",
  order: "orders",
  salesorder: "orders",
  invoice: "invoices",
  delivery: "shipments",
  shipment: "shipments",
};
const entityHeaders = ["entity", "object", "type", "recordtype", "kind", "table"];

const plain = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

function entityIn(text: string): EntityName | undefined {
  const word = plain(text);
  if (isEntityName(word)) return word;
  return words[word] ?? words[word.replace(/s$/, "")];
}

/** How the table is to be read, as said on the command line. */
export interface TableOptions {
  readonly entity: EntityName | null;
  /** Column names by connection, role or `entity`. */
  readonly map: { readonly [key: string]: string };
}

/** Where the columns of a table are; `entity` is null when one entity is given for all lines. */
interface Columns {
  readonly sides: readonly [
    { readonly connection: ConnectionId; readonly at: number },
    { readonly connection: ConnectionId; readonly at: number },
  ];
  readonly entity: number | null;
  readonly count: number;
}

/** A table that was opened: its header was understood, and it has a line. */
export interface Table {
  readonly rows: () => AsyncIterable<AdoptRow | BadRow>;
}

/**
 * Opens a cross-reference table: CSV in UTF-8 with a header line; comma, semicolon, tab or bar between the
 * columns. Rejects with a Refusal that names what is missing.
 */
export async function openTable(file: string, project: Project, options: TableOptions): Promise<Table> {
  const head = await headOf(file);
  const delimiter = delimiterOf(head);
  const first: string[][] = [];
  for await (const record of parseText(file, { delimiter, to: 2 })) first.push(record.record);
  const [header] = first;
  if (header === undefined) throw badInput(`${file} is empty; the first line names the columns`);
  const columns = columnsOf(header, project, options);
  if (first.length < 2) throw badInput(`${file} has a header and no lines`);
  return { rows: () => rowsOf(file, { delimiter, columns, project, options }) };
}

/** The beginning of a text file. Rejects with a Refusal where it cannot be read or is UTF-16. */
export async function headOf(file: string): Promise<string> {
  try {
    const opened = await open(file, "r");
    try {
      const { bytesRead, buffer } = await opened.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      const isWide = buffer[0] === 0xff || buffer[0] === 0xfe;
      if (isWide && bytesRead > 1) throw badInput(`${file} is not UTF-8; save it as CSV UTF-8`);
      return buffer.subarray(0, bytesRead).toString("utf8");
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (error instanceof Error && "syscall" in error)
      throw badInput(`${file} cannot be read: ${error.message}`);
    throw error;
  }
}

/** The beginning of a file without what stands in quotes. */
const unquoted = (head: string): string => head.replaceAll(/"[^"]*(?:"|$)/g, "");

/** The delimiter that the header line has most of, outside of quotes. */
export function delimiterOf(head: string): string {
  const line = unquoted(head).split(/\r\n?|\n/, 1)[0] ?? "";
  const counted = delimiters.map((each): [string, number] => [each, line.split(each).length]);
  return counted.toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? ",";
}

/** How lines end; in one file all of them may stand, where it was put together from several. */
export const lineEnds: readonly string[] = ["\r\n", "\n", "\r"];

/** Whether the lines of a file end as on old Macs, by a carriage return alone. */
export function endsByReturn(head: string): boolean {
  const bare = unquoted(head);
  return bare.includes("\r") && !bare.includes("\n");
}

/** A record of a CSV file. */
export interface CsvRecord {
  readonly record: string[];
  /** Line on which the record ends, from 1. */
  readonly line: number;
}

/** The records of a CSV file, trimmed, without empty lines. Rejects with a Refusal where it is none. */
export async function* parseText(file: string, options: Options): AsyncIterable<CsvRecord> {
  const settings: Options = {
    bom: true,
    info: true,
    record_delimiter: [...lineEnds],
    relax_column_count: true,
    relax_quotes: true,
    trim: true,
  };
  const source = createReadStream(file);
  const parser = source.pipe(parse({ ...settings, skip_empty_lines: true, ...options }));
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const parsed of parser) {
      const read = parsed as { readonly record: string[]; readonly info: { readonly lines: number } };
      yield { record: read.record, line: read.info.lines };
    }
  } catch (error) {
    if (error instanceof Error && error.name === "Error" && "code" in error) {
      throw badInput(`${file} is no CSV: ${error.message}`);
    }
    throw error;
  } finally {
    source.destroy();
  }
}

/** Names by which a column of a connection is known: its own, its role's and its system's. */
function namesOf(project: Project, connection: Project["connections"][number]): readonly string[] {
  const { id, role, connector } = connection;
  const isOnly = project.connections.filter((each) => each.connector === connector).length === 1;
  return [id, role, ...(isOnly ? [connector] : [])].flatMap((name) => {
    const word = plain(name);
    return [word, `${word}id`, `${word}key`, `${word}recordid`, `id${word}`, `idin${word}`];
  });
}

function columnsOf(header: readonly string[], project: Project, options: TableOptions): Columns {
  const names = header.map(plain);
  const shown = header.map((name) => `\`${name}\``).join(", ");
  const mapped = (key: string): number | undefined => {
    const name = options.map[key];
    if (name === undefined) return undefined;
    const at = header.findIndex((each) => each.trim() === name.trim());
    if (at < 0) throw badInput(`--map names a column \`${name}\` that is not there; there are: ${shown}`);
    return at;
  };
  const known = new Set(["entity", ...project.connections.flatMap(({ id, role }) => [id, role])]);
  const strange = Object.keys(options.map).find((key) => !known.has(key));
  if (strange !== undefined) throw badInput(`--map knows ${[...known].join(", ")}, not \`${strange}\``);
  const sides = project.connections.map((connection) => {
    const own = namesOf(project, connection);
    const at =
      mapped(connection.id) ?? mapped(connection.role) ?? names.findIndex((name) => own.includes(name));
    if (at < 0) {
      const how = `--map ${connection.role}=<column>`;
      throw badInput(`no column holds the ids of ${connection.id}; there are: ${shown}. Name it with ${how}`);
    }
    return { connection: connection.id, at };
  });
  const [one, other] = sides;
  if (one === undefined || other === undefined || one.at === other.at)
    throw badInput(`one column cannot hold the ids of both sides; there are: ${shown}`);
  const entityAt = mapped("entity") ?? names.findIndex((name) => entityHeaders.includes(name));
  if (options.entity === null && entityAt < 0) {
    throw badInput(`no column says which entity a line is of; there are: ${shown}. Say --entity accounts`);
  }
  const entity = options.entity === null ? entityAt : null;
  return { sides: [one, other], entity, count: header.length };
}

async function* rowsOf(
  file: string,
  at: {
    readonly delimiter: string;
    readonly columns: Columns;
    readonly project: Project;
    readonly options: TableOptions;
  },
): AsyncIterable<AdoptRow | BadRow> {
  const { columns, options, project } = at;
  for await (const { record, line } of parseText(file, { delimiter: at.delimiter, from: 2 })) {
    if (record.length !== columns.count) {
      yield { line, problem: `${record.length} columns, the header has ${columns.count}` };
      continue;
    }
    const text = columns.entity === null ? null : (record[columns.entity] ?? "");
    const entity = text === null ? options.entity : entityIn(text);
    if (entity === undefined || entity === null) {
      yield { line, problem: `unknown entity \`${text ?? ""}\`` };
      continue;
    }
    if (!project.entities.includes(entity)) {
      yield { line, problem: `${entity} is switched off` };
      continue;
    }
    const [one, other] = columns.sides;
    yield {
      line,
      entity,
      ids: [
        { connection: one.connection, id: record[one.at] ?? "" },
        { connection: other.connection, id: record[other.at] ?? "" },
      ],
    };
  }
}
