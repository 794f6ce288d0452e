import { auditRules } from "@crossfoot/model";
import type { AuditFinding, AuditRuleId } from "@crossfoot/model";
import { isBlank } from "../normalise/blank.ts";
import type { Meaning } from "./columns.ts";
import { valueOf } from "./record.ts";
import type { AuditList, Fault } from "./record.ts";
import { isUnique } from "./structure.ts";

/** How good one field of a list is. Shares are 0 to 1, and null where there is nothing to ask. */
export interface FieldQuality {
  readonly name: string;
  readonly meaning: Meaning;
  /** Records that have a value there; fillers are none. */
  readonly filled: number;
  /** Of all records, those that have a value. Null without records. */
  readonly completeness: number | null;
  /** Of the values, those that are right in themselves and lead somewhere. Null where no value is. */
  readonly validity: number | null;
  /** Of the values, those that no earlier record has. Null where several records may have one. */
  readonly uniqueness: number | null;
  /** Of linked records that tell it on both sides, those where it is the same. Null where there are none. */
  readonly consistency: number | null;
}

/** The same of a whole list: its values of all fields that are judged together. */
export type ListQuality = Omit<FieldQuality, "name" | "meaning" | "filled">;

/** Findings of other families by which a value is wrong. */
const wrongBeside: ReadonlySet<AuditRuleId> = new Set<AuditRuleId>([
  ...(["orphan", "cycle", "value-unmapped", "price-negative", "postcode-invalid"] as const),
  ...(["date-order", "total-wrong", "line-wrong", "sum-wrong"] as const),
]);
const isWrong = (rule: AuditRuleId): boolean =>
  auditRules[rule].family === "validity" || wrongBeside.has(rule);

interface FieldCounts {
  filled: number;
  wrong: number;
  again: number;
  compared: number;
  same: number;
}

/** Counts of the fields of a list: five numbers each. */
export interface Quality {
  readonly note: (cells: readonly string[], faults: readonly Fault[]) => void;
  /** A value that only the whole list, or another one, showed to be wrong. */
  readonly noteLater: (finding: Pick<AuditFinding, "rule" | "field">) => void;
  /** Notes for a column whether a linked record of the other side says the same. */
  readonly compared: (column: number, isSame: boolean) => void;
  readonly fields: (records: number) => readonly FieldQuality[];
  readonly whole: (records: number) => ListQuality;
}

const shareOf = (part: number, all: number): number | null =>
  all === 0 ? null : Math.max(0, Math.min(1, part / all));

/** Counts as the records come. Never throws. */
export function keepQuality(list: AuditList): Quality {
  const counts = list.columns.map((): FieldCounts => {
    return { filled: 0, wrong: 0, again: 0, compared: 0, same: 0 };
  });
  const places = new Map(list.columns.map(({ name }, at) => [name, at]));
  const unique = list.columns.map(({ meaning, place }) => place === "" && isUnique(list.entity, meaning));
  const sharesOf = (all: readonly FieldCounts[], records: number, isOnce: boolean): ListQuality => {
    const sum = (key: keyof FieldCounts): number => all.reduce((total, each) => total + each[key], 0);
    return {
      completeness: shareOf(sum("filled"), records * all.length),
      validity: shareOf(sum("filled") - sum("wrong"), sum("filled")),
      uniqueness: isOnce ? shareOf(sum("filled") - sum("again"), sum("filled")) : null,
      consistency: shareOf(sum("same"), sum("compared")),
    };
  };
  return {
    note: (cells, faults) => {
      const of = (isIt: (fault: Fault) => boolean): ReadonlySet<string> =>
        new Set(faults.filter(isIt).map(({ field }) => field));
      const fillers = of(({ rule }) => rule === "placeholder");
      const wrong = of(({ rule }) => isWrong(rule));
      const again = of(({ rule }) => rule === "id-twice" || rule === "key-twice");
      for (const [at, column] of list.columns.entries()) {
        const count = counts[at];
        if (count === undefined) continue;
        const value = valueOf(cells[at]);
        // What a mapping refused is there, though nobody may read it.
        const [root = ""] = column.name.split(".");
        const isRefused = value === "" && (wrong.has(column.name) || wrong.has(root));
        // An amount of 9.99 and a document 99 look like fillers, and are none.
        const isFilled = value !== "" && (/\d/.test(value) || !isBlank(value)) && !fillers.has(column.name);
        if (!isFilled && !isRefused) continue;
        count.filled += 1;
        if (isRefused || wrong.has(column.name)) count.wrong += 1;
        if (again.has(column.name)) count.again += 1;
      }
    },
    noteLater: ({ rule, field }) => {
      const count = counts[places.get(field) ?? -1];
      if (count !== undefined && isWrong(rule)) count.wrong += 1;
    },
    compared: (column, isSame) => {
      const count = counts[column];
      if (count === undefined) return;
      count.compared += 1;
      if (isSame) count.same += 1;
    },
    fields: (records) =>
      list.columns.map(({ name, meaning }, at) => {
        const own = counts.slice(at, at + 1);
        const filled = own[0]?.filled ?? 0;
        return { name, meaning, filled, ...sharesOf(own, records, unique[at] === true) };
      }),
    whole: (records) => {
      const judged = counts.filter((_, at) => list.columns[at]?.meaning !== "other");
      const once = counts.filter((_, at) => unique[at] === true);
      return {
        ...sharesOf(judged, records, false),
        uniqueness: sharesOf(once, records, once.length > 0).uniqueness,
      };
    },
  };
}
