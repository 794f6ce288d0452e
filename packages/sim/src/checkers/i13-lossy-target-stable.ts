import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import { changesOf } from "../auditor/changes.ts";
import { isOfForgottenLife } from "../auditor/restores.ts";
import { carriedFields, keptBy } from "../auditor/terms.ts";
import type { Role, Thing } from "../auditor/things.ts";
import { isSame, otherOf, plainPair, roles, thingsOf } from "../auditor/things.ts";
import { rowsOf, Told } from "../auditor/told.ts";
import type { Row } from "../system/model-system.ts";
import { standing } from "../system/model-system.ts";

type Pair = { readonly [role in Role]: Row };
/** A field of which one side keeps only a part. */
interface Lossy {
  readonly thing: Thing;
  readonly pair: Pair;
  readonly field: string;
  /** The side that keeps less. */
  readonly role: Role;
}

/**
 * I13: what a lossy system made of a value stays on its side: it never goes back over the full value, and at
 * quiet the base holds both images, the stored one there and the full one here. That later cycles write
 * nothing is I06, that a person's edit of the stored one counts is I01. A store that was restored takes what
 * it has forgotten to have written for somebody's: it may go back, and the full value is told as lost.
 */
export function lossyTargetStable(sight: Sight): Checker {
  let looked = 0;
  const all = (): readonly Lossy[] =>
    thingsOf(sight).flatMap((thing) => {
      const pair = plainPair(sight, thing);
      if (pair === null) return [];
      return roles.flatMap((role) =>
        carriedFields(sight, thing.entity)
          .filter((field) => sight.systems[role].profile.lossy[thing.entity]?.[field] !== undefined)
          .map((field) => ({ thing, pair, field, role })),
      );
    });
  return {
    invariant: "I13",
    looked: () => looked,
    atQuiet: (facts) => {
      const told = new Told(sight, facts);
      return all().flatMap((lossy) => {
        const full = shown(sight, otherOf(lossy.role), lossy);
        const kept = shown(sight, lossy.role, lossy);
        const isCut = full !== undefined && !isSame(full, kept) && isSame(keptOf(sight, lossy, full), kept);
        if (!isCut || roles.some((side) => told.isOpen(side, lossy.pair[side], lossy.field))) return [];
        looked += 1;
        return basesOf(sight, lossy, { facts, told });
      });
    },
    atEnd: (facts) => all().flatMap((lossy) => returned(sight, lossy, facts)),
  };
}

const shown = (sight: Sight, side: Role, { thing, pair, field }: Lossy): Json | undefined =>
  sight.systems[side].decode(thing.entity, standing(pair[side]).native)[field];

const keptOf = (sight: Sight, { thing, role, field }: Lossy, value: Json): Json =>
  keptBy(sight, { role, entity: thing.entity, field }, value);

function violation({ thing, field, role }: Lossy, at: number, what: string): Violation {
  const message = `${role} ${thing.entity} ${thing.tag}: ${field} is kept in part there, and ${what}`;
  return { invariant: "I13", message, at, about: { entity: thing.entity, tag: thing.tag, field } };
}

/** Both images stand in the base, each as its side shows it. */
function basesOf(
  sight: Sight,
  lossy: Lossy,
  { facts, told }: { readonly facts: StoreFacts; readonly told: Told },
): readonly Violation[] {
  const { thing, pair, field } = lossy;
  return roles.flatMap((side): readonly Violation[] => {
    const link = told.linkOf(side, pair[side]);
    const row = rowsOf(facts, "base").find(
      (base) => base["link_id"] === link && String(base["connection"]) === side,
    );
    const image = ((row?.["images"] ?? {}) as JsonMap)[field] as JsonMap | undefined;
    const based = image === undefined ? undefined : sight.systems[side].decode(thing.entity, image)[field];
    if (image !== undefined && isSame(based, shown(sight, side, lossy))) return [];
    return [violation(lossy, facts.at, `the base of ${side} is ${JSON.stringify(based ?? null)}`)];
  });
}

/** Where we wrote what was kept over the value that it was made of. */
function returned(sight: Sight, lossy: Lossy, facts: StoreFacts): readonly Violation[] {
  const { pair, field, role } = lossy;
  const isForgotten = isOfForgottenLife(sight.history);
  const told = new Told(sight, facts);
  const source = changesOf(sight, { row: pair[otherOf(role)], role: otherOf(role), field });
  const target = changesOf(sight, { row: pair[role], role, field });
  return source.flatMap((ours, index): readonly Violation[] => {
    const full = source[index - 1]?.value;
    if (ours.commit.actor.kind !== "us" || full === undefined || full === null) return [];
    const kept = keptOf(sight, lossy, full);
    if (isSame(kept, full) || !isSame(kept, ours.value)) return [];
    // Somebody who typed the shorter value there meant it, also where he typed a longer one.
    const origin = target.findLast(({ commit }) => commit.at <= ours.commit.at);
    const isMeant = origin === undefined || origin.commit.actor.kind !== "us";
    const isTold = (): boolean =>
      told.lostOf(otherOf(role), pair[otherOf(role)], field).some((lost) => isSame(lost, full));
    if (!isMeant && isForgotten(origin.commit, ours.commit.at) && isTold()) return [];
    const at = Math.min(ours.commit.at, facts.at);
    return isMeant ? [] : [violation(lossy, at, `went back over ${JSON.stringify(full)}`)];
  });
}
