import { agreeing } from "./saboteurs/agreeing.ts";
import { counting } from "./saboteurs/counting.ts";
import { deciding } from "./saboteurs/deciding.ts";
import { hearing } from "./saboteurs/hearing.ts";
import { joining } from "./saboteurs/joining.ts";
import { limiting } from "./saboteurs/limiting.ts";
import { reading } from "./saboteurs/reading.ts";
import { recanting } from "./saboteurs/recanting.ts";
import { repairing } from "./saboteurs/repairing.ts";
import { restoring } from "./saboteurs/restoring.ts";
import { scoping } from "./saboteurs/scoping.ts";
import type { Saboteur } from "./saboteurs/saboteur.ts";
import { undoing } from "./saboteurs/undoing.ts";
import { writing } from "./saboteurs/writing.ts";

/** Every saboteur. */
export const saboteurs: readonly Saboteur[] = [
  ...writing,
  ...reading,
  ...deciding,
  ...agreeing,
  ...hearing,
  ...counting,
  ...limiting,
  ...restoring,
  ...scoping,
  ...undoing,
  ...joining,
  ...repairing,
  ...recanting,
];

/** The saboteur of a name; an unknown name is told with those that are known. */
export function saboteurOf(name: string): Saboteur {
  const found = saboteurs.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new Error(`no saboteur is called ${name}; known: ${saboteurs.map((each) => each.name).join(", ")}`);
}
