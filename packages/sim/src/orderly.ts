import type { Json, JsonMap } from "@crossfoot/kernel";
import { textOf } from "./auditor/text.ts";
import { roles } from "./auditor/things.ts";
import type { RunResult } from "./run.ts";
import { drawScenario } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { ModelSystem } from "./system/model-system.ts";
import { standing } from "./system/model-system.ts";

/** Deeds of an orderly scenario. */
const deedsMax = 20;
/** Between two deeds everything comes to rest: longer than a cadence and a sweep. */
export const restMs = 100_000;

/**
 * A scenario in which each deed is done when everything has come to rest after the one before: how it ends
 * does not depend on who was faster, so that two ways through it can be compared.
 */
export function orderlyScenario(seed: number): Scenario {
  const drawn = drawScenario(seed, { faults: [], store: "memory" });
  const hasDocuments = drawn.entities.includes("quotes");
  // Where there are documents, the few deeds are theirs.
  const wanted = drawn.actions.filter(
    ({ entity, deed }) =>
      !hasDocuments || deed.kind !== "edit" || (entity !== "accounts" && entity !== "products"),
  );
  const actions = wanted.slice(0, deedsMax).map((action, nr) => ({ ...action, at: 5_000 + nr * restMs }));
  return {
    ...drawn,
    contract: null,
    workers: [{ name: "w1", startAt: 0, clockOffsetMs: 0 }],
    cadenceMs: 15_000,
    sweepEveryMs: 30_000,
    endsAt: 5_000 + actions.length * restMs,
    actions,
    commands: [],
  };
}

/** Fields that a system numbers by itself. */
const ownNumbers: ReadonlySet<string> = new Set(["number", "erpNumber"]);

/** How both systems stand at the end, by what the workload calls things; ids and numbers left out. */
export function endOf({ systems, scenario }: Pick<RunResult, "systems" | "scenario">): readonly string[] {
  return roles
    .flatMap((role) =>
      scenario.entities.flatMap((entity) =>
        systems[role].everyRow(entity).map((row) => {
          const { native, life } = standing(row);
          const plain = withoutIds(shown(systems[role], row.entity, native));
          return `${role} ${entity} ${row.tag} ${life} ${textOf(plain)}`;
        }),
      ),
    )
    .toSorted();
}

const shown = (system: ModelSystem, entity: Scenario["entities"][number], native: JsonMap): JsonMap =>
  Object.fromEntries(
    Object.entries(system.decode(entity, native)).filter(([field]) => !ownNumbers.has(field)),
  );

function withoutIds(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutIds).toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).filter(([key]) => key !== "id");
  return Object.fromEntries(parts.map(([key, part]) => [key, withoutIds(part)]));
}

/** How often we wrote to each system before an instant, by kind and entity. */
export function ourCommits({ systems }: Pick<RunResult, "systems">, before = Infinity): readonly string[] {
  return roles
    .flatMap((role) => systems[role].log)
    .filter(({ actor, at }) => actor.kind === "us" && at < before)
    .map(({ system, op, entity, tag }) => `${system} ${op} ${entity} ${tag}`)
    .toSorted();
}
