import { entities, entityNames, fieldKindsOf, isEntityName, nearestName } from "@crossfoot/model";
import type { Contract, EntityName } from "@crossfoot/model";
import type { Json } from "@crossfoot/kernel";
import { keyRoles } from "./key-roles.ts";
import { problemOf } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import type { Settings } from "./settings.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Fields that roles do not see, by role and entity; `*` is the whole entity. */
export type Visibility = {
  readonly [role in (typeof keyRoles)[number]]: {
    readonly [entity in EntityName]?: readonly string[];
  };
};

const limitsHidden: Visibility["viewer"] = { accounts: ["creditLimit"] };
/** What holds for a role that the file says nothing about. */
const usual: Visibility = {
  viewer: limitsHidden,
  sales: limitsHidden,
  operator: {},
  approver: {},
  administrator: {},
  agent: limitsHidden,
};

/** Who does not see what. A role that the file names gets what stands there, and nothing of the usual. */
export function readVisibility(
  file: YamlFile,
  settings: Settings,
  contract: Contract,
): { readonly visibility: Visibility; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const note = (keys: readonly string[], message: string, nearest?: string): void => {
    problems.push(problemOf({ file: file.name, line: file.lineOf(keys) }, message, nearest));
  };
  const fieldsOf = (keys: readonly string[], entity: EntityName, json: Json): readonly string[] => {
    const known = ["*", ...Object.keys(fieldKindsOf(entity, contract.entities[entity]))];
    const names = Array.isArray(json) ? json : [json];
    for (const name of names) {
      if (typeof name !== "string") note(keys, "is a list of fields, or `*` for all of the entity");
      else if (!known.includes(name))
        note(keys, `${entities[entity].title} have no field \`${name}\``, nearestName(name, known));
    }
    return names.filter((name) => typeof name === "string");
  };
  const roleOf = (role: (typeof keyRoles)[number]): Visibility["viewer"] => {
    const value = settings.get(`visibility.${role}`)?.value;
    if (typeof value !== "object") return usual[role];
    const rows = Object.entries(value).flatMap(([entity, json]) => {
      const keys = ["visibility", role, entity];
      if (isEntityName(entity)) return [[entity, fieldsOf(keys, entity, json)] as const];
      note(keys, `unknown entity \`${entity}\``, nearestName(entity, entityNames));
      return [];
    });
    return Object.fromEntries(rows);
  };
  const visibility = Object.fromEntries(keyRoles.map((role) => [role, roleOf(role)])) as Visibility;
  return { visibility, problems };
}
