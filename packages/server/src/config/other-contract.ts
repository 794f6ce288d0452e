import { resolve } from "node:path";
import { compilePolicy, entityNames } from "@crossfoot/model";
import type { Contract } from "@crossfoot/model";
import type { EntityPolicy } from "@crossfoot/kernel";
import { hashOf, loadContract, switched } from "./load-contract.ts";
import { problemOf } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { findFile } from "./project-files.ts";
import type { Project } from "./project.ts";

/** A contract that is not in force, as it would be in the place of the project's own. */
export interface LoadedOther {
  readonly contract: Contract;
  readonly hash: string;
  readonly version: string | null;
  readonly policies: readonly EntityPolicy[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads a contract from a file as if it stood in the place of contract.yaml: over the defaults, with the
 * switches of the project. `file` is relative to the working folder. Never throws.
 */
export function loadOtherContract(project: Project, file: string): LoadedOther {
  const found = findFile(project.folder, resolve(file));
  const loaded = loadContract(found.kind === "file" ? found.file : null);
  const missing = found.kind === "none" ? [problemOf({ file, line: null }, "there is no such file")] : [];
  const broken = found.kind === "problem" ? [found.problem] : [];
  const contract = switched(
    loaded.contract,
    (name) => project.settings.find(({ path }) => path === `entities.${name}`)?.value === true,
  );
  const names = entityNames.filter((name) => contract.entities[name].enabled);
  return {
    contract,
    hash: hashOf(contract),
    version: loaded.version,
    policies: names.map((name) => compilePolicy(contract, name, project.roles)),
    problems: [...missing, ...broken, ...loaded.problems],
  };
}
