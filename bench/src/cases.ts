import { changes } from "./cases/changes.ts";
import { engineAlone } from "./cases/engine-alone.ts";
import { firstLoad } from "./cases/first-load.ts";
import { interactive } from "./cases/interactive.ts";
import { oneChange } from "./cases/one-change.ts";
import type { Case } from "./cases/scene.ts";
import { sweep } from "./cases/sweep.ts";
import { tree } from "./cases/tree.ts";

/** A case by its name on the command line. */
export interface NamedCase {
  readonly name: string;
  readonly run: Case;
  /** Stores it runs on. */
  readonly homes: readonly ("server" | "embedded")[];
  /** Whether its resident size is a line of the table. */
  readonly judgesMemory: boolean;
}

const both = ["server", "embedded"] as const;

/** Every case, in the order of the table. */
export const cases: readonly NamedCase[] = [
  { name: "first-load", run: firstLoad, homes: both, judgesMemory: true },
  { name: "changes", run: changes, homes: both, judgesMemory: false },
  { name: "engine-alone", run: engineAlone, homes: both, judgesMemory: true },
  { name: "sweep", run: sweep, homes: both, judgesMemory: false },
  { name: "tree", run: tree, homes: ["server"], judgesMemory: false },
  { name: "one-change", run: oneChange, homes: both, judgesMemory: false },
  { name: "interactive", run: interactive, homes: both, judgesMemory: false },
];
