import { canonicalBytes, isBlank } from "@crossfoot/kernel";
import type { ConnectionId, Value, View } from "@crossfoot/kernel";
import type { SurvivorshipRule } from "@crossfoot/model";

/** A record that is consolidated: what each of its sides shows. */
export interface Candidate {
  readonly views: readonly View[];
  readonly isSurvivor: boolean;
}

interface Shown {
  readonly value: Value;
  readonly view: View;
  readonly candidate: Candidate;
  /** Fields of its view that say something. */
  readonly fullness: number;
}

const fullnessOf = (view: View): number =>
  Object.values(view.fields).filter((value) => !isBlank(value)).length;

/** How many fields of a record say something, over all of its sides. */
export const fullnessOfAll = ({ views }: Candidate): number =>
  views.reduce((sum, view) => sum + fullnessOf(view), 0);

const stampOf = ({ modifiedAt }: View): number => modifiedAt ?? 0;
const sizeOf = (value: Value): number =>
  typeof value === "string" ? value.length : canonicalBytes(value).length;

/** The value that stands, or null when all are blank; `differs` when a person has to choose. Pure. */
export type Survived = { readonly value: Value } | { readonly differs: readonly Value[] } | null;

/**
 * Whose value of a field stands when records are consolidated. A blank loses to any value; where the rule
 * does not tell two apart the survivor's stands, then that of the master, then the newest. Pure, never
 * throws.
 */
export function survivingValue(
  rule: SurvivorshipRule,
  at: { readonly field: string; readonly master: ConnectionId; readonly candidates: readonly Candidate[] },
): Survived {
  const { field, master, candidates } = at;
  const shown = candidates.flatMap((candidate) =>
    candidate.views.flatMap((view): readonly Shown[] => {
      const value = view.fields[field];
      if (value === undefined || isBlank(value)) return [];
      return [{ value, view, candidate, fullness: fullnessOf(view) }];
    }),
  );
  const isMaster = ({ view }: Shown): number => (view.connection === master ? 1 : 0);
  const isSurvivor = ({ candidate }: Shown): number => (candidate.isSurvivor ? 1 : 0);
  const plain = (a: Shown, b: Shown): number =>
    isSurvivor(b) - isSurvivor(a) || isMaster(b) - isMaster(a) || stampOf(b.view) - stampOf(a.view);
  const orders: { readonly [name in SurvivorshipRule]: (a: Shown, b: Shown) => number } = {
    survivor: plain,
    review: plain,
    master: (a, b) => isMaster(b) - isMaster(a) || plain(a, b),
    newest: (a, b) => stampOf(b.view) - stampOf(a.view) || plain(a, b),
    fullest: (a, b) => b.fullness - a.fullness || plain(a, b),
    longest: (a, b) => sizeOf(b.value) - sizeOf(a.value) || plain(a, b),
  };
  const [first] = shown.toSorted(orders[rule]);
  if (first === undefined) return null;
  const distinct = [...new Map(shown.map(({ value }) => [canonicalBytes(value), value])).values()];
  return rule === "review" && distinct.length > 1 ? { differs: distinct } : { value: first.value };
}
