import type { Json } from "@crossfoot/kernel";
import type { AuditProof } from "../runtime/engine.ts";
import type { AuditRow } from "../store/port.ts";
import type { Add } from "./add.ts";
import { withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";

interface AuditLogFlags {
  readonly syslog?: boolean;
  readonly after?: string;
  readonly head?: string;
}

/** Adds the command that verifies and hands on the audit log. */
export function addAuditLog(add: Add): void {
  add("audit-log", "the log of refusals and exports: verify its chain, or hand it on", (command, act) => {
    command
      .argument("<action>", "verify, export")
      .option("--head <number:hash>", "verify: an entry that was known before has to be there still")
      .option("--after <number>", "export: entries after this one; all without it")
      .option("--syslog", "export: lines of RFC 5424; else a JSON document a line, or one with --json");
    act((context, [action]) => {
      const flags = command.opts<AuditLogFlags & Record<string, unknown>>();
      if (action === "verify") return verifyCommand(context, flags);
      if (action === "export") return exportCommand(context, flags);
      throw badInput(`audit-log can be asked to verify or export; not to \`${String(action)}\``);
    });
  });
}

function headOf(text: string | undefined): AuditProof["head"] {
  if (text === undefined) return null;
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined)
    throw badInput("--head is what `audit-log verify` printed: a number, a colon and a hash");
  return { number: Number(number), hash };
}

async function verifyCommand(context: Context, { head }: AuditLogFlags): Promise<ExitCode> {
  const known = headOf(head);
  const proof = await withEngine(context, (engine) => engine.auditLog.verify(known));
  context.print(proof, () => showProof(proof));
  return proof.broken.length === 0 && proof.hasKnown !== false ? exitCodes.done : exitCodes.refused;
}

function showProof({ entries, broken, head, hasKnown }: AuditProof): string {
  const looked = `${entries} ${entries === 1 ? "entry" : "entries"} of the audit log`;
  const end = head === null ? [] : [`Head ${head.number}:${head.hash}; keep it elsewhere for the next time.`];
  const cut = hasKnown === false ? ["The entry of --head is not there any more: entries were cut off."] : [];
  return broken.length === 0
    ? [`${looked} follow from one another; nothing was changed.`, ...cut, ...end].join("\n")
    : [`${looked} looked at. Changed, lost or put in between: ${broken.join(", ")}.`, ...cut].join("\n");
}

async function exportCommand(context: Context, { syslog, after }: AuditLogFlags): Promise<ExitCode> {
  if (after !== undefined && !/^\d{1,15}$/.test(after)) throw badInput("--after is the number of an entry");
  if (syslog === true && context.isJson) throw badInput("--json and --syslog are two forms: choose one");
  const entries = await withEngine(context, async (engine) => {
    const all: AuditRow[] = [];
    for await (const row of engine.auditLog.entries(Number(after ?? 0))) all.push(row);
    return all;
  });
  const line = syslog === true ? syslogLine : (row: AuditRow): string => plainJson(row as unknown as Json);
  context.print({ entries }, () => entries.map((row) => line(row)).join("\n"));
  return exitCodes.done;
}

/** JSON on one line without any character that a terminal or a log takes for more than text. */
function plainJson(value: Json): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Facility 13 (log audit), severity 5 (notice), see RFC 5424, section 6.2.1. */
const priority = 13 * 8 + 5;

/** A value of structured data: quotes, backslashes and closing brackets are escaped (RFC 5424, 6.3.3). */
const parameter = (text: string): string => text.replaceAll(/["\\\]]/g, String.raw`\$&`);

/** An entry as a line of RFC 5424; no text in it can begin another line. */
export function syslogLine({ number, at, kind, body, beforeHash, hash }: AuditRow): string {
  const name = kind.replaceAll(/[^\x21-\x7e]/g, "_").slice(0, 32);
  const facts = { number: String(number), before: beforeHash, hash };
  const structured = Object.entries(facts).map(([key, value]) => `${key}="${parameter(value)}"`);
  const head = `<${priority}>1 ${at} - crossfoot - ${name}`;
  return `${head} [audit@32473 ${structured.join(" ")}] ${plainJson(body)}`;
}
