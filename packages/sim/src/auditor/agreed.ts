import type { Json } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import type { Commit } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";
import { corresponds } from "./terms.ts";
import type { Role } from "./things.ts";
import { isSame, plainAfter, roles } from "./things.ts";

/**
 * Whether a person's change came back to the value on which both sides had agreed last, by our own doing or
 * from the beginning: it equals the base image, and nothing is left of it that could be lost (INVARIANTS.md
 * I02).
 */
export function isBackToAgreed(
  sight: Sight,
  pair: { readonly [role in Role]: Row },
  { person, field }: { readonly person: Commit; readonly field: string },
): boolean {
  const { entity } = person;
  const before = roles
    .flatMap((role) => pair[role].commits)
    .filter(({ system, seq, at }) => (system === person.system ? seq < person.seq : at < person.at))
    .toSorted((a, b) => a.at - b.at);
  const now: { crm?: Json | undefined; erp?: Json | undefined } = {};
  let agreed: { readonly value: Json | undefined } | null = null;
  for (const commit of before) {
    now[commit.system] = plainAfter(sight.systems[commit.system], commit)[field];
    const { crm, erp } = now;
    const isBoth = "crm" in now && "erp" in now;
    // That two people chose the same is not known before we look.
    const isKnown = agreed === null || commit.actor.kind === "us";
    if (isBoth && isKnown && corresponds(sight, { entity, field }, { crm, erp }))
      agreed = { value: now[person.system] };
  }
  const value = plainAfter(sight.systems[person.system], person)[field];
  return agreed !== null && isSame(agreed.value, value);
}
