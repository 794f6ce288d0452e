import { isMap } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { fieldKindsOf, isEmptied, personEntities, privacyInventory } from "@crossfoot/model";
import type { Contract, InventoryLine } from "@crossfoot/model";
import type { HeldRow } from "../store/port.ts";
import { mappingOf } from "./world.ts";
import type { Side } from "./world.ts";

/** A place of a person's record that an erasure empties. */
export interface PersonalPath {
  readonly field: string;
  /** Canonical place: the field, or a part of it. */
  readonly path: string;
  readonly category: InventoryLine["category"];
  /** What stands there once the person is erased; "" for nothing. */
  readonly erasedAs: string;
}

/** The places of a person's record that an erasure empties, by the contract. */
export function personalPaths(contract: Contract): readonly PersonalPath[] {
  return privacyInventory(contract).flatMap(({ entity, field, category, erasedAs }) => {
    const kind = fieldKindsOf(entity, contract.entities[entity])[field];
    if (kind === undefined || erasedAs === null) return [];
    const parts = kind.kind === "group" ? Object.entries(kind.parts) : [["", kind] as const];
    return parts
      .filter(([, part]) => isEmptied(part))
      .map(([part]) => ({
        ...{ field, category, erasedAs },
        path: part === "" ? field : `${field}.${part}`,
      }));
  });
}

/** Names under which values of a person stand in rows: of fields, of their parts, of native roots. */
function keysOf(
  contract: Contract,
  sides: readonly Side[],
): { readonly all: ReadonlySet<string>; readonly contact: ReadonlySet<string> } {
  const all = new Set<string>();
  const contact = new Set<string>();
  for (const { field, path, category } of personalPaths(contract)) {
    const roots = sides.flatMap((side) =>
      personEntities.flatMap((entity) => mappingOf(side, entity)?.fields[field]?.roots ?? []),
    );
    for (const key of [field, path, ...roots]) {
      all.add(key);
      if (category === "contact") contact.add(key);
    }
  }
  return { all, contact };
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap((each: Json) => textsIn(each));
  return isMap(value) ? Object.values(value).flatMap((each) => textsIn(each)) : [];
}

/** Columns and keys beside a `field` that say what happened, never what stood there. */
const structural: ReadonlySet<string> = new Set([
  ...["field", "connection", "target", "reason", "link", "entry", "key", "by", "at", "kind", "entity"],
  ...["side", "actor", "policy", "why", "winner", "label", "id", "rule"],
]);

/** Texts under the keys, wherever they stand in a value. */
function textsUnder(value: Json, keys: ReadonlySet<string>): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each: Json) => textsUnder(each, keys));
  if (!isMap(value)) return [];
  const { field } = value;
  const isOfField = typeof field === "string" && keys.has(field);
  return Object.entries(value).flatMap(([key, each]) =>
    keys.has(key) || (isOfField && !structural.has(key)) ? textsIn(each) : textsUnder(each, keys),
  );
}

/** Shortest text that is looked for in rows about something else. */
const identifierLengthMin = 5;
/** Most names that are put together to a whole one. */
const namesMax = 12;

/**
 * All values of a person in the rows about them, and of these the texts that name this person alone: numbers
 * and addresses, and two names one after the other. Pure.
 */
export function valuesOfPerson(
  rows: readonly HeldRow[],
  at: { readonly contract: Contract; readonly sides: readonly Side[] },
): { readonly values: readonly string[]; readonly identifiers: readonly string[] } {
  const keys = keysOf(at.contract, at.sides);
  const stays = new Set(personalPaths(at.contract).map(({ erasedAs }) => erasedAs.toLowerCase()));
  const isValue = (text: string): boolean => text.trim() !== "" && !stays.has(text.toLowerCase());
  // What a merge that was taken back tells is another person's too.
  const isApart = ({ table, row }: HeldRow): boolean =>
    table === "link_merge" && (row["unmerged_at"] ?? null) !== null;
  const own = rows.filter((held) => held.isOwn && !isApart(held)).map(({ row }) => row);
  const under = (names: ReadonlySet<string>): readonly string[] => [
    ...new Set(own.flatMap((row) => textsUnder(row, names)).filter(isValue)),
  ];
  const values = under(keys.all);
  const contact = under(keys.contact);
  const names = values.filter((text) => !contact.includes(text)).slice(0, namesMax);
  const whole = names.flatMap((one) =>
    names.filter((other) => other !== one).map((other) => `${one.trim()} ${other.trim()}`),
  );
  const identifiers = [...contact, ...whole].filter((text) => text.trim().length >= identifierLengthMin);
  return { values, identifiers: [...new Set(identifiers.map((text) => text.trim()))] };
}

/** What a value says of a person, in the smallest parts that still say what it is about. Pure. */
export function partsAbout(
  value: Json,
  person: { readonly link: string | null; readonly identifiers: readonly string[] },
): readonly Json[] {
  const names = (text: Json): boolean =>
    typeof text === "string" &&
    person.identifiers.some((each) => text.toLowerCase().includes(each.toLowerCase()));
  if (names(value)) return [value];
  if (Array.isArray(value)) return value.flatMap((each: Json) => partsAbout(each, person));
  if (!isMap(value)) return [];
  const entries = Object.entries(value);
  if (person.link !== null && entries.some(([, each]) => each === person.link)) return [value];
  const own = entries.filter(([, each]) => names(each));
  const below = entries.flatMap(([, each]) => (names(each) ? [] : partsAbout(each, person)));
  return own.length === 0 ? below : [Object.fromEntries(own), ...below];
}
