import type { History, Entry } from "../history.ts";
import type { Commit } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";
import type { Role } from "./things.ts";

type Plan = Extract<Entry, { readonly kind: "planned" }>["plan"];
type Part = NonNullable<Plan["consolidation"]>;

/** A record that went into another of its system. */
export type Move = Part["moves"][number];

/** A consolidation, or one that was taken back, that was carried out to its end. */
export interface Consolidation {
  readonly isBack: boolean;
  /** Of one that was taken back, those of the consolidation. */
  readonly moves: readonly Move[];
  /** What the plan, or the end of its apply, says that it left as it is. */
  readonly left: readonly Left[];
  /** When the consolidation was planned, true time. */
  readonly forwardAt: number;
  /** When the apply came to its end. */
  readonly appliedAt: number;
  /** Links of a record that the plan knows. */
  readonly linksOf: (role: Role, row: Row) => ReadonlySet<string>;
}

interface Left {
  readonly link: string;
  readonly target: string;
  readonly label: string;
  readonly field: string | null;
}

/**
 * Consolidations whose apply ended with every write made or told: the first such end of each plan counts.
 * What was taken back meanwhile, or by a plan that ended earlier, is judged as it stood at each end.
 */
export function consolidationsIn({ entries }: History): readonly Consolidation[] {
  const plans = new Map<string, { readonly plan: Plan; readonly at: number }>();
  const ended = new Map<string, Consolidation>();
  for (const entry of entries) {
    if (entry.kind === "planned" && entry.plan.consolidation !== undefined)
      plans.set(entry.plan.id, { plan: entry.plan, at: entry.at });
    if (entry.kind !== "applied" || ended.has(entry.summary.plan)) continue;
    const known = plans.get(entry.summary.plan);
    const part = known?.plan.consolidation;
    if (known === undefined || part === undefined || entry.summary.state !== "done") continue;
    const forward = part.isBack ? plans.get(part.of[0] ?? "") : known;
    if (forward === undefined) continue;
    const unmade = entry.summary.unmade.map(({ link, target, label }) => ({
      link,
      target,
      label,
      field: null,
    }));
    ended.set(known.plan.id, {
      isBack: part.isBack,
      moves: forward.plan.consolidation?.moves ?? [],
      left: [...part.left, ...unmade],
      forwardAt: forward.at,
      appliedAt: entry.at,
      linksOf: (role, row) =>
        new Set(
          known.plan.writes.flatMap(({ target, id, link }) =>
            target === role && id === row.id ? [link] : [],
          ),
        ),
    });
  }
  return [...ended.values()];
}

/**
 * Whether a commit of ours is one that a plan of a consolidation, or of one that is taken back, shows: a
 * person has asked for it, and the plan tells what it replaces.
 */
export function isConsolidating({ entries }: History, commit: Commit, field: string | null = null): boolean {
  if (commit.actor.kind !== "us") return false;
  const kind = commit.op === "write" ? "update" : commit.op;
  return entries.some(
    (entry) =>
      entry.kind === "planned" &&
      entry.plan.consolidation !== undefined &&
      entry.at <= commit.at &&
      entry.plan.writes.some(
        (write) =>
          write.target === commit.system &&
          write.id === commit.id &&
          write.kind === kind &&
          (field === null || write.fields[field] !== undefined),
      ),
  );
}
