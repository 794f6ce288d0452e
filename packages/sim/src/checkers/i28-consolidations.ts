import type { JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import { consolidationsIn } from "../auditor/consolidations.ts";
import type { Consolidation, Move } from "../auditor/consolidations.ts";
import { carriedFields } from "../auditor/terms.ts";
import type { Role } from "../auditor/things.ts";
import { isSame, plainAfter, roles } from "../auditor/things.ts";
import type { Checker, Sight, Violation } from "../checker.ts";
import type { Commit } from "../system/commit.ts";
import { rootOf } from "../system/dialect.ts";
import type { Row } from "../system/model-system.ts";
import { kinds, shapesOn } from "../system/vocabulary.ts";

/** What a consolidation did otherwise than it should, and of what. */
interface Found {
  readonly message: string;
  readonly about: JsonMap;
}

/** A move with its records, and the span in which the operator worked on it. */
interface Place {
  readonly role: Role;
  readonly entity: EntityName;
  readonly move: Move;
  readonly loser: Row;
  readonly survivor: Row;
  readonly from: number;
  readonly until: number;
}

/**
 * I28 of what an operator consolidates: once a plan was made as a whole, the loser is out of the way, nothing
 * refers to it but what the plan lists or somebody pointed to it meanwhile, what referred to it is still
 * there, and of what the survivor did not say no value of the loser is lost untold; once it was taken back,
 * losers and references are as they were before, and survivors too, except what is listed or somebody
 * changed. Judged by the commit logs at the instant at which the operator's apply ended.
 */
export function consolidationsHold(sight: Sight): Checker {
  let looked = 0;
  return {
    invariant: "I28c",
    looked: () => looked,
    atEnd: () => {
      // A restored store has forgotten what was consolidated, and a torn one is held.
      if (sight.scenario.faults.some(({ name }) => name === "T4" || name === "T5")) return [];
      return consolidationsIn(sight.history).flatMap((one) =>
        one.moves.flatMap((move) => {
          const place = placeOf(sight, one, move);
          if (place === null) return [];
          looked += 1;
          const found = one.isBack
            ? [...notBack(sight, one, place), ...childrenNotBack(sight, one, place)]
            : [...notGone(place), ...leftOn(sight, one, place), ...lostValues(sight, one, place)];
          return found.map(({ message, about }): Violation => {
            const { role, entity, loser } = place;
            const what = `${role} ${entity} ${loser.tag} (${loser.id}): ${message}`;
            return { invariant: "I28c", message: what, at: one.appliedAt, about };
          });
        }),
      );
    },
  };
}

function placeOf({ systems }: Sight, one: Consolidation, move: Move): Place | null {
  const role = move.connection as Role;
  const entity = move.entity as EntityName;
  const [loser, survivor] = [move.loser, move.survivor].map((id) => systems[role].row(entity, id));
  if (loser === undefined || survivor === undefined) return null;
  return { role, entity, move, loser, survivor, from: one.forwardAt, until: one.appliedAt };
}

/** How a record stood at an instant. */
const stoodAt = (row: Row, at: number): Commit | undefined => row.commits.findLast((each) => each.at <= at);

/** Whether anybody but us changed a record in a span. */
const isTouched = (row: Row, { from, until }: Pick<Place, "from" | "until">): boolean =>
  row.commits.some(({ at, actor }) => at >= from && at <= until && actor.kind === "person");

function notGone({ loser, survivor, move, from, until }: Place): readonly Found[] {
  const stood = stoodAt(loser, until)?.after;
  const isAway =
    move.way === "merge" ? stood?.into === survivor.id : stood !== undefined && stood.life !== "live";
  if (isAway || isTouched(loser, { from, until })) return [];
  return [
    { message: `it is there although it was consolidated into ${survivor.id}`, about: { id: loser.id } },
  ];
}

/** References of an entity to another, by the native root that holds the id. */
function referring(
  role: Role,
  entity: EntityName,
): readonly { readonly of: EntityName; readonly root: string }[] {
  return (Object.keys(kinds) as EntityName[]).flatMap((of) =>
    Object.entries(shapesOn(role, of)).flatMap(([field, shape]) =>
      shape.kind === "ref" && shape.entity === entity ? [{ of, root: rootOf(role, field) }] : [],
    ),
  );
}

const isListed = (one: Consolidation, role: Role, row: Row): boolean =>
  one.left.some(
    ({ target, label, link }) =>
      target === role && (label === `${role}:${row.id}` || one.linksOf(role, row).has(link)),
  );

/** What refers to the loser, and what referred to it and is gone. */
function leftOn({ systems, scenario }: Sight, one: Consolidation, place: Place): readonly Found[] {
  const { role, entity, loser, move, from, until } = place;
  const pointing = referring(role, entity).flatMap(({ of, root }): readonly Found[] => {
    if (!scenario.entities.includes(of)) return [];
    return systems[role].rows(of).flatMap((row): readonly Found[] => {
      const stood = stoodAt(row, until);
      if (stood === undefined || stood.after.life === "deleted" || stood.after.native[root] !== loser.id)
        return [];
      const isTheirs = row.commits.some(
        (each) =>
          each.at >= from &&
          each.at <= until &&
          each.after.native[root] === loser.id &&
          isChange(each, root) &&
          each.actor.kind !== "us",
      );
      if (isTheirs || isListed(one, role, row)) return [];
      return [{ message: `${of} ${row.tag} (${row.id}) refers to it still`, about: { of, id: row.id } }];
    });
  });
  const lost = move.children.flatMap((child): readonly Found[] => {
    const row = systems[role].row(child.entity as EntityName, child.id);
    const stood = row === undefined ? undefined : stoodAt(row, until);
    if (row !== undefined && (stood?.after.life !== "deleted" || isTouched(row, { from, until }))) return [];
    return [
      { message: `${child.entity} ${child.id}, which referred to it, is gone`, about: { id: child.id } },
    ];
  });
  return [...pointing, ...lost];
}

const isChange = ({ before, after }: Commit, root: string): boolean =>
  before === null || before.native[root] !== after.native[root];

const isBlank = (value: unknown): boolean => value === undefined || value === null || value === "";

/** What the loser said and the survivor did not: it is kept, or listed. */
function lostValues(sight: Sight, one: Consolidation, place: Place): readonly Found[] {
  const { role, entity, loser, survivor, from, until } = place;
  const system = sight.systems[role];
  const [before, after] = [from, until].map((at) => {
    return [loser, survivor].map((row) => {
      const stood = stoodAt(row, at);
      return stood === undefined ? {} : plainAfter(system, stood);
    });
  });
  const fields = carriedFields(sight, entity).filter((field) => field !== "status");
  return fields.flatMap((field): readonly Found[] => {
    const value = before?.[0]?.[field];
    if (isBlank(value) || !isBlank(after?.[1]?.[field]) || !isBlank(before?.[1]?.[field])) return [];
    const isTold = one.left.some((left) => left.target === role && left.field === field);
    if (isTold || isTouched(survivor, { from, until }) || isTouched(loser, { from, until })) return [];
    return [{ message: `${field} was said by it alone, and is lost untold`, about: { field } }];
  });
}

/** A loser that is not back, and what its survivor got and still shows. */
function notBack(sight: Sight, one: Consolidation, place: Place): readonly Found[] {
  const { role, loser, survivor, move, from, until } = place;
  const isLeft = (id: string, field: string | null): boolean =>
    one.left.some(
      (left) =>
        left.target === role &&
        (left.label === `${role}:${id}` || [move.from, move.into].includes(left.link as never)) &&
        (field === null || left.field === null || left.field === field),
    );
  const stood = stoodAt(loser, until)?.after;
  const found: Found[] = [];
  const isThere = stood?.life === "live" && stood.into === null;
  if (!isThere && !isLeft(loser.id, null) && !isTouched(loser, { from, until }))
    found.push({ message: "it is not back, and nothing says that it was left", about: { id: loser.id } });
  const shown = stoodAt(survivor, until);
  const first = stoodAt(survivor, from);
  if (shown === undefined || first === undefined) return found;
  const [now, then] = [shown, first].map((each) => plainAfter(sight.systems[role], each));
  for (const field of Object.keys(move.became)) {
    const isOther = !isSame(now?.[field], then?.[field]);
    const isTheirs = roles.some((side) =>
      sight.systems[side].everyRow(place.entity).some((row) => isTouched(row, { from, until })),
    );
    if (isOther && !isTheirs && !isLeft(survivor.id, field))
      found.push({ message: `${field} of ${survivor.id} is not what it was before`, about: { field } });
  }
  return found;
}

function childrenNotBack(sight: Sight, one: Consolidation, place: Place): readonly Found[] {
  const { role, entity, loser, survivor, move, from, until } = place;
  const system = sight.systems[role];
  if (stoodAt(loser, until)?.after.life !== "live") return [];
  return move.children.flatMap((child): readonly Found[] => {
    const row = system.row(child.entity as EntityName, child.id);
    const stood = row === undefined ? undefined : stoodAt(row, until);
    if (row === undefined || stood === undefined || stood.after.life === "deleted") return [];
    const roots = referring(role, entity).filter(({ of }) => of === child.entity);
    const isOnSurvivor = roots.some(({ root }) => stood.after.native[root] === survivor.id);
    if (!isOnSurvivor || isListed(one, role, row) || isTouched(row, { from, until })) return [];
    return [{ message: `${child.entity} ${row.tag} is with ${survivor.id} still`, about: { id: child.id } }];
  });
}
