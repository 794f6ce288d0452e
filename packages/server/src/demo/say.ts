import { minorUnitOf, usedColumns } from "@crossfoot/model";
import type { Statement } from "@crossfoot/model";
import type { Engine, PlanDocument, RunSummary } from "../runtime/engine.ts";
import { plannedWrites } from "./judge.ts";
import type { DemoResult } from "./judge.ts";
import type { Stage } from "./stage.ts";
import type { Trouble } from "./troubles.ts";
import type { Deed } from "./work.ts";

type Say = (text: string) => void;

/** Columns of the longest line; labels and names of customers are cut so that it holds. */
const columns = 110;
/** Characters of a label in a table. */
const labelMax = 44;

const indent = "   ";
/** Where the text begins behind the mark of a line: `   cf    text`. */
const hanging = 9;

/** Words of the terminal by the kind of a write; another kind is told by its own name. */
const kindWords: { readonly [kind: string]: string } = {
  create: "new",
  update: "changed",
  transition: "moved on",
  archive: "archived",
  delete: "deleted",
  merge: "merged",
};

const nouns: { readonly [entity: string]: readonly [one: string, many: string] } = {
  accounts: ["account", "accounts"],
  contacts: ["contact", "contacts"],
  products: ["product", "products"],
  pricebooks: ["price list", "price lists"],
  quotes: ["quote", "quotes"],
  orders: ["order", "orders"],
  invoices: ["invoice", "invoices"],
  inventory: ["stock record", "stock records"],
  shipments: ["shipment", "shipments"],
};

function counted(count: number, entity: string): string {
  const [one, many] = nouns[entity] ?? [entity, entity];
  return `${count} ${count === 1 ? one : many}`;
}

const cut = (text: string, max: number): string =>
  text.length > max ? `${text.slice(0, max - 3)}...` : text;

/**
 * A text behind a head, broken at spaces so that no line is longer than the columns; further lines begin
 * where the text did, or further right. A word is never broken.
 */
function wrapped(head: string, text: string, hang = head.length): string {
  const lines: string[] = [];
  let line = head;
  let isBlank = true;
  for (const word of text.split(" ")) {
    const longer = isBlank ? `${line}${word}` : `${line} ${word}`;
    if (isBlank || longer.length <= columns) line = longer;
    else {
      lines.push(line);
      line = `${" ".repeat(hang)}${word}`;
    }
    isBlank = false;
  }
  return [...lines, line].join("\n");
}

/** Rows as columns: the first `left` ones to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[], left = 1): readonly string[] {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < left ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** An exact amount with at least the decimals of its currency. */
function inMinorUnits(amount: string, currency: string): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  const digits = minorUnitOf(currency) ?? 2;
  return digits === 0 && fraction === "" ? whole : `${whole}.${fraction.padEnd(digits, "0")}`;
}

/** Who takes part, and where it is. */
export function saySides(say: Say, { sides: { crm, erp }, folder }: Stage, keeps: boolean): void {
  const rows = [
    ["CRM", crm.title, crm.address],
    ["ERP", erp.title, erp.address],
    ["project", "Crossfoot's folder", `${folder}${keeps ? "" : "  (removed at the end; --keep keeps it)"}`],
  ];
  for (const line of aligned(rows, 3)) say(`${indent}${line}`);
}

/** The plan as a table: writes per entity, and what waits for a person. */
export function sayPlan(say: Say, plan: PlanDocument): void {
  const names = [...new Set(plan.writes.map(({ entity }) => entity))];
  const count = (entity: string, kind: string, target: string): string => {
    const found = plan.writes.filter(
      (write) => write.entity === entity && write.kind === kind && write.target === target,
    );
    const own = found.filter(({ answers }) => answers.length === 0);
    return own.length === 0 ? "" : String(own.length);
  };
  const head = ["entity", "new in crm", "new in erp", "changed in crm", "changed in erp"];
  const rows = names.map((entity) => [
    entity,
    count(entity, "create", "crm"),
    count(entity, "create", "erp"),
    count(entity, "update", "crm"),
    count(entity, "update", "erp"),
  ]);
  for (const line of aligned([head, ...rows])) say(`${indent}${line}`);
  const { writes, answers } = plannedWrites(plan);
  const calls = Object.entries(plan.costs).map(([connection, { reads, writes: sent }], at) =>
    at === 0 ? `${reads + sent} calls to ${connection}` : `${reads + sent} to ${connection}`,
  );
  const back =
    answers === 0
      ? ""
      : `; ${answers} answers come back, numbers and states that only the other side can give`;
  say(wrapped(indent, `${writes} writes${back}. At least ${calls.join(" and ")}.`));
}

