import type { Reason } from "./known-names.ts";

/**
 * One known text of Odoo in English and what it means, where the name alone does not tell: the name it comes
 * under (null: any), its form, and the reason. `$1`, `$2` stand for names of fields and models, never values.
 */
export type KnownText = readonly [name: string | null, form: RegExp, reason: Reason];

const user = "odoo.exceptions.UserError";
const validation = "odoo.exceptions.ValidationError";
const value = "builtins.ValueError";

/** Texts of Odoo 17 and 19; those that were met are in the recordings. */
export const knownTexts: readonly KnownText[] = [
  [
    value,
    /^Invalid field '(\w+)' (?:on model|in) '([\w.]+)'/,
    ["unsupported", "unknown_name", "Odoo has no field $1 on $2"],
  ],
  [
    value,
    /^Invalid field ([\w.]+)\.(\w+) in condition/,
    ["unsupported", "unknown_name", "Odoo has no field $2 on $1"],
  ],
  [
    value,
    /NUL \(0x00\)|null (?:character|byte)/i,
    ["invalid", "control_character", "Odoo takes no null byte in a text"],
  ],
  [value, /^Wrong value for ([\w.]+): /, ["invalid", "code_unknown", "Odoo knows no such value of $1"]],
  [user, /^Object ([\w.]+) doesn't exist/, ["unsupported", "unknown_name", "Odoo has no model $1"]],
  [
    null,
    /^Private methods \(such as '[\w.]+'\) cannot be called remotely/,
    ["unsupported", "method_not_offered", "Odoo does not offer this method to clients"],
  ],
  [
    user,
    /not in a state requiring confirmation/,
    ["stale", "wrong_state", "the order is in a state that is not confirmed any more"],
  ],
  [user, /must be in draft\.?$/, ["stale", "wrong_state", "the document is not a draft any more"]],
  [
    user,
    /^It is forbidden to modify the following fields in a locked order/,
    ["invalid", "document_closed", "the order is locked"],
  ],
  [
    user,
    /^You cannot modify the following readonly fields on a posted move/,
    ["invalid", "document_closed", "the invoice is posted"],
  ],
  [
    user,
    /^Once a sales order is confirmed, you can't remove one of its lines/,
    ["invalid", "document_closed", "a confirmed order keeps its lines"],
  ],
  [
    validation,
    /does not seem to be valid|^The (?:VAT|Tax ID|tax ID) number/,
    ["invalid", "tax_id_invalid", "Odoo finds the tax number not valid"],
  ],
  [
    validation,
    /^Barcode\(s\) already assigned/,
    ["invalid", "duplicate", "another product has this barcode already"],
  ],
  [
    validation,
    /^The operation cannot be completed:\s*- Create\/update: a mandatory field is not set/,
    ["invalid", "required", "a required value is missing"],
  ],
  [
    validation,
    /^The operation cannot be completed: Contacts require a name/,
    ["invalid", "required", "a partner needs a name"],
  ],
  [
    "builtins.AttributeError",
    /^The method '[\w.]+' does not exist/,
    ["unsupported", "unknown_name", "Odoo has no such method"],
  ],
  [
    validation,
    /Missing required value for the field '[^']*' \((\w+)\)/,
    ["invalid", "required", "a value is required for $1"],
  ],
  // Odoo says this of a reference to a record that is not there, and speaks of a deletion nobody asked for.
  [
    validation,
    /[Aa]nother model (?:is using|requires) the record (?:you are trying to delete|being deleted)/,
    ["invalid", "reference_missing", "a reference names a record that is not there, or one in use"],
  ],
  [
    validation,
    /^You cannot create recursive|[Rr]ecursi/,
    ["invalid", "parent_cycle", "the record would be its own ancestor"],
  ],
  [user, /credit limit/i, ["invalid", "credit_limit", "the order would exceed the customer's credit limit"]],
  [
    "psycopg2.OperationalError",
    /database "[^"]*" does not exist/,
    ["unauthorised", "database_unknown", "Odoo serves no database of this name"],
  ],
  [
    "psycopg2.OperationalError",
    /^connection to server (?:at|on) .* failed|^could not connect to server/s,
    ["transient", "database_away", "Odoo does not reach its database"],
  ],
];
