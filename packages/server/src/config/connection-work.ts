import type { FieldKinds } from "@crossfoot/kernel";
import type { Environment } from "./environment.ts";
import { problemOf } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import type { Connectors } from "./project.ts";
import type { SecretPlaces } from "./secret-reference.ts";
import type { Settings } from "./settings.ts";
import type { YamlFile } from "./yaml-file.ts";

/** What loading one connection needs. */
export interface ConnectionSource {
  readonly folder: string;
  readonly file: YamlFile;
  readonly settings: Settings;
  readonly connectors: Connectors;
  readonly environment: Environment;
  readonly sealed: SecretPlaces["sealed"];
  /** Fields of each entity with their kinds, those that the contract adds included. */
  readonly kinds: { readonly [entity: string]: FieldKinds };
  /** False leaves secrets unread: for commands that reach no system. */
  readonly needsSecrets: boolean;
}

/** One connection being loaded. `keys` lead to it in crossfoot.yaml. */
export interface Work extends ConnectionSource {
  readonly name: string;
  readonly keys: readonly string[];
  readonly problems: ConfigProblem[];
}

/** Notes a problem at a key of the connection in crossfoot.yaml. */
export function note(
  work: Work,
  keys: readonly string[],
  told: { readonly message: string; readonly nearest?: string | undefined },
): void {
  const line = work.file.lineOf([...work.keys, ...keys]);
  work.problems.push(problemOf({ file: work.file.name, line }, told.message, told.nearest));
}
