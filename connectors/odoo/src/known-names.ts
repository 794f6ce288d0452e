import type { FailureRecord } from "./native.ts";

/** What a failure means: class, stable code, and a message; Odoo's words follow one that ends in `:`. */
export type Reason = readonly [failure: FailureRecord["failure"], code: string, message: string];

const transient = (code: string, message: string): Reason => ["transient", code, message];
const invalid = (code: string, message: string): Reason => ["invalid", code, message];

const credentials: Reason = ["unauthorised", "wrong_credentials", "Odoo refuses this login or API key"];
const database = (about: string): Reason => invalid("value_refused", `the database refused ${about}`);

/**
 * Exceptions by the name that Odoo answers. Odoo rolls the transaction back before it answers one, so a
 * write with a named exception was not done.
 */
export const exceptionNames: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ["odoo.exceptions.AccessDenied", credentials],
  ["odoo.http.SessionExpiredException", credentials],
  ["werkzeug.exceptions.Unauthorized", credentials],
  ["odoo.exceptions.AccessError", ["unsupported", "not_permitted", "Odoo's rights do not allow this call"]],
  ["werkzeug.exceptions.Forbidden", ["unsupported", "not_permitted", "Odoo does not allow this call"]],
  ["odoo.exceptions.MissingError", ["stale", "record_gone", "the record does not exist any more"]],
  ["odoo.exceptions.ValidationError", invalid("refused", "Odoo refused:")],
  ["odoo.exceptions.UserError", invalid("refused", "Odoo refused:")],
  ["odoo.exceptions.RedirectWarning", invalid("needs_setup", "Odoo wants to be set up first:")],
  ["odoo.exceptions.CacheMiss", ["transient", "server_error", "Odoo lost its own cache"]],
  ["odoo.exceptions.LockError", transient("lock", "another transaction holds the record")],
  ["odoo.exceptions.ConcurrencyError", transient("serialization", "Odoo met a concurrent change")],
  ["werkzeug.exceptions.NotFound", ["unsupported", "unknown_name", "Odoo knows no such model or method"]],
  [
    "werkzeug.exceptions.UnprocessableEntity",
    ["unsupported", "wrong_arguments", "this version of Odoo takes other arguments"],
  ],
  ["werkzeug.exceptions.BadRequest", invalid("request_unreadable", "Odoo could not read the request")],
  [
    "werkzeug.exceptions.RequestEntityTooLarge",
    invalid("too_large", "the request is larger than Odoo takes"),
  ],
  ["werkzeug.exceptions.TooManyRequests", ["throttled", "throttled", "Odoo takes no more calls now"]],
  ["werkzeug.exceptions.ServiceUnavailable", transient("server_busy", "Odoo is busy or starting")],
  ["builtins.ValueError", invalid("value_refused", "Odoo cannot take one of the values")],
  ["builtins.TypeError", invalid("value_refused", "Odoo cannot take the form of one of the values")],
  [
    "psycopg2.errors.SerializationFailure",
    transient("serialization", "the database met a concurrent change"),
  ],
  ["psycopg2.errors.DeadlockDetected", transient("deadlock", "the database broke a deadlock")],
  ["psycopg2.errors.LockNotAvailable", transient("lock", "another transaction holds the rows")],
  ["psycopg2.errors.QueryCanceled", transient("database_slow", "the database gave up a query")],
  ["psycopg2.errors.UniqueViolation", invalid("duplicate", "another record has this value already")],
  ["psycopg2.errors.ForeignKeyViolation", database("a reference to a record that is not there")],
  ["psycopg2.errors.NotNullViolation", invalid("required", "a required value is missing")],
  ["psycopg2.errors.CheckViolation", database("a value outside of its range")],
  ["psycopg2.errors.InvalidTextRepresentation", database("a value of another kind")],
  ["psycopg2.errors.NumericValueOutOfRange", database("a number that is too large")],
  ["psycopg2.errors.StringDataRightTruncation", invalid("too_long", "a text is too long")],
  ["psycopg2.errors.InvalidDatetimeFormat", database("a date in this form")],
  ["psycopg2.errors.DatetimeFieldOverflow", database("a date that is none")],
  ["psycopg2.errors.UntranslatableCharacter", invalid("control_character", "a text holds a null byte")],
  ["psycopg2.pool.PoolError", transient("database_busy", "Odoo has no free connection to its database")],
]);

/**
 * Names by their beginning, for those that are not listed: an exception of Python was raised in the request's
 * own code, before its commit. A connection that broke may have broken at the commit, so it is not here.
 */
export const packagesOfNames: readonly (readonly [prefix: string, reason: Reason])[] = [
  ...[
    "KeyError",
    "AttributeError",
    "IndexError",
    "AssertionError",
    "ZeroDivisionError",
    "RecursionError",
  ].map((name): readonly [string, Reason] => [
    `builtins.${name}`,
    invalid("server_error", "Odoo's own code failed on this record"),
  ]),
  ["odoo.exceptions.", invalid("refused", "Odoo refused, for a reason that is not known")],
];
