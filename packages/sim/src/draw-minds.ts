import type { Action } from "./action.ts";
import type { Command } from "./command.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** Whether a person takes decisions back in a run: a run of its own kind, which is asked for. */
export const isRecanting = ({ commands }: { readonly commands: readonly Command[] }): boolean =>
  commands.some(({ order }) => order.kind === "undecide");

interface Minds {
  readonly commands: readonly Command[];
  readonly actions: readonly Action[];
}

/**
 * Draws when a person decides who is who and takes it back, in the middle of people's work: accounts are made
 * twice, somebody answers what is asked about them, and then thinks better of it, before or after a worker
 * gets to it; perhaps says the other word, and takes that back too. Clusters are said to be apart and asked
 * about again. Somebody may edit or delete the double meanwhile.
 */
export function drawMinds(
  random: Random,
  { scene, workload }: { readonly scene: Scene; readonly workload: readonly Action[] },
): Minds {
  const made = workload.filter(({ deed, at, entity }) => {
    return entity === "accounts" && deed.kind === "create" && at < scene.endsAt / 2;
  });
  if (made.length === 0) return { commands: [], actions: [] };
  const commands: Command[] = [];
  const actions: Action[] = [];
  const push = (at: number, order: Command["order"]): void => {
    commands.push({ id: `m${commands.length + 1}`, at, order });
  };
  const act = (at: number, deed: Action["deed"], of: Pick<Action, "system" | "tag">): void => {
    const who = of.system === "crm" ? "ben" : "finn";
    const { system, tag } = of;
    actions.push({ id: `m${actions.length + 1}`, at, system, who, entity: "accounts", tag, deed });
  };
  for (let count = random.between(1, 2); count > 0; count -= 1) {
    const { deed, at: first, system, tag } = random.pick(made);
    if (deed.kind !== "create") continue;
    let at = Math.max(first, 20_000) + random.pick([0, 20_000, 45_000]);
    const later = (waits: readonly number[]): number => (at += random.pick(waits));
    const where = random.chance(0.75) ? system : system === "crm" ? "erp" : "crm";
    act(at, { ...deed, isAgain: true }, { system: where, tag });
    later([20_000, 40_000, 70_000]);
    for (let turns = random.between(1, 3); turns > 0; turns -= 1) {
      const answers = { take: "crm", word: "keep", isSame: random.chance(0.5) } as const;
      push(at, { kind: "answer", answers });
      if (random.chance(0.2)) push(at + random.pick([0, 300]), { kind: "undecide" });
      if (random.chance(0.3))
        push(later([200, 1_500, 6_000]), { kind: "rethink", isSame: random.chance(0.5) });
      if (random.chance(0.2))
        act(at, { kind: "edit", fields: { phone: `+33 8 ${at}` } }, { system: where, tag });
      push(later([200, 700, 1_500, 6_000, 30_000, 90_000]), { kind: "undecide" });
      if (random.chance(0.2)) push(at + random.pick([0, 200]), { kind: "undecide" });
      if (random.chance(0.1)) act(at, { kind: "delete" }, { system: where, tag });
      later([5_000, 20_000, 60_000]);
    }
    if (random.chance(0.5)) {
      push(at, { kind: "apart" });
      push(later([300, 3_000, 40_000]), { kind: "reopen" });
      if (random.chance(0.4)) push(at + random.pick([0, 300]), { kind: "reopen" });
    }
  }
  const isWithin = (each: { readonly at: number }): boolean => each.at > 0 && each.at < scene.endsAt;
  return { commands: commands.filter(isWithin), actions: actions.filter(isWithin) };
}
