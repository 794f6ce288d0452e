import { firstLoad } from "./cases/first-load.ts";
import type { Case } from "./cases/scene.ts";

/** A case by its name on the command line. */
export interface NamedCase {
  readonly name: string;
  readonly run: Case;
  /** Stores it runs on. */
  readonly homes: readonly ("server" | "embedded")[];
  /** Whether its resident size is judged: the largest target is set for a server with PostgreSQL. */
  readonly judgesMemory: boolean;
}

/** Every case, in the order of the table. */
export const cases: readonly NamedCase[] = [
  { name: "first-load", run: firstLoad, homes: ["server", "embedded"], judgesMemory: true },
];
