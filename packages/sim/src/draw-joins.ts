import type { EntityName } from "@crossfoot/model";
import type { Action } from "./action.ts";
import type { Command } from "./command.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";
import type { Profile } from "./system/profile.ts";

/** Whether records are consolidated in a run: a run of its own kind, which is asked for. */
export const isJoining = ({ profiles }: { readonly profiles: Scene["profiles"] }): boolean =>
  profiles.crm.joins !== undefined;

/** What is connected where records are consolidated: mostly what can have children. */
const entitySets: readonly (readonly EntityName[])[] = [
  ["accounts", "contacts"],
  ["accounts", "contacts"],
  ["accounts", "contacts", "products"],
  ["accounts", "products", "quotes", "orders"],
];

/** Draws the entities of such a run. */
export const drawJoinedEntities = (random: Random): readonly EntityName[] => random.pick(entitySets);

/** The same system, with a way to join two records that is drawn. */
export function joiningProfile(random: Random, profile: Profile): Profile {
  return { ...profile, joins: random.pick(["merge", "archive"]) };
}

interface Joining {
  readonly commands: readonly Command[];
  readonly actions: readonly Action[];
}

/**
 * Draws when an operator consolidates two accounts in the middle of people's work, and mostly takes it back:
 * somebody may have cleared a value of one of them before, or changes it, its child or the other one between
 * the plan and its apply. An apply is called again, as people do whose program died. None where a backup is
 * restored, which forgets what there is to take back.
 */
export function drawJoins(
  random: Random,
  { scene, workload }: { readonly scene: Scene; readonly workload: readonly Action[] },
): Joining {
  const tags = [
    ...new Set(
      workload.flatMap(({ deed, tag, at, entity }) =>
        entity === "accounts" && deed.kind === "create" && at < scene.endsAt / 2 ? [tag] : [],
      ),
    ),
  ];
  if (scene.mask.has("T4")) return { commands: [], actions: [] };
  const commands: Command[] = [];
  const actions: Action[] = [];
  const push = (at: number, order: Command["order"]): void => {
    commands.push({ id: `j${commands.length + 1}`, at, order });
  };
  const edit = (at: number, tag: string, fields: { readonly [field: string]: string | null }): void => {
    const system = random.pick(["crm", "erp"] as const);
    const deed: Action["deed"] = { kind: "edit", fields };
    const who = system === "crm" ? "ann" : "eva";
    actions.push({ id: `j${actions.length + 1}`, at, system, who, entity: "accounts", tag, deed });
  };
  let at = random.between(60_000, Math.max(60_001, scene.endsAt - 100_000));
  for (let nr = 1, count = random.between(1, 2); nr <= count && tags.length > 1; nr += 1) {
    const one = random.pick(tags);
    const other = random.pick(tags.filter((tag) => tag !== one));
    const name = `join-${nr}`;
    const later = (waits: readonly number[]): number => (at += random.pick(waits));
    const isCleared = random.chance(0.6);
    if (isCleared) edit(at - 45_000, one, { phone: null });
    const isFirstKept = isCleared && random.chance(0.7);
    push(at, { kind: "join", name, system: random.pick(["crm", "erp"]), tags: [one, other], isFirstKept });
    if (random.chance(0.2)) edit(at + 1_500, random.pick([one, other]), { email: `late${at}@x.example` });
    push(later([2_000, 8_000]), { kind: "apply", name, onDrift: random.pick(["stop", "skip"]) });
    push(later([15_000, 40_000]), { kind: "apply", name, onDrift: "skip" });
    if (random.chance(0.3)) edit(at, random.pick([one, other]), { phone: `+33 9 ${at}` });
    if (!random.chance(0.7)) continue;
    const back = `split-${nr}`;
    push(later([3_000, 30_000]), { kind: "split", name: back, of: name });
    push(later([2_000, 8_000]), { kind: "apply", name: back, onDrift: random.pick(["stop", "skip"]) });
    push(later([15_000, 40_000]), { kind: "apply", name: back, onDrift: "skip" });
    later([5_000, 20_000]);
  }
  const isWithin = (each: { readonly at: number }): boolean => each.at > 0 && each.at < scene.endsAt;
  return { commands: commands.filter(isWithin), actions: actions.filter(isWithin) };
}
