import { ConnectorError } from "@crossfoot/connector-sdk";
import { isList } from "./native.ts";
import type { FailureRecord, Json } from "./native.ts";

type Failure = FailureRecord["failure"];

/** One known text of Tryton 6.0 in English (the login asks for that language), and what it means for the runtime. */
interface KnownText {
  readonly text: RegExp;
  readonly failure: Failure;
  readonly code: string;
  /** `$1`, `$2` stand for labels of fields and models, never for values. */
  readonly message: string;
}

const row = (text: RegExp, failure: Failure, code: string, message: string): KnownText => ({ text, failure, code, message });

/** Texts of a UserError, from `message.xml` of the modules; nothing else tells them apart. */
const userErrors: readonly KnownText[] = [
  row(/^You are not allowed to access "([^"]+)"\.$/, "unsupported", "not_permitted", "Tryton's rights do not allow access to $1"),
  row(/^Calling button "(\w+) on "([^"]+)" is not allowed\.$/, "unsupported", "not_permitted", "Tryton's rights do not allow the button $1 on $2"),
  row(/^You are not allowed to (create|read|write|delete) .*? of "([^"]+)" because/s, "unsupported", "not_permitted_record", "a record rule of Tryton does not allow to $1 this $2"),
  row(/^You are trying to \w+ (?:to )?records ".*" of "([^"]+)" that don't exist anymore\.$/s, "stale", "record_gone", "the $1 does not exist any more"),
  row(/^A value is required for field "([^"]+)" in "([^"]+)"\.$/, "invalid", "required", "$2 needs a value for $1"),
  row(/^The value for field "([^"]+)" in "([^"]+)" is not valid according to its domain\.$/, "invalid", "not_in_domain", "the value for $1 of $2 is not one that Tryton allows here"),
  row(/^The value for field "([^"]+)" in "([^"]+)" is too long/, "invalid", "too_long", "the value for $1 of $2 is too long"),
  row(/^The number of digits in the value ".*" for field "([^"]+)" in "([^"]+)" exceeds the limit of "\d+"\.$/s, "invalid", "too_precise", "the value for $1 of $2 has more decimals than Tryton takes"),
  row(/ for field "([^"]+)" in "([^"]+)" contains some invalid chars /s, "invalid", "control_character", "the value for $1 of $2 contains characters that Tryton refuses"),
  row(/ for field "([^"]+)" in "([^"]+)" is not one of the allowed options\.$/s, "invalid", "code_unknown", "the value for $1 of $2 is not one of Tryton's options"),
  row(/ for field "([^"]+)" in "([^"]+)" does not exist\.$/s, "invalid", "reference_missing", "the record that $1 of $2 points at does not exist"),
  row(/^The records could not be deleted because they are used by field "([^"]+)" of "([^"]+)"\.$/, "invalid", "in_use", "the record is used by $1 of $2"),
  row(/^The code on party must be unique\.$/, "invalid", "duplicate_number", "another party has this code"),
  row(/^Code of active product must be unique\.$/, "invalid", "duplicate_number", "another active product has this code"),
  row(/^The .+ ".*" for party ".*" is not valid\.$/s, "invalid", "tax_id_invalid", "Tryton's check of the identifier failed"),
  row(/ has reached (?:their credit limit|the credit limit level) of /s, "invalid", "credit_limit", "the order would exceed the customer's credit limit"),
  row(/^To get a quote for sale ".*" you must enter (an invoice address|a shipment address|a warehouse)\.$/s, "invalid", "quote_incomplete", "the quote needs $1"),
  row(/^To confirm sale ".*" you must change the carrier/s, "invalid", "carrier_unavailable", "the carrier does not deliver to this address"),
  row(/^To (?:process|invoice) sale ".*" you must/s, "invalid", "setup_incomplete", "Tryton lacks an account or a customer location that this sale needs"),
  row(/^To continue, you must create a (period|fiscal year) for the date/, "invalid", "period_closed", "Tryton has no open $1 for the date"),
  row(/closed (?:period|journal-period|fiscal year)/, "invalid", "period_closed", "the accounting period is closed"),
  row(/^You cannot modify (?:invoice|line|posted move)/, "invalid", "document_closed", "the document is posted, paid or cancelled"),
  row(/^Recursion error: /, "invalid", "parent_cycle", "the record would be its own ancestor"),
];

/** Texts of other exceptions. The transaction was rolled back, or the database was never reached. */
const serverErrors: readonly KnownText[] = [
  row(/^could not serialize access due to /, "transient", "serialization", "the database met a concurrent change"),
  row(/^could not obtain lock on (?:relation|row)/, "transient", "lock", "another transaction holds the rows"),
  row(/^deadlock detected/, "transient", "deadlock", "the database broke a deadlock"),
  row(/^database is locked/, "transient", "lock", "another transaction holds the database"),
  row(/^connection to server (?:at|on) .* failed/s, "transient", "database_away", "Tryton does not reach its database"),
  row(/^FATAL: {2}sorry, too many clients already/, "transient", "database_busy", "the database takes no more connections"),
  row(/^'([\w.]+)'$/, "unsupported", "unknown_name", "Tryton knows no model or field named $1"),
  row(/NUL \(0x00\)/, "invalid", "control_character", "Tryton takes no null byte"),
];

