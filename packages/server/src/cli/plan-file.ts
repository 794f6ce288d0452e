import { readFileSync, writeFileSync } from "node:fs";
import { isMap } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { planFormat } from "../runtime/plan-document.ts";
import type { PlanDocument } from "../runtime/plan-document.ts";
import { badInput } from "./refusal.ts";

const lists = ["writes", "demanded", "conflicts", "parks", "candidates", "waits", "guardStops", "troubles"];
const texts = ["id", "madeAt", "expiresAt", "store", "contract"];

/**
 * Reads a plan file. Throws a Refusal for a file that is not there, no JSON (cut short, for one), no plan, or
 * of a later form than this Crossfoot knows. Whether it was edited shows when it is applied.
 */
export function readPlan(file: string): PlanDocument {
  const json = readJson(file);
  const noPlan = badInput(`${file} is no plan; make one with \`crossfoot plan --out ${file}\``);
  if (!isMap(json) || texts.some((key) => typeof json[key] !== "string")) throw noPlan;
  const { format } = json;
  if (typeof format !== "number") throw noPlan;
  if (format > planFormat) {
    throw badInput(
      `${file} was made by a newer Crossfoot (form ${format}; this one reads form ${planFormat}): ` +
        "apply it with that one, or make another plan with this one",
    );
  }
  if (format !== planFormat || lists.some((key) => !Array.isArray(json[key]))) throw noPlan;
  return json as unknown as PlanDocument;
}

/** Keeps a plan in a file, when one is named. It holds values of customers: nobody else is to read it. */
export function keepPlan(file: string | undefined, plan: PlanDocument): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600 });
}

function readJson(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Json;
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown reason";
    throw badInput(`${file} cannot be read as JSON: ${why}`);
  }
}
