import type { Json, JsonMap } from "@crossfoot/kernel";
import type { StoreFacts } from "../checker.ts";
import type { Entry, History } from "../history.ts";
import { startInstant } from "../virtual-time.ts";
import { isMap } from "../system/dialect.ts";
import { rowsOf } from "./told.ts";

type Planned = Extract<Entry, { readonly kind: "planned" }>;
type Applied = Extract<Entry, { readonly kind: "applied" }>["summary"];

/** One undo that was carried out to its end, as the operator saw it. */
export interface Undo {
  readonly plan: Planned["plan"];
  readonly undoes: NonNullable<Planned["undoes"]>;
  readonly plannedAt: number;
  /** When its last apply began: what was changed before that could be seen. */
  readonly applyingAt: number;
  readonly appliedAt: number;
  readonly summary: Applied;
}

/** Undos whose apply came to an end, in order; the last end of each counts. */
export function undosIn({ entries }: History): readonly Undo[] {
  const planned = new Map<string, Planned & { readonly at: number }>();
  const begun = new Map<string, number>();
  const undos = new Map<string, Undo>();
  for (const entry of entries) {
    if (entry.kind === "planned" && entry.undoes !== undefined) planned.set(entry.plan.id, entry);
    if (entry.kind === "applying") begun.set(entry.plan, entry.at);
    if (entry.kind !== "applied") continue;
    const known = planned.get(entry.summary.plan);
    if (known?.undoes === undefined) continue;
    undos.set(known.plan.id, {
      plan: known.plan,
      undoes: known.undoes,
      plannedAt: known.at,
      applyingAt: begun.get(known.plan.id) ?? known.at,
      appliedAt: entry.at,
      summary: entry.summary,
    });
  }
  return [...undos.values()];
}

/** A write that settled, as the journal tells it. */
export interface Settled {
  readonly key: string;
  readonly link: string;
  readonly at: number;
  readonly runs: readonly string[];
  readonly plan: string | null;
  readonly isUndo: boolean;
}

const textOrNull = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);

/** Every write that settled, those included of which a restored backup knows nothing. */
export function settledIn(facts: StoreFacts): readonly Settled[] {
  return [...facts.forgotten, ...rowsOf(facts, "journal")].flatMap((row): readonly Settled[] => {
    if (row["kind"] !== "intent_settled") return [];
    const body = row["body"] as JsonMap;
    const key = textOrNull(body["key"]);
    if (key === null) return [];
    const runs = [row["run_id"], body["run"]].filter((run) => typeof run === "string");
    return [
      {
        key,
        link: String(row["link_id"]),
        at: Date.parse(String(row["at"])) - startInstant,
        runs,
        plan: textOrNull(body["plan"]),
        isUndo: (body["undo"] ?? null) !== null,
      },
    ];
  });
}

/** Keys of writes that take others back, or consolidate records: a person's word is what causes them. */
export function undoKeys(facts: StoreFacts): ReadonlySet<string> {
  const plans = new Set(
    rowsOf(facts, "plan").flatMap((row) => {
      const body = row["body"];
      return isMap(body as Json) && (body as JsonMap)["consolidation"] !== undefined
        ? [String(row["id"])]
        : [];
    }),
  );
  const consolidated = rowsOf(facts, "intent").flatMap((row) =>
    plans.has(String(row["plan_id"])) ? [String(row["key"])] : [],
  );
  const stored = rowsOf(facts, "intent").flatMap((row) =>
    (row["undo"] ?? null) === null ? [] : [String(row["key"])],
  );
  return new Set([
    ...stored,
    ...consolidated,
    ...settledIn(facts).flatMap(({ key, isUndo }) => (isUndo ? [key] : [])),
  ]);
}
