import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { Found } from "./audited.ts";

/**
 * What somebody said who looked at a finding on the open rows: `fault` it is one · `question` it asks what
 * a person would ask too · `none` there is nothing wrong.
 */
export type Verdict = "fault" | "question" | "none";

interface Judged {
  readonly business: string;
  readonly rule: string;
  readonly entity: string;
  /** Its id in the CRM, or in the ERP. */
  readonly crm: string;
  readonly erp: string;
  readonly verdict: Verdict;
}

/** Verdicts on the findings of the open rows, looked at one by one: open-rows.csv. */
export function loadVerdicts(): (business: string, finding: Found) => Verdict | null {
  const rows: readonly Judged[] = parse(readFileSync(new URL("open-rows.csv", import.meta.url)), {
    columns: true,
  });
  const known = new Map(
    rows.flatMap(({ business, rule, entity, crm, erp, verdict }) => [
      [[business, rule, entity, "crm", crm].join("\n"), verdict] as const,
      [[business, rule, entity, "erp", erp].join("\n"), verdict] as const,
    ]),
  );
  return (business, { rule, entity, side, id }) =>
    known.get([business, rule, entity, side, id].join("\n")) ?? null;
}
