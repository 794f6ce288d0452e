import type { Statement } from "@crossfoot/model";
import type { PlanDocument } from "../runtime/engine.ts";
import type { Owned, Seen, Trouble } from "./troubles.ts";

/** How a difference was explained, or that nothing explains it. */
interface Judged {
  readonly difference: Owned;
  readonly trouble: string | null;
}

/** The demo's result, as its JSON document. */
export interface DemoResult {
  /** Every difference is a planted one and every trouble ended as it should. */
  readonly isGood: boolean;
  readonly erp: "twin" | "tryton" | "odoo";
  /** From the first line to the statement, installation included. */
  readonly seconds: number;
  readonly entities: readonly {
    readonly entity: string;
    readonly linked: number;
    readonly fieldsCompared: number;
    readonly fieldsEqual: number;
    readonly notWanted: number;
    readonly totals: Statement["entities"][number]["totals"];
  }[];
  readonly differences: readonly Judged[];
  readonly troubles: readonly {
    readonly name: string;
    readonly expected: string;
    readonly outcome: string;
    readonly isRight: boolean;
  }[];
  /** Writes that the plan asked for, without the answers that come back to them. */
  readonly planned: number;
  readonly applied: number;
  /** Where the project was kept, or null. */
  readonly folder: string | null;
}

/** What the contract keeps on one side is no difference. */
const unwanted = ["not_wanted", "parent_not_wanted"];

/** Writes of a plan, and the answers that come back: values that only the other system can give. */
export function plannedWrites({ writes }: PlanDocument): {
  readonly writes: number;
  readonly answers: number;
} {
  const answers = writes.filter((write) => write.answers.length > 0).length;
  return { writes: writes.length - answers, answers };
}

/** Differences that a statement shows, beside what the contract does not want. */
function ownedDifferences(statement: Statement): readonly Owned[] {
  const all = statement.entities.flatMap(({ entity, differences, missing, totals }) => [
    ...differences.map(({ label, field, reason }): Owned => ({ entity, label, field, reason })),
    ...missing.map(({ label, reason }): Owned => ({ entity, label, field: null, reason })),
    ...totals
      .filter(({ difference, field }) => difference !== "0" && entity !== "quotes" && field !== "")
      .map(({ field, currency }): Owned => ({
        entity,
        label: `total ${currency}`,
        field,
        reason: "unknown",
      })),
  ]);
  return all.filter(({ reason }) => !unwanted.includes(reason));
}

/** Judges the end: which trouble explains which difference, and what became of each trouble. */
export async function judge(at: {
  readonly seen: Seen;
  readonly troubles: readonly Trouble[];
  readonly plan: PlanDocument;
  readonly applied: number;
  readonly erp: DemoResult["erp"];
  readonly seconds: number;
  readonly folder: string | null;
}): Promise<DemoResult> {
  const { seen, troubles } = at;
  const differences = ownedDifferences(seen.statement).map((difference): Judged => {
    const trouble = troubles.find((one) => one.owns(difference));
    return { difference, trouble: trouble?.name ?? null };
  });
  const judged: DemoResult["troubles"][number][] = [];
  for (const trouble of troubles) {
    const { name, expected } = trouble;
    judged.push({ name, expected, ...(await trouble.judge(seen)) });
  }
  return {
    isGood: differences.every(({ trouble }) => trouble !== null) && judged.every(({ isRight }) => isRight),
    erp: at.erp,
    seconds: Math.round(at.seconds * 10) / 10,
    entities: seen.statement.entities.map(
      ({ entity, linked, fieldsCompared, fieldsEqual, notWanted, totals }) => ({
        entity,
        linked,
        fieldsCompared,
        fieldsEqual,
        notWanted,
        totals,
      }),
    ),
    differences,
    troubles: judged,
    planned: plannedWrites(at.plan).writes,
    applied: at.applied,
    folder: at.folder,
  };
}
