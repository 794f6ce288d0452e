import { minorUnitOf } from "@crossfoot/model";
import type { Statement } from "@crossfoot/model";
import type { PlanDocument, RunSummary } from "../runtime/engine.ts";
import type { DemoResult } from "./demo.ts";

type Say = (text: string) => void;

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
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

/** The plan as a table: writes per entity, and what waits for a person. */
export function sayPlan(say: Say, plan: PlanDocument): void {
  const names = [...new Set(plan.writes.map(({ entity }) => entity))];
  const count = (entity: string, kind: string, target: string): string => {
    const found = plan.writes.filter(
      (write) => write.entity === entity && write.kind === kind && write.target === target,
    );
    return found.length === 0 ? "" : String(found.length);
  };
  const head = ["entity", "new in crm", "new in erp", "changed in crm", "changed in erp"];
  const rows = names.map((entity) => [
    entity,
    count(entity, "create", "crm"),
    count(entity, "create", "erp"),
    count(entity, "update", "crm"),
    count(entity, "update", "erp"),
  ]);
  for (const line of aligned([head, ...rows])) say(`   ${line}`);
  const calls = Object.entries(plan.calls).map(([connection, calls_]) => `${calls_} to ${connection}`);
  say(
    `   ${plan.writes.length} writes in at least ${calls.join(" and ")} calls; ${plan.candidates.length} possible duplicates to review`,
  );
}

/** One line per run: what it wrote, or why it wrote nothing. */
export function sayRun(say: Say, run: RunSummary): void {
  const parts = run.entities.flatMap(({ entity, settled, refused, probed }) => {
    const writes = Object.entries(settled).flatMap(([target, kinds]) =>
      Object.entries(kinds).map(([kind, count]) => `${count} ${kind} to ${target}`),
    );
    if (refused > 0) writes.push(`${refused} refused`);
    if (probed > 0) writes.push(`${probed} in doubt settled`);
    return writes.length === 0 ? [] : [`${entity}: ${writes.join(", ")}`];
  });
  const troubles = run.troubles.map(({ connection, failure }) => `${connection}: ${failure.message}`);
  const text =
    parts.length > 0 ? parts.join("; ") : `nothing to write: ${run.whyNothing ?? "nothing was refused"}`;
  say(`   cf    ${text}${troubles.length > 0 ? ` [${troubles.join("; ")}]` : ""}`);
}

/** The statement: per entity what is linked and equal, and the totals of both sides. */
export function sayStatement(say: Say, statement: Statement): void {
  say("\n5. The statement: do both systems agree?");
  const rows = statement.entities.map(
    ({ entity, linked, fieldsCompared, fieldsEqual, notWanted, missing, differences }) => [
      entity,
      String(linked),
      `${fieldsEqual} / ${fieldsCompared}`,
      String(differences.filter(({ reason }) => reason !== "parent_not_wanted").length),
      String(missing.length - notWanted),
      String(notWanted),
    ],
  );
  const head = ["entity", "linked", "fields equal", "different", "missing", "not wanted there"];
  for (const line of aligned([head, ...rows])) say(`   ${line}`);
  const totals = statement.entities
    .filter(({ entity }) => entity === "orders" || entity === "invoices")
    .flatMap(({ entity, totals: lines }) =>
      lines.map(({ field, currency, crm, erp, difference }) => [
        `${entity} ${field}`,
        currency,
        ...[crm, erp, difference].map((amount) => inMinorUnits(amount, currency)),
      ]),
    );
  if (totals.length === 0) return;
  say("");
  for (const line of aligned([["totals", "", "crm", "erp", "difference"], ...totals])) say(`   ${line}`);
}

/** The troubles with their outcomes, and the verdict. */
export function sayTroubles(say: Say, result: DemoResult): void {
  say("\n6. The planted troubles, and what became of them");
  for (const { name, outcome, isRight } of result.troubles)
    say(`   ${isRight ? "ok  " : "BAD "} ${name}: ${outcome}`);
  say(`\n   ${result.differences.length} differences remain:`);
  for (const { difference, trouble } of result.differences) {
    const { entity, label, field, reason } = difference;
    const short = label.length > 40 ? `${label.slice(0, 37)}...` : label;
    say(
      `   ${trouble === null ? "BAD " : "ok  "} ${entity} ${short}${field === null ? "" : `.${field}`}: ${reason} (${trouble ?? "nothing explains it"})`,
    );
  }
  say(
    `\n   ${result.isGood ? "Every difference is a planted one, with its reason." : "Something is not as it should be."} ${result.seconds} s`,
  );
}
