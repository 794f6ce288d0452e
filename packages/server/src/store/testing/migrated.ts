import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Template } from "../../platform/testing/ephemeral.ts";
import { knownSteps, migrate } from "../migrate.ts";

function nameOfSteps(): string {
  const hash = createHash("sha256");
  for (const { name } of knownSteps()) {
    hash.update(name).update(readFileSync(new URL(`../migrations/${name}`, import.meta.url)));
  }
  return `migrated${hash.digest("hex").slice(0, 16)}`;
}

/** A store's database with every step of the schema made; one template for each set of migrations. */
export const migrated: Template = { name: nameOfSteps(), fill: (database) => migrate(database) };