const warningCodes: readonly (readonly [start: string, code: string, message: string])[] = [
  ["credit_limit_amount_", "credit_limit", "the order would exceed the customer's credit limit"],
  ["credit_limit_dunning_", "credit_limit", "the customer is at a dunning level that blocks credit"],
];

/** Nothing between quotes, no numbers: what is left of an unknown text names no value of a customer. */
const masked = (text: string): string =>
  text.replaceAll(/"[^"]*"/gs, '"…"').replaceAll(/\d[\d.,]*/g, "…").replaceAll(/\s+/g, " ").slice(0, 200);

function known(table: readonly KnownText[], text: string): ConnectorError | undefined {
  for (const entry of table) {
    const match = entry.text.exec(text);
    if (match === null) continue;
    const message = entry.message.replaceAll(/\$(\d)/g, (_, at: string) => match[Number(at)] ?? "");
    const isField = entry.failure === "invalid" && entry.message.includes("$1 of $2");
    const field = isField || entry.code === "required" ? (match[1] ?? null) : null;
    return new ConnectorError({ failure: entry.failure, code: entry.code, message, field, status: 200 });
  }
  return undefined;
}

const failed = (failure: Failure, code: string, message: string, status: number | null): ConnectorError =>
  new ConnectorError({ failure, code, message, status });

/** What the error of a JSON-RPC answer means. `isWrite` says that an unknown text leaves the effect in doubt. */
export function failureOfError(error: Json, isWrite: boolean): ConnectorError {
  const [name, detail] = isList(error) ? error : [];
  const first = isList(detail) ? String(detail[0] ?? "") : String(detail ?? "");
  switch (name) {
    case "UserError":
      return known(userErrors, first) ?? failed("invalid", "refused", `Tryton refused: ${masked(first)}`, 200);
    case "UserWarning":
      return ofWarning(isList(error) ? String(error[1] ?? "") : "");
    case "ConcurrencyException":
      return failed("stale", "stale_record", "the record was changed since it was read", 200);
    case "LoginException":
      return failed("unauthorised", "login_incomplete", "Tryton asks for more than a password", 200);
    case "RateLimitException":
      return failed("throttled", "login_throttled", "Tryton throttles this login", 200);
    default:
  }
  const found = known(serverErrors, String(name ?? ""));
  if (found !== undefined) return found;
  const message = `Tryton's server failed: ${masked(String(name ?? ""))}`;
  return failed(isWrite ? "in_doubt" : "transient", "server_error", message, 200);
}

function ofWarning(name: string): ConnectorError {
  const found = warningCodes.find(([start]) => name.startsWith(start));
  if (found !== undefined) return failed("invalid", found[1], found[2], 200);
  return failed("invalid", "needs_confirmation", `Tryton wants a person to confirm: ${masked(name)}`, 200);
}

/** What a bare HTTP status means. A status nobody knows leaves a write in doubt. */
export function failureOfStatus(status: number, at: { readonly isWrite: boolean; readonly isLogin: boolean; readonly now: number }): ConnectorError {
  if (status === 401) {
    return at.isLogin
      ? failed("unauthorised", "wrong_credentials", "Tryton refuses this user or password; it is not tried again by itself", 401)
      : failed("unauthorised", "session_expired", "Tryton's session has ended", 401);
  }
  if (status === 403) return failed("unsupported", "method_not_offered", "Tryton does not offer this method to clients", 403);
  if (status === 404) return failed("unauthorised", "database_unknown", "Tryton serves no database of this name", 404);
  if (status === 429) {
    const retryAt = at.now + throttleMs;
    const message = "Tryton throttles this login after wrong passwords";
    return new ConnectorError({ failure: "throttled", code: "login_throttled", message, status, retryAt });
  }
  if (status === 413) return failed("invalid", "too_large", "the request is larger than Tryton takes", 413);
  if (status === 502 || status === 503 || status >= 500) {
    return failed(at.isWrite ? "in_doubt" : "transient", `http_${status}`, `Tryton answered ${status}`, status);
  }
  return failed(at.isWrite ? "in_doubt" : "transient", "answer_unknown", `Tryton answered ${status} without JSON-RPC`, status);
}

/** Tryton forgets failed logins after five minutes. */
const throttleMs = 300_000;

/** A refusal of our own, before anything is sent. */
export function refusal(code: string, message: string, field: string | null = null): ConnectorError {
  return new ConnectorError({ failure: "invalid", code, message, field });
}
