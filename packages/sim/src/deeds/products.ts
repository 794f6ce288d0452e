import type { JsonMap } from "@crossfoot/kernel";
import type { Action } from "../action.ts";
import type { Random } from "../random.ts";
import type { Drawing } from "./drawn.ts";
import { Deeds } from "./drawn.ts";

const names = ["Bolt  M8", "Crème brûlée torch", "Washer", "Übergang 3/4"] as const;

/** A fresh product in plain form. */
function product(random: Random, tag: string): JsonMap {
  return {
    sku: tag,
    name: `${random.pick(names)} ${tag}`,
    description: random.pick<string | null>([null, "", `as of ${tag} `]),
    unit: random.pick(["pc", "kg", "box"]),
    active: true,
  };
}

/** What a person may change of a product. */
export function productEdit(random: Random, at: number): JsonMap {
  return random.pick<JsonMap>([
    { name: `${random.pick(names)} ${at}` },
    { description: `text of ${at}` },
    { unit: random.pick(["pc", "kg", "box"]) },
    { active: random.chance(0.5) },
  ]);
}

/** Products of a run: the ERP's, though people of the CRM edit what they see of them. */
export function drawProducts({ random, scene }: Drawing): readonly Action[] {
  const deeds = new Deeds("p", random);
  const entity = "products";
  const tags = Array.from({ length: random.between(1, 3) }, (_, at) => `s${at + 1}`);
  for (const tag of tags) {
    const at = random.chance(0.7) ? 0 : random.between(0, scene.endsAt / 2);
    deeds.push(at, "erp", { entity, tag, deed: { kind: "create", fields: product(random, tag) } });
  }
  for (let count = random.between(0, 5); count > 0; count -= 1) {
    const at = random.between(10_000, scene.endsAt);
    deeds.push(at, random.chance(0.7) ? "erp" : "crm", {
      entity,
      tag: random.pick(tags),
      deed: { kind: "edit", fields: productEdit(random, at) },
    });
  }
  return deeds.within(scene.endsAt);
}
