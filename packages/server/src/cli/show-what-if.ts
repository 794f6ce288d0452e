import type { PlanDocument } from "../runtime/engine.ts";
import type { WhatIf, WhatIfRow } from "../runtime/plan-document.ts";
import type { Part } from "./plan-parts.ts";
import { showValue } from "./show-value.ts";
import { many } from "./text.ts";

const record = [{ title: "entity" }, { title: "record", least: 16 }] as const;

/** What a target gets, or that it gets nothing. A write without a value is there or not. */
function gets(side: WhatIfRow["now"], what: string): string {
  if (side === null) return "—";
  return what.startsWith("(") && side.value === null ? "yes" : showValue(side.value ?? undefined);
}

/** Fields that are spelt out where many change alike. */
const fieldsMax = 4;

/** A row for each change, whatever number of fields it holds for. */
function termRows(terms: WhatIf["terms"]): Part["rows"] {
  const groups = Map.groupBy(terms, ({ entity, term, now, after }) => [entity, term, now, after].join("\n"));
  return [...groups.values()].map((own) => {
    const [{ entity, term, now, after }] = own as [WhatIf["terms"][number]];
    const fields = own.flatMap(({ field }) => (field === null ? [] : [field]));
    const rest = fields.length - fieldsMax;
    const named = fields.slice(0, fieldsMax).join(", ");
    return [entity, rest > 0 ? `${named} and ${rest} more` : named, term, now, after];
  });
}

/** What another contract would change, in lists. */
export function whatIfParts({ terms, rows, standing, closed }: WhatIf): readonly Part[] {
  return [
    {
      title: "Terms that are other ones",
      columns: [
        ...[{ title: "entity" }, { title: "field", least: 16 }, { title: "term" }],
        ...[
          { title: "now", least: 12 },
          { title: "then", least: 12 },
        ],
      ],
      rows: termRows(terms),
    },
    {
      title: "Writes that would be other ones; — stands for none",
      columns: [
        ...record,
        { title: "to" },
        { title: "field" },
        { title: "now", least: 12 },
        { title: "then", least: 12 },
      ],
      rows: rows.map(({ entity, label, target, what, now, after }) => [
        ...[entity, label, target, what],
        ...[gets(now, what), gets(after, what)],
      ]),
    },
    {
      title: "Differences that stand today, and that it would decide",
      columns: [...record, { title: "field" }, { title: "what each side shows", least: 20 }],
      rows: standing.map(({ entity, label, field, values }) => [
        ...[entity, label, field],
        Object.entries(values)
          .map(([connection, value]) => `${connection} ${showValue(value)}`)
          .join(", "),
      ]),
    },
    {
      title: "What waits for somebody today, and would not",
      columns: [...record, { title: "what", least: 20 }],
      rows: closed.map(({ entity, label, what }) => [entity, label, what]),
    },
  ];
}

/** That no write would be another one, as far as both systems could be read. */
export const noOtherWrite = ({ troubles }: Pick<PlanDocument, "troubles">): string =>
  troubles.length === 0
    ? "No write would be another one."
    : "Of what is known no write would be another one; but not everything could be read.";

/** The head of a plan that shows a change of contract. */
export function whatIfHead(plan: PlanDocument, { contract, same, notes, rows }: WhatIf): readonly string[] {
  const [was, is] = [contract.slice(0, 12), plan.contract.slice(0, 12)];
  const unchanged = Object.entries(same)
    .filter(([, count]) => count > 0)
    .map(([entity, count]) => many(count, `record of ${entity}`, `records of ${entity}`));
  return [
    `What would change if contract ${is} took the place of ${was}`,
    rows.length === 0 ? noOtherWrite(plan) : "",
    unchanged.length === 0 ? "" : `Nothing changes for ${unchanged.join(", ")}.`,
    ...notes.map((note) => `! ${note}`),
  ];
}
