import type { Kind, MatchedEntity } from "../kinds.ts";
import type { Weights } from "../weigh/estimate.ts";
import type { Measure } from "../weigh/levels.ts";

/** Kinds that say where something is; neighbours share them. */
const placeKinds: ReadonlySet<Kind> = new Set([
  ...(["street", "house", "place", "country", "postcode", "phone", "employer"] as const),
]);
/** Kinds that two places hardly share. */
const exactPlaceKinds: ReadonlySet<Kind> = new Set(["street", "postcode", "phone"]);
/** Up to this level two values differ, and from that level on they agree. */
const differMax = 2;
const agreeMin = 5;
/** So many places that differ, while none agrees, are another branch or a namesake, or somebody moved. */
const elsewhereMin = 2;
/** Kinds that say neither who nor where. */
const looseKinds: { readonly [entity in MatchedEntity]: ReadonlySet<Kind> } = {
  accounts: new Set(["category", "unit", "number", "date"]),
  // The date is that of a birth.
  contacts: new Set(["category", "unit", "number"]),
  products: new Set(["category", "unit", "number", "date"]),
  warehouses: new Set(["category", "unit", "number", "date"]),
  users: new Set(["category", "unit", "number", "date"]),
};
/**
 * What names a pair (name, mail, web, tax id, article number) has to weigh more than this, natural
 * logarithm:
 * organisations share addresses; a person's names are often misspelt, and products are told by many words.
 */
const namedMin: { readonly [entity in MatchedEntity]: number } = {
  accounts: 0,
  contacts: -4,
  products: -Infinity,
  warehouses: 0,
  users: 0,
};

/** A candidate that is to be judged. */
interface Judged {
  readonly weights: Weights;
  readonly entity: MatchedEntity;
  readonly pair: number;
  /** Few records have a partner: places that differ outweigh one that agrees. */
  readonly isCautious: boolean;
}

/** Whether both carry article numbers, and these are not equal. */
function hasOtherNumber(measures: readonly Measure[], pair: number): boolean {
  const level = measures.at(-1)?.levels[pair] ?? 0;
  return level > 0 && level <= agreeMin;
}

/** Kinds that are one person's or one company's own wherever it is. */
const ownKinds: ReadonlySet<Kind> = new Set(["tax", "code", "date"]);

/**
 * Whether street, postcode and phone say that the two are elsewhere: one name is not enough then. Another
 * tax id says so too, in more than a slip; what fails its check digit was left out before.
 */
function isElsewhere(measures: readonly Measure[], { pair, isCautious }: Judged): boolean {
  let differing = 0;
  let agreeing = 0;
  for (const { kind, levels } of measures) {
    const level = levels[pair] ?? 0;
    if (ownKinds.has(kind) && level > agreeMin) return false;
    if (kind === "tax" && level > 0 && level < agreeMin) differing++;
    if (level === 0 || !exactPlaceKinds.has(kind)) continue;
    if (level >= agreeMin) agreeing++;
    if (level <= differMax) differing++;
  }
  return differing >= elsewhereMin && (agreeing === 0 || (isCautious && differing > agreeing));
}

/**
 * Whether a candidate may be linked without a person: what names it has to be there and to speak for it. An
 * address that two organisations share, or a blank, links nothing; nor does a name whose street, postcode and
 * phone are all others.
 */
export function isNamed(measures: readonly Measure[], judged: Judged): boolean {
  const { weights, entity, pair } = judged;
  if (entity === "products" && judged.isCautious && hasOtherNumber(measures, pair)) return false;
  if (entity !== "products" && isElsewhere(measures, judged)) return false;
  let sum = 0;
  let isSaid = false;
  for (const [at, { kind, levels, rarity }] of measures.entries()) {
    const level = levels[pair] ?? 0;
    if (placeKinds.has(kind) || looseKinds[entity].has(kind) || level === 0) continue;
    isSaid = true;
    sum += (weights.byMeasure[at]?.[level] ?? 0) + (rarity[pair] ?? 0) / 4;
  }
  return isSaid && sum > namedMin[entity];
}
