import type { JsonMap } from "@crossfoot/kernel";
import type { Action } from "./action.ts";
import type { Command } from "./command.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** What an operator takes back in a run, and what people do about it. */
interface Undoing {
  readonly commands: readonly Command[];
  readonly actions: readonly Action[];
}

const none: Undoing = { commands: [], actions: [] };

/**
 * Draws when an operator takes back what a run wrote, in the middle of people's work, and perhaps takes that
 * back too: one person edits a field, in most cases another edits it in the other system once it has come
 * over, and then one of the last runs is undone. None where a backup is restored, which forgets what there is
 * to take back.
 */
export function drawUndos(
  random: Random,
  { scene, workload }: { readonly scene: Scene; readonly workload: readonly Action[] },
): Undoing {
  const tags = workload.flatMap(({ deed, tag, at }) =>
    deed.kind === "create" && at < scene.endsAt / 2 ? [tag] : [],
  );
  if (scene.mask.has("T4") || tags.length === 0 || !random.chance(0.4)) return none;
  const commands: Command[] = [];
  const actions: Action[] = [];
  let at = random.between(40_000, Math.max(40_001, scene.endsAt - 90_000));
  const later = (waits: readonly number[]): number => (at += random.pick(waits));
  const tag = random.pick(tags);
  const field = random.pick(["phone", "email", "name"]);
  const edit = (system: "crm" | "erp"): void => {
    const fields: JsonMap = { [field]: `${field} by ${system} ${at}` };
    const who = system === "crm" ? "ann" : "eva";
    const deed: Action["deed"] = { kind: "edit", fields };
    actions.push({ id: `n${actions.length + 1}`, at, system, who, entity: "accounts", tag, deed });
  };
  const push = (order: Command["order"]): void => {
    commands.push({ id: `n${commands.length + 1}`, at, order });
  };
  const first = random.pick(["crm", "erp"] as const);
  edit(first);
  later([20_000, 45_000, 70_000]);
  const isEditedAgain = random.chance(0.6);
  if (isEditedAgain) edit(first === "crm" ? "erp" : "crm");
  later([500, 15_000, 70_000]);
  for (let nr = 1, count = random.between(1, 3); nr <= count; nr += 1) {
    const name = `undo-${nr}`;
    const isAgain = nr > 1 && random.chance(0.7);
    // The run that carried the first edit is most likely the last but one when a second was carried too.
    const back = random.chance(0.6) && isEditedAgain ? 1 : random.between(0, 2);
    push({ kind: "undo", name, of: isAgain ? { file: `undo-${nr - 1}` } : { back } });
    later([1_000, 8_000, 45_000]);
    push({ kind: "apply", name, onDrift: random.pick(["stop", "skip"]) });
    later([1_000, 8_000, 45_000]);
  }
  const isWithin = (one: { readonly at: number }): boolean => one.at < scene.endsAt;
  return { commands: commands.filter(isWithin), actions: actions.filter(isWithin) };
}
