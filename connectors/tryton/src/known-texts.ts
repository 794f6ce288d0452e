import type { FailureRecord } from "./native.ts";

/**
 * One known text of Tryton 6.0 in English (the login asks for that language), and what it means for the
 * runtime. In the message `$1`, `$2` stand for labels of fields and models, never for values.
 */
export type KnownText = readonly [
  text: RegExp,
  failure: FailureRecord["failure"],
  code: string,
  message: string,
];

/** Texts of a UserError, from `message.xml` of the modules; nothing else tells them apart. */
export const userErrors: readonly KnownText[] = [
  [
    /^You are not allowed to access "([^"]+)"\.$/,
    "unsupported",
    "not_permitted",
    "Tryton's rights do not allow access to $1",
  ],
  [
    /^Calling button "(\w+) on "([^"]+)" is not allowed\.$/,
    "unsupported",
    "not_permitted",
    "Tryton's rights do not allow the button $1 on $2",
  ],
  [
    /^You are not allowed to (create|read|write|delete) .*? of "([^"]+)" because/s,
    "unsupported",
    "not_permitted_record",
    "a record rule of Tryton does not allow to $1 this $2",
  ],
  [
    /^You are trying to \w+ (?:to )?records ".*" of "([^"]+)" that don't exist anymore\.$/s,
    "stale",
    "record_gone",
    "the $1 does not exist any more",
  ],
  [
    /^A value is required for field "([^"]+)" in "([^"]+)"\.$/,
    "invalid",
    "required",
    "$2 needs a value for $1",
  ],
  [
    /^The value for field "([^"]+)" in "([^"]+)" is not valid according to its domain\.$/,
    "invalid",
    "not_in_domain",
    "the value for $1 of $2 is not one that Tryton allows here",
  ],
  [
    /^The value for field "([^"]+)" in "([^"]+)" is too long/,
    "invalid",
    "too_long",
    "the value for $1 of $2 is too long",
  ],
  [
    /^The number of digits in the value ".*" for field "([^"]+)" in "([^"]+)" exceeds the limit of "\d+"\.$/s,
    "invalid",
    "too_precise",
    "the value for $1 of $2 has more decimals than Tryton takes",
  ],
  [
    / for field "([^"]+)" in "([^"]+)" contains some invalid chars /s,
    "invalid",
    "control_character",
    "the value for $1 of $2 contains characters that Tryton refuses",
  ],
  [
    / for field "([^"]+)" in "([^"]+)" is not one of the allowed options\.$/s,
    "invalid",
    "code_unknown",
    "the value for $1 of $2 is not one of Tryton's options",
  ],
  [
    / for field "([^"]+)" in "([^"]+)" does not exist\.$/s,
    "invalid",
    "reference_missing",
    "the record that $1 of $2 points at does not exist",
  ],
  [
    /^The records could not be deleted because they are used by field "([^"]+)" of "([^"]+)"\.$/,
    "invalid",
    "in_use",
    "the record is used by $1 of $2",
  ],
  [/^The code on party must be unique\.$/, "invalid", "duplicate_number", "another party has this code"],
  [
    /^Code of active product must be unique\.$/,
    "invalid",
    "duplicate_number",
    "another active product has this code",
  ],
  [
    /^The .+ ".*" for party ".*" is not valid\.$/s,
    "invalid",
    "tax_id_invalid",
    "Tryton's check of the identifier failed",
  ],
  [
    / has reached (?:their credit limit|the credit limit level) of /s,
    "invalid",
    "credit_limit",
    "the order would exceed the customer's credit limit",
  ],
  [
    /^To get a quote for sale ".*" you must enter (an invoice address|a shipment address|a warehouse)\.$/s,
    "invalid",
    "quote_incomplete",
    "the quote needs $1",
  ],
  [
    /^To confirm sale ".*" you must change the carrier/s,
    "invalid",
    "carrier_unavailable",
    "the carrier does not deliver to this address",
  ],
  [
    /^To (?:process|invoice) sale ".*" you must/s,
    "invalid",
    "setup_incomplete",
    "Tryton lacks an account or a customer location that this sale needs",
  ],
  [
    /^To continue, you must create a (period|fiscal year) for the date/,
    "invalid",
    "period_closed",
    "Tryton has no open $1 for the date",
  ],
  [
    /closed (?:period|journal-period|fiscal year)/,
    "invalid",
    "period_closed",
    "the accounting period is closed",
  ],
  [
    /^You cannot modify (?:invoice|line|posted move)/,
    "invalid",
    "document_closed",
    "the document is posted, paid or cancelled",
  ],
  [/^Recursion error: /, "invalid", "parent_cycle", "the record would be its own ancestor"],
];

/** Texts of other exceptions. The transaction was rolled back, or the database was never reached. */
export const serverErrors: readonly KnownText[] = [
  [
    /^could not serialize access due to /,
    "transient",
    "serialization",
    "the database met a concurrent change",
  ],
  [/^could not obtain lock on (?:relation|row)/, "transient", "lock", "another transaction holds the rows"],
  [/^deadlock detected/, "transient", "deadlock", "the database broke a deadlock"],
  [/^database is locked/, "transient", "lock", "another transaction holds the database"],
  [
    /^connection to server (?:at|on) .* failed/s,
    "transient",
    "database_away",
    "Tryton does not reach its database",
  ],
  [
    /^FATAL: {2}sorry, too many clients already/,
    "transient",
    "database_busy",
    "the database takes no more connections",
  ],
  [/^'([\w.]+)'$/, "unsupported", "unknown_name", "Tryton knows no model or field named $1"],
  [/NUL \(0x00\)/, "invalid", "control_character", "Tryton takes no null byte"],
];

/** Names of warnings that a person could confirm, without the record's id at their end. */
export const warnings: readonly KnownText[] = [
  [/^credit_limit_amount_/, "invalid", "credit_limit", "the order would exceed the customer's credit limit"],
  [
    /^credit_limit_dunning_/,
    "invalid",
    "credit_limit",
    "the customer is at a dunning level that blocks credit",
  ],
];
