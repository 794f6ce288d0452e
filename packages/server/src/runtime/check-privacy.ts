import { privacyInventory } from "@crossfoot/model";
import type { CheckFinding } from "./engine.ts";
import { mappingOf } from "./world.ts";
import type { World } from "./world.ts";

/** Whether the store's values are encrypted. */
export async function checkAtRest({ store }: Pick<World, "store">): Promise<CheckFinding> {
  const state = await store.sealingState();
  if (state === null)
    return {
      ...{ severity: "ok", about: "store" },
      message: "values are stored as they are: encrypt the disk and the backups, or say `atRest.key`",
    };
  const { master, keys, others } = state;
  const message = `values are encrypted under ${master} (${keys} keys)`;
  if (others === 0) return { severity: "ok", about: "store", message };
  const advice = "run `crossfoot privacy rekey` again before the former key is taken out";
  return {
    severity: "warning",
    about: "store",
    message: `${message}; ${others} of them are still wrapped under another: ${advice}`,
  };
}

/** Fields of persons that flow although nobody has said what kind of personal value they hold. Pure. */
export function checkPrivacy({
  contract,
  sides,
}: Pick<World, "contract" | "sides">): readonly CheckFinding[] {
  return privacyInventory(contract)
    .filter(({ category }) => category === null)
    .flatMap(({ entity, field }): readonly CheckFinding[] => {
      const mapped = sides.filter((side) => mappingOf(side, entity)?.fields[field] !== undefined);
      if (mapped.length === 0) return [];
      const names = mapped.map(({ id }) => id).join(" and ");
      const message =
        `is a field of a person, mapped by ${names}, and nobody says what it holds: ` +
        `give it a \`category\` under entities.${entity}.fields.${field}.privacy of contract.yaml`;
      return [{ severity: "warning", about: `${entity}.${field}`, message }];
    });
}