/** What somebody did. */
export function sayDeed(say: Say, { where, who, what }: Deed): void {
  say(cut(`${indent}${where}   ${who}: ${what}`, columns));
}

/** A trouble that was planted just now, and what must become of it. */
export function sayPlanted(say: Say, { name, expected }: Pick<Trouble, "name" | "expected">): void {
  say(wrapped(`${indent}!!    `, `${name}: ${expected}`));
}

/** A run, and what it set aside for a person that was not set aside before. */
export interface WatchedRun {
  readonly summary: RunSummary;
  readonly setAside: Awaited<ReturnType<Engine["deadLetters"]>>;
}

/** What a run wrote, a line per system, or why it wrote nothing. */
export function sayRun(say: Say, { summary: run, setAside }: WatchedRun): void {
  const lines: string[] = [];
  for (const target of [...new Set(run.entities.flatMap(({ settled }) => Object.keys(settled)))].toSorted()) {
    const kinds = [...new Set(run.entities.flatMap(({ settled }) => Object.keys(settled[target] ?? {})))];
    const parts = kinds.map((kind) => {
      const counts = run.entities.flatMap(({ entity, settled }) => {
        const count = settled[target]?.[kind] ?? 0;
        return count === 0 ? [] : [counted(count, entity)];
      });
      return `${counts.join(", ")} ${kindWords[kind] ?? kind}`;
    });
    if (parts.length > 0) lines.push(`to ${target}: ${parts.join("; ")}`);
  }
  const probed = run.entities
    .filter((one) => one.probed > 0)
    .map((one) => counted(one.probed, one.entity))
    .join(", ");
  if (probed !== "") lines.push(`no answer, so asked about: ${probed}`);
  for (const { entity, failure, reason } of setAside) {
    lines.push(
      `set aside for a person: ${counted(1, entity)}: ${failure?.message ?? reason.replaceAll("_", " ")}`,
    );
  }
  for (const { connection, failure } of run.troubles) lines.push(`${connection}: ${failure.message}`);
  if (lines.length === 0)
    lines.push(`nothing to write: ${run.whyNothing ?? "both sides are as they should be"}`);
  for (const [at, line] of lines.entries()) {
    say(wrapped(at === 0 ? `${indent}cf    ` : " ".repeat(hanging), line, hanging + 2));
  }
}

/** The statement: per entity what is linked and equal, and the totals of both sides. */
export function sayStatement(say: Say, statement: Statement): void {
  say("\n5. The statement: do both systems agree, field by field and to the cent?");
  let leads = 0;
  const rows = statement.entities.map(
    ({ entity, linked, fieldsCompared, fieldsEqual, notWanted, missing, differences }) => {
      const kept = differences.filter(({ reason }) => reason === "parent_not_wanted").length;
      leads += kept;
      return [
        entity,
        String(linked),
        `${fieldsEqual} / ${fieldsCompared - kept}`,
        String(differences.length - kept),
        String(missing.length - notWanted),
        String(notWanted),
      ];
    },
  );
  const head = ["entity", "linked", "fields equal", "different", "missing", "stay on one side"];
  for (const line of aligned([head, ...rows])) say(`${indent}${line}`);
  const also = leads === 0 ? "" : `, and so do the ${leads} fields that lead to them`;
  say(
    wrapped(
      indent,
      `Prospects, drafts, suppliers and the like stay on one side, as the contract says${also}.`,
    ),
  );
  sayTotals(say, statement);
}

/** Totals that a reader looks at first; the others are told only where they differ. */
const shownTotals = ["orders gross", "invoices gross", "invoices openBalance"];

