import type { Json } from "./json.ts";

/** The kinds of value a field of a twin may hold; API.md gives the wire form per system. */
export type FieldKind =
  | "text"
  | "choice"
  | "flag"
  | "integer"
  | "decimal"
  | "amount"
  | "money"
  | "date"
  | "instant"
  | "reference"
  | "group"
  | "rows"
  | "list";

/** A field as an object declares it. Custom fields have the same form. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** Must have a value on create, and may not be cleared. */
  readonly required?: boolean;
  /** Written by the system only. */
  readonly readOnly?: boolean;
  readonly searchable?: boolean;
  readonly unique?: boolean;
  /** Longest text, in UTF-16 units; the system's default where left out. */
  readonly max?: number;
  readonly choices?: readonly string[];
  /** The object a reference points to. */
  readonly target?: string;
  /** The field of the target that the reference holds, where it is not the id. */
  readonly by?: string;
  /** Decimals: at most that many (CRM), exactly that many (ERP). */
  readonly scale?: number;
  /** `positive`: over 0; `unsigned`: 0 or more; `percent`: 0 to 100. */
  readonly range?: "positive" | "unsigned" | "percent";
  /** Fields of a group or of rows. */
  readonly fields?: readonly Field[];
  /** Rows without an id of their own. */
  readonly keyless?: boolean;
  /** Stored on create when the body leaves the field out. */
  readonly initial?: Json;
}

/** One kind of record that a system holds. */
export interface ObjectSchema {
  readonly name: string;
  /** Prefix of ids at the CRM. */
  readonly prefix?: string;
  readonly fields: readonly Field[];
  /** Creates, updates and deletes by the API are refused. */
  readonly readOnly?: boolean;
  /** Kept for the system itself: no routes, not in the OpenAPI document. */
  readonly hidden?: boolean;
  /** Money inside a record must have the record's own currency. */
  readonly oneCurrency?: boolean;
  /** Fields that are unique together. */
  readonly naturalKey?: readonly string[];
}

/** A change of schema while the system runs, see `alter`. */
export type FieldChange =
  | { readonly kind: "rename"; readonly to: string }
  | { readonly kind: "remove" }
  | { readonly kind: "required"; readonly required: boolean }
  | { readonly kind: "max-length"; readonly max: number }
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "add"; readonly field: Field };

type Options = Omit<Field, "name" | "kind">;

/** A text field. */
export function text(name: string, options: Options = {}): Field {
  return { name, kind: "text", ...options };
}

/** A field that holds one of some codes. */
export function choice(name: string, choices: readonly string[], options: Options = {}): Field {
  return { name, kind: "choice", choices, ...options };
}

/** A true or false field. */
export function flag(name: string, options: Options = {}): Field {
  return { name, kind: "flag", ...options };
}

/** A field that refers to a record of another object, by id or, with `by`, by a code. */
export function reference(name: string, target: string, options: Options = {}): Field {
  return { name, kind: "reference", target, ...options };
}

/** A field of a kind that needs no further declaration. */
export function plain(
  name: string,
  kind: "integer" | "decimal" | "amount" | "money" | "date" | "instant" | "list",
  options: Options = {},
): Field {
  return { name, kind, ...options };
}

/** Fields that belong together, such as an address. */
export function group(name: string, fields: readonly Field[], options: Options = {}): Field {
  return { name, kind: "group", fields, ...options };
}

/** A nested collection. */
export function rows(name: string, fields: readonly Field[], options: Options = {}): Field {
  return { name, kind: "rows", fields, ...options };
}

/** The declared field of that name at a dotted path, or null. */
export function fieldAt(fields: readonly Field[], path: string): Field | null {
  const [head, ...rest] = path.split(".");
  const field = fields.find((candidate) => candidate.name === head) ?? null;
  if (field === null || rest.length === 0) return field;
  return field.kind === "group" ? fieldAt(field.fields ?? [], rest.join(".")) : null;
}

/** The fields after a change of schema. An unknown field leaves them as they were. */
export function changeFields(fields: readonly Field[], name: string, change: FieldChange): readonly Field[] {
  if (change.kind === "add") return [...fields, change.field];
  if (change.kind === "remove") return fields.filter((field) => field.name !== name);
  return fields.map((field): Field => {
    if (field.name !== name) return field;
    if (change.kind === "rename") return { ...field, name: change.to };
    if (change.kind === "required") return { ...field, required: change.required };
    if (change.kind === "max-length") return { ...field, max: change.max };
    return { ...field, choices: change.choices };
  });
}

/** Schemas by name, each with its custom fields. */
export function withCustomFields(
  schemas: readonly ObjectSchema[],
  custom: Readonly<Record<string, readonly Field[]>>,
): Map<string, ObjectSchema> {
  return new Map(
    schemas.map((schema) => [
      schema.name,
      { ...schema, fields: [...schema.fields, ...(custom[schema.name] ?? [])] },
    ]),
  );
}
