import type { EntityMapping, FieldMapping, ValueForm } from "@crossfoot/connector-sdk";
import type { FieldKind, Json } from "@crossfoot/kernel";

const json = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A kind of value as an engineer reads it, such as `list of (product, quantity)`. */
export function kindWords(kind: FieldKind): string {
  switch (kind.kind) {
    case "reference":
      return `reference to ${kind.entity}`;
    case "group":
      return `group (${Object.keys(kind.parts).join(", ")})`;
    case "collection":
      return `list of (${Object.keys(kind.parts).join(", ")})`;
    case "money":
      return "money (amount, ISO currency)";
    case "quantity":
      return "quantity (value, unit)";
    case "instant":
      return "instant (UTC)";
    case "date":
      return "day";
    default:
      return kind.kind;
  }
}

function formWords(form: ValueForm): readonly string[] {
  const { reference, as, form: shape, zone, digits, round, lengthMax, onLong, nulls, missingIsNull } = form;
  return [
    ...(reference === null ? [] : [`id of ${reference}`]),
    ...(form.values === null ? [] : ["by value map"]),
    ...(shape === null ? [] : [`form ${shape}`]),
    ...(zone === null ? [] : [`zone ${zone}`]),
    ...(as === null ? [] : [`as ${as}`]),
    ...(digits === null ? [] : [`${digits} digits${round === null ? "" : `, ${round}`}`]),
    ...(lengthMax === null
      ? []
      : [`at most ${lengthMax} characters, longer is ${onLong === "cut" ? "cut" : "refused"}`]),
    ...(nulls.length === 0 ? [] : [`${nulls.map((each) => json(each)).join(", ")} means none`]),
    ...(missingIsNull ? ["left out means none"] : []),
    ...(form.defaultValue === undefined ? [] : [`default ${json(form.defaultValue)}`]),
  ];
}

/** Where a field stands in a system and how it is written there; a dash where it is not mapped. */
export function nativeWords(mapping: EntityMapping, field: string): string {
  const own = mapping.fields[field];
  if (own === undefined) return "—";
  const way = own.isRead && own.isWritten ? [] : [own.isRead ? "read only" : "written only"];
  const when = own.onCreateOnly ? ["on create only"] : [];
  return [placeWords(own, mapping), ...way, ...when].join("; ");
}

function placeWords(own: FieldMapping, mapping: EntityMapping): string {
  const { source } = own;
  switch (source.from) {
    case "constant":
      return `always ${json(source.value)}`;
    case "money":
      return `${placeWords(source.amount, mapping)} in ${placeWords(source.currency, mapping)}`;
    case "quantity":
      return `${placeWords(source.value, mapping)} in ${placeWords(source.unit, mapping)}`;
    case "parts":
      return partsWords(source.parts, mapping);
    case "list": {
      const ref = source.lineRef === null ? "" : `, our line key in ${source.lineRef}`;
      return `${source.path.text}[] by ${source.key}${ref}: ${partsWords(source.fields, mapping)}`;
    }
    case "path": {
      const expression = mapping.expressions.find(({ root }) => root === source.path.root);
      const place = expression === undefined ? source.path.text : `= ${expression.text}`;
      const form = formWords(source.form);
      return form.length === 0 ? place : `${place} (${form.join("; ")})`;
    }
  }
}

const partsWords = (parts: { readonly [part: string]: FieldMapping }, mapping: EntityMapping): string =>
  Object.entries(parts)
    .map(([part, own]) => `${part} ← ${placeWords(own, mapping)}`)
    .join(", ");

/** A value map of a field, and what stands for what in it. */
export interface ValueMapWords {
  readonly field: string;
  readonly canonical: string;
  readonly native: string;
  /** Whether this is what is written for it; else it is only read as it. */
  readonly isWritten: boolean;
}

/** Every value map of an entity, parts of groups and lists included. */
export function valueMapWords({ fields }: EntityMapping): readonly ValueMapWords[] {
  return Object.entries(fields).flatMap(([field, own]) => valueMapsOf(field, own));
}

function valueMapsOf(name: string, { source }: FieldMapping): readonly ValueMapWords[] {
  const under = (parts: { readonly [part: string]: FieldMapping }): readonly ValueMapWords[] =>
    Object.entries(parts).flatMap(([part, own]) => valueMapsOf(`${name}.${part}`, own));
  switch (source.from) {
    case "constant":
      return [];
    case "money":
      return under({ amount: source.amount, currency: source.currency });
    case "quantity":
      return under({ value: source.value, unit: source.unit });
    case "parts":
      return under(source.parts);
    case "list":
      return under(source.fields);
    case "path":
      return source.form.values === null ? [] : codesOf(name, source.form.values);
  }
}

function codesOf(field: string, values: NonNullable<ValueForm["values"]>): readonly ValueMapWords[] {
  const { toNative, toCanonical, keepsOthers } = values;
  const written = Object.entries(toNative).map(([canonical, native]) => {
    return { field, canonical, native: json(native), isWritten: true };
  });
  const known = new Set(written.map(({ canonical, native }) => `${canonical}\n${native}`));
  const read = Object.entries(toCanonical)
    .map(([native, canonical]) => ({ field, canonical: json(canonical), native, isWritten: false }))
    .filter(({ canonical, native }) => !known.has(`${canonical}\n${native}`));
  const others = { field, canonical: "any other", native: "the same", isWritten: true };
  return [...written, ...read, ...(keepsOthers ? [others] : [])];
}