function sayTotals(say: Say, statement: Statement): void {
  const all = statement.entities
    .filter(({ entity }) => entity === "orders" || entity === "invoices")
    .flatMap(({ entity, totals }) => totals.map((line) => ({ name: `${entity} ${line.field}`, ...line })));
  if (all.length === 0) return;
  const shown = all.filter(({ name, difference }) => shownTotals.includes(name) || difference !== "0");
  const rows = shown.map(({ name, currency, crm, erp, difference }) => [
    name,
    currency,
    ...[crm, erp, difference].map((amount) => inMinorUnits(amount, currency)),
  ]);
  say("");
  for (const line of aligned([["totals", "", "crm", "erp", "difference"], ...rows], 2))
    say(`${indent}${line}`);
  const rest = all.length - shown.length;
  if (rest > 0) say(`${indent}${rest} more totals, net and tax, are equal too`);
  sayFooting(say, statement);
  sayCompany(say, statement);
}

/** Documents in several currencies as one sum, by the rates of each side. */
function sayCompany(say: Say, { companyFooting }: Statement): void {
  if (companyFooting === undefined) return;
  const { grand, documents, isTied } = companyFooting;
  const rows = grand.flatMap(({ currency, crm, erp, difference }) =>
    usedColumns(companyFooting).map((column) => [
      column,
      currency,
      ...[crm, erp, difference].map((sums) => inMinorUnits(sums[column] ?? "0", currency)),
    ]),
  );
  say("");
  const head = ["in the company's currency", "", "crm", "erp", "difference"];
  for (const line of aligned([head, ...rows], 2)) say(`${indent}${line}`);
  const verdict = isTied ? "they add up" : "they do NOT add up";
  say(
    wrapped(
      indent,
      `${documents.length} documents of all currencies, each at the rate of its day: ${verdict}.`,
    ),
  );
}

/** Whether the totals of all documents add up, and what each reason accounts for. */
function sayFooting(say: Say, { footing }: Statement): void {
  const { documents, rows, untied, byReason, isTied } = footing;
  const open = byReason.filter(({ difference }) => Object.keys(difference).length > 0);
  const told = open.map(({ currency, reason, difference }) => {
    const amounts = Object.entries(difference).map(
      ([column, amount]) => `${column} ${inMinorUnits(amount, currency)}`,
    );
    return `${amounts.join(", ")} ${currency} (${reason.replaceAll("_", " ")})`;
  });
  const sums = `${documents.length} orders and invoices by account and month, ${rows.length} rows: `;
  const verdict = isTied
    ? "down, across and as a whole they add up"
    : `they do NOT add up: ${[...untied, "a difference has no reason"].join("; ")}`;
  const between = told.length === 0 ? ", the same on both sides" : `; between the sides: ${told.join("; ")}`;
  say(wrapped(indent, `${sums}${verdict}${between}.`));
}

/** Where the project was kept, and how to look into it although both systems are gone. */
export function sayKept(say: Say, folder: string): void {
  say(`\nKept: ${folder}`);
  for (const command of ["status", "conflicts", "dead-letters"]) {
    say(`${indent}npm run crossfoot -- --project ${folder} ${command}`);
  }
}

const mark = (isRight: boolean): string => (isRight ? "ok " : "BAD");

/** The troubles with their outcomes, and the verdict. */
export function sayTroubles(say: Say, result: DemoResult): void {
  say("\n6. The planted troubles, and what became of them");
  const width = Math.max(...result.troubles.map(({ name }) => name.length));
  for (const { name, outcome, isRight } of result.troubles) {
    say(wrapped(`${indent}${mark(isRight)}  ${name.padEnd(width)}  `, outcome));
  }
  const { differences } = result;
  say(
    differences.length === 0
      ? "\n   No difference remains."
      : `\n   What still differs, why, and which trouble it comes from:`,
  );
  const rows = differences.map(({ difference: { entity, label, field, reason }, trouble }) => [
    mark(trouble !== null),
    entity,
    `${cut(label, labelMax)}${field === null ? "" : ` ${field}`}`,
    reason,
    trouble ?? "nothing explains it",
  ]);
  for (const line of aligned(rows, 5)) say(`${indent}${line}`);
  const verdict = result.isGood
    ? "Good: every difference is a planted one with its reason, and every trouble ended as it should."
    : "BAD: something is not as it should be; the lines marked BAD say what.";
  say(`\n${indent}${verdict} ${result.seconds} s`);
}
