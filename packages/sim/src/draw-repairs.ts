import type { Action } from "./action.ts";
import type { Command } from "./command.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** Whether values are put right in a run: a run of its own kind, which is asked for. */
export const isRepairing = ({ commands }: { readonly commands: readonly Command[] }): boolean =>
  commands.some(({ order }) => order.kind === "repair");

interface Repairing {
  readonly commands: readonly Command[];
  readonly actions: readonly Action[];
}

/**
 * Draws when an operator puts values right that an audit found wrong, in the middle of people's work, and
 * perhaps takes that back: somebody may edit the same value in either system between the plan and its apply,
 * or after it. An apply is called again, as people do whose program died. None where a backup is restored,
 * which forgets what there is to take back.
 */
export function drawRepairs(
  random: Random,
  { scene, workload }: { readonly scene: Scene; readonly workload: readonly Action[] },
): Repairing {
  const tags = [
    ...new Set(
      workload.flatMap(({ deed, tag, at, entity }) =>
        entity === "accounts" && deed.kind === "create" && at < scene.endsAt / 2 ? [tag] : [],
      ),
    ),
  ];
  if (scene.mask.has("T4") || tags.length === 0) return { commands: [], actions: [] };
  const commands: Command[] = [];
  const actions: Action[] = [];
  const push = (at: number, order: Command["order"]): void => {
    commands.push({ id: `r${commands.length + 1}`, at, order });
  };
  let at = random.between(40_000, Math.max(40_001, scene.endsAt - 100_000));
  const later = (waits: readonly number[]): number => (at += random.pick(waits));
  for (let nr = 1, count = random.between(1, 3); nr <= count; nr += 1) {
    const name = `repair-${nr}`;
    const tag = random.pick(tags);
    const field = random.pick(["phone", "email", "name"] as const);
    const edit = (): void => {
      const system = random.pick(["crm", "erp"] as const);
      const deed: Action["deed"] = { kind: "edit", fields: { [field]: `${field} by ${system} ${at}` } };
      const who = system === "crm" ? "ann" : "eva";
      actions.push({ id: `r${actions.length + 1}`, at, system, who, entity: "accounts", tag, deed });
    };
    if (random.chance(0.4)) edit();
    later([500, 20_000, 45_000]);
    push(at, { kind: "repair", name, system: random.pick(["crm", "erp"]), tag, field });
    later([700, 2_000, 8_000]);
    if (random.chance(0.25)) edit();
    push(later([500, 2_000]), { kind: "apply", name, onDrift: random.pick(["stop", "skip"]) });
    push(later([8_000, 30_000]), { kind: "apply", name, onDrift: "skip" });
    if (random.chance(0.3)) edit();
    if (!random.chance(0.5)) continue;
    const back = `unrepair-${nr}`;
    push(later([1_000, 30_000]), { kind: "unrepair", name: back, of: name });
    push(later([2_000, 8_000]), { kind: "apply", name: back, onDrift: random.pick(["stop", "skip"]) });
    later([5_000, 20_000]);
  }
  const isWithin = (each: { readonly at: number }): boolean => each.at > 0 && each.at < scene.endsAt;
  return { commands: commands.filter(isWithin), actions: actions.filter(isWithin) };
}
