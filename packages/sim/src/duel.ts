import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Action } from "./action.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** The contract of a run: as it ships, or with fields on which the newer edit or a person decides. */
export function drawContract(random: Random): Json {
  if (random.chance(0.5)) return null;
  const fields = {
    phone: { policy: "newest" },
    email: { policy: random.pick(["newest", "review"]) },
  };
  return { entities: { accounts: { fields } } };
}

/** Some records that both systems have are deleted in one of them, late in the run. */
export function drawDeletes(
  random: Random,
  at: { readonly scene: Scene; readonly workload: readonly Action[] },
): readonly Action[] {
  if (random.chance(0.75)) return [];
  const made = at.workload.filter(({ entity, deed, at: when }) => {
    return entity === "accounts" && deed.kind === "create" && when < at.scene.endsAt / 3;
  });
  if (made.length === 0) return [];
  const { tag } = random.pick(made);
  const system = random.pick(["crm", "erp"] as const);
  const when = random.between(at.scene.endsAt / 2, at.scene.endsAt - 1);
  const who = system === "crm" ? "ben" : "finn";
  return [{ id: "x1", at: when, system, who, entity: "accounts", tag, deed: { kind: "delete" } }];
}

/** Times between two people who edit one field in both systems, ms. */
const gapsMs = [0, 900, 3_000, 4_500, 9_000];

/** Two people change one field of one record in both systems, within moments of each other. */
export function drawDuels(
  random: Random,
  at: { readonly scene: Scene; readonly workload: readonly Action[] },
): readonly Action[] {
  const tags = [...new Set(at.workload.flatMap(({ entity, tag }) => (entity === "accounts" ? [tag] : [])))];
  if (tags.length === 0 || random.chance(0.5)) return [];
  return Array.from({ length: random.between(1, 4) }, (_, nr) => nr).flatMap((nr): readonly Action[] => {
    const start = random.between(60_000, Math.max(60_001, at.scene.endsAt - 10_000));
    const tag = random.pick(tags);
    const field = random.pick(["phone", "email", "name"]);
    const first = random.pick(["crm", "erp"] as const);
    const second = first === "crm" ? "erp" : "crm";
    const edit = (side: "crm" | "erp", when: number): Action => {
      const fields: JsonMap = { [field]: `${field} of ${side} ${when}` };
      const who = side === "crm" ? "ann" : "eva";
      return {
        id: `u${nr}${side}`,
        at: when,
        system: side,
        who,
        entity: "accounts",
        tag,
        deed: { kind: "edit", fields },
      };
    };
    return [edit(first, start), edit(second, start + random.pick(gapsMs))];
  });
}
