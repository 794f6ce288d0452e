import { ConnectorError, retryAtOf } from "@crossfoot/connector-sdk";
import type { HttpAnswer } from "@crossfoot/connector-sdk";
import { serverErrors, userErrors, warnings } from "./known-texts.ts";
import type { KnownText } from "./known-texts.ts";
import { isList, scalar } from "./native.ts";
import type { FailureRecord, Json } from "./native.ts";

type Failure = FailureRecord["failure"];
type Reason = readonly [failure: Failure, code: string, message: string];

/** Tryton forgets failed logins after five minutes. */
const loginThrottleMs = 300_000;
/** How long to leave a server alone that says it is too much and does not say for how long. */
const throttleMs = 30_000;

const failed = ([failure, code, message]: Reason, status: number | null): ConnectorError =>
  new ConnectorError({ failure, code, message, status });

/** Nothing between quotes, no numbers: what is left of an unknown text names no value of a customer. */
const masked = (text: string): string =>
  text
    .replaceAll(/"[^"]*"/gs, '"…"')
    .replaceAll(/\d[\d.,]*/g, "…")
    .replaceAll(/\s+/g, " ")
    .slice(0, 200);

function known(table: readonly KnownText[], given: string): ConnectorError | undefined {
  for (const [text, failure, code, template] of table) {
    const match = text.exec(given);
    if (match === null) continue;
    const message = template.replaceAll(/\$(\d)/g, (_, at: string) => match[Number(at)] ?? "");
    const namesField = failure === "invalid" && template.includes("$1") && template.includes("$2");
    const field = namesField ? (match[1] ?? null) : null;
    return new ConnectorError({ failure, code, message, field, status: 200 });
  }
  return undefined;
}

/** Classes of exceptions whose meaning needs no look at their text. */
const classes: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ["ConcurrencyException", ["stale", "stale_record", "the record was changed since it was read"]],
  ["LoginException", ["unauthorised", "login_incomplete", "Tryton asks for more than a password"]],
  ["RateLimitException", ["throttled", "login_throttled", "Tryton throttles this login"]],
]);

/**
 * What the error of a JSON-RPC answer means. `isWrite` says that an unknown text leaves the effect in doubt.
 */
export function failureOfError(error: Json, isWrite: boolean): ConnectorError {
  const [first, detail] = isList(error) ? error : [];
  const name = scalar(first);
  const text = scalar(isList(detail) ? detail[0] : detail);
  const plain = classes.get(name);
  if (plain !== undefined) return failed(plain, 200);
  if (name === "UserError") {
    return known(userErrors, text) ?? failed(["invalid", "refused", `Tryton refused: ${masked(text)}`], 200);
  }
  if (name === "UserWarning") {
    const message = `Tryton wants a person to confirm: ${masked(text)}`;
    return known(warnings, text) ?? failed(["invalid", "needs_confirmation", message], 200);
  }
  const found = known(serverErrors, name);
  if (found !== undefined) return found;
  const message = `Tryton's server failed: ${masked(name)}`;
  return failed([isWrite ? "in_doubt" : "transient", "server_error", message], 200);
}

const login: Reason = [
  "unauthorised",
  "wrong_credentials",
  "Tryton refuses this user or password; it is not tried again by itself",
];

/** Statuses of answers without JSON-RPC: nothing was done. */
const statuses: ReadonlyMap<number, Reason> = new Map<number, Reason>([
  [401, ["unauthorised", "session_expired", "Tryton's session has ended"]],
  [403, ["unsupported", "method_not_offered", "Tryton does not offer this method to clients"]],
  [404, ["unauthorised", "database_unknown", "Tryton serves no database of this name"]],
  [413, ["invalid", "too_large", "the request is larger than Tryton takes"]],
]);

/** What a bare HTTP status means. A status nobody knows leaves a write in doubt. */
export function failureOfStatus(
  status: number,
  at: {
    readonly isWrite: boolean;
    readonly isLogin: boolean;
    readonly now: number;
    readonly headers: HttpAnswer["headers"];
  },
): ConnectorError {
  if (status === 401 && at.isLogin) return failed(login, status);
  const plain = statuses.get(status);
  if (plain !== undefined) return failed(plain, status);
  if (status === 429) return throttled(at);
  const failure = at.isWrite ? "in_doubt" : "transient";
  return failed([failure, `http_${status}`, `Tryton answered ${status} without JSON-RPC`], status);
}

/** Tryton itself throttles nothing but logins: of any other call it was what stands before it. */
function throttled({ isLogin, now, headers }: Parameters<typeof failureOfStatus>[1]): ConnectorError {
  const [code, message, otherwiseMs] = isLogin
    ? (["login_throttled", "Tryton throttles this login after wrong passwords", loginThrottleMs] as const)
    : (["throttled", "what stands before Tryton takes no more calls now", throttleMs] as const);
  const retryAt = retryAtOf(headers, now, otherwiseMs);
  return new ConnectorError({ failure: "throttled", code, message, status: 429, retryAt });
}

/** A refusal of our own, before anything is sent. */
export function refusal(code: string, message: string, field: string | null = null): ConnectorError {
  return new ConnectorError({ failure: "invalid", code, message, field });
}
