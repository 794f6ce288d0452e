import type { EntityName } from "@crossfoot/model";
import type { NativeWrite } from "@crossfoot/connector-sdk";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import type { Role } from "../auditor/things.ts";
import { isSame, otherOf, plainAfter, roles } from "../auditor/things.ts";
import { rowsOf } from "../auditor/told.ts";
import { rootOf } from "../system/dialect.ts";
import { kindOf, shapesOn } from "../system/vocabulary.ts";

/** A reference that the contract wants to be there before its record is created. */
interface Parent {
  readonly field: string;
  readonly entity: EntityName;
}

/**
 * I10: a create is sent only when each mandatory parent is there on the target, and names just that one. A
 * child that waits uses no attempt and names its parent, and none waits at quiet whose parent is there.
 */
export function parentBeforeChild(sight: Sight): Checker {
  let looked = 0;
  return {
    invariant: "I10",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind !== "call" || entry.call !== "write") return [];
      const role = roles.find((each) => each === entry.system);
      if (role === undefined) return [];
      return entry.writes.flatMap((write) => {
        if (write.kind !== "create") return [];
        return parentsOf(sight, role, write.entity as EntityName).flatMap((parent): readonly Violation[] => {
          looked += 1;
          const problem = problemOf(sight, { role, parent, write });
          if (problem === null) return [];
          const what = `call ${entry.id} creates ${write.entity} on ${role}`;
          const message = `${what}, and its ${parent.field} ${problem}`;
          const about = { system: role, entity: write.entity, field: parent.field, call: entry.id };
          return [{ invariant: "I10", message, at: entry.at, about }];
        });
      });
    },
    atQuiet: (facts) => waiting(facts),
  };
}

function parentsOf({ contract }: Sight, role: Role, entity: EntityName): readonly Parent[] {
  return Object.entries(contract.entities[entity].fields).flatMap(([field, terms]): readonly Parent[] => {
    const shape = shapesOn(role, entity)[field];
    return terms.mandatory === true && shape?.kind === "ref" ? [{ field, entity: shape.entity }] : [];
  });
}

/** What is wrong with the parent that a create names; null when nothing is. */
function problemOf(
  { systems }: Sight,
  { role, parent, write }: { readonly role: Role; readonly parent: Parent; readonly write: NativeWrite },
): string | null {
  const other = otherOf(role);
  const entity = write.entity as EntityName;
  const tag = systems[role].decode(entity, write.patch)[kindOf(entity).tag];
  const sources = systems[other].rows(entity).filter((row) => row.tag === tag);
  const shown = sources.flatMap((row) =>
    row.commits.map((commit) => plainAfter(systems[other], commit)[parent.field]),
  );
  const value = write.patch[rootOf(role, parent.field)];
  // A document whose own system shows no parent has none to wait for.
  if (typeof value !== "string") return shown.some((each) => isSame(each, null)) ? null : "is not named";
  const found = systems[role].row(parent.entity, value);
  if (found === undefined) return `${value} is not there`;
  // Whose parent was joined with another goes to that one.
  const isMerged = roles.some((side) =>
    systems[side].rows(parent.entity).some((row) => row.commits.some(({ after }) => after.into !== null)),
  );
  if (sources.length === 0 || isMerged) return null;
  return shown.includes(systems[role].names.of(parent.entity, found.tag))
    ? null
    : `is ${found.tag}, which the other side never named`;
}

/** Children that wait at quiet. */
function waiting(facts: StoreFacts): readonly Violation[] {
  // A record whose id was given away is gone: it is a member of its link by another name alone.
  const members = rowsOf(facts, "link_member").filter(
    ({ until_at: until, external_id: id }) => until === null && !/~gone~\d+$/.test(String(id)),
  );
  const intents = rowsOf(facts, "intent");
  return rowsOf(facts, "wait").flatMap((row): readonly Violation[] => {
    const [link, target, field] = [row["link_id"], row["target"], String(row["field"])];
    const about = { link: String(link), target: String(target), field };
    const found = (what: string): Violation => ({
      invariant: "I10",
      message: `${String(link)} waits for its ${field} on ${String(target)} and ${what}`,
      at: facts.at,
      about,
    });
    const parent = row["parent_link"];
    if (parent === null && row["parent_id"] === null) return [found("names no parent")];
    const isThere = members.some((member) => member["link_id"] === parent && member["connection"] === target);
    const isTried =
      row["is_blocking"] === true &&
      intents.some(
        (intent) =>
          intent["link_id"] === link &&
          intent["target"] === target &&
          intent["state"] === "stored" &&
          Number(intent["attempts"]) > 0,
      );
    return [
      ...(isThere ? [found("its parent is there")] : []),
      ...(isTried ? [found("used an attempt")] : []),
    ];
  });
}
