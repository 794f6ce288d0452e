import { ConnectorError, retryAtOf } from "@crossfoot/connector-sdk";
import type { HttpAnswer } from "@crossfoot/connector-sdk";
import { exceptionNames, packagesOfNames } from "./known-names.ts";
import type { Reason } from "./known-names.ts";
import { knownTexts } from "./known-texts.ts";
import { isMap, text } from "./native.ts";
import type { Json } from "./native.ts";

/** What is known of a call that failed. */
interface FailedCall {
  /** True when a lost answer leaves the effect unknown. */
  readonly isWrite: boolean;
  readonly status: number;
  /** Our clock, ms. */
  readonly now: number;
  readonly headers: HttpAnswer["headers"];
}

const errorOf = ([failure, code, message]: Reason, status: number | null): ConnectorError =>
  new ConnectorError({ failure, code, message, status });

/** Words that begin a sentence and are no name. */
const beginnings = /^(?:The|You|This|These|A|An|It|Some|Please|Invalid|Missing|No|Cannot|Only)$/;
const ordinary = /^[\p{Ll}…]+[.,:;!?]?$/u;

/**
 * What may be shown of a text nobody knows: no quotes, numbers, addresses, or words that may be names, so
 * that no value of a customer is shown.
 */
function masked(given: string): string {
  const words = given
    .replaceAll(/"[^"]*"|'[^']*'|\([^)]*\)|\[[^\]]*\]/gs, "…")
    .split(/\s+/)
    .filter((word) => word !== "");
  const shown = words.map((word) => (ordinary.test(word) || beginnings.test(word) ? word : "…"));
  return shown
    .join(" ")
    .replaceAll(/…( …)+/g, "…")
    .slice(0, 200);
}

/**
 * What an exception of Odoo means, by its name: the status says little, as most of our own bad values are a
 * 500, and in JSON-RPC everything is a 200. `debug` holds a traceback with paths and is never looked at.
 */
export function failureOfException(error: Json, call: FailedCall): ConnectorError | undefined {
  const name = isMap(error) ? text(error, "name") : null;
  if (name === null || !isMap(error)) return undefined;
  const said = text(error, "message") ?? "";
  for (const [of, pattern, reason] of knownTexts) {
    const match = of === null || of === name ? pattern.exec(said) : null;
    if (match === null) continue;
    const [failure, code, template] = reason;
    const message = template.replaceAll(/\$(\d)/g, (_, at: string) => match[Number(at)] ?? "");
    const field = template.includes("$1") && failure === "invalid" ? (match[1] ?? null) : null;
    return new ConnectorError({ failure, code, message, field, status: call.status });
  }
  const exact = exceptionNames.get(name);
  if (exact !== undefined) {
    const [failure, code, message] = exact;
    const words = message.endsWith(":") ? `${message} ${masked(said)}` : message;
    return errorOf([failure, code, words], call.status);
  }
  const wider = packagesOfNames.find(([prefix]) => name.startsWith(prefix));
  if (wider !== undefined) return errorOf(wider[1], call.status);
  const failure = call.isWrite ? "in_doubt" : "transient";
  return errorOf([failure, "server_error", "Odoo's server failed in a way that is not known"], call.status);
}

/** Statuses of answers that come from before or beside Odoo's own dispatch: nothing was done. */
const statuses: ReadonlyMap<number, Reason> = new Map<number, Reason>([
  [400, ["invalid", "request_unreadable", "Odoo could not read the request"]],
  [401, ["unauthorised", "wrong_credentials", "Odoo refuses this API key"]],
  // A known path answers with JSON; a page says that no database of this name is served.
  [404, ["unauthorised", "database_unknown", "Odoo serves no database of this name here"]],
  [405, ["unsupported", "method_not_offered", "this address takes no such request"]],
  [413, ["invalid", "too_large", "the request is larger than Odoo takes"]],
]);

/** How long to leave a server alone that says it is too much and does not say for how long. */
const throttleMs = 30_000;

/** What a bare HTTP status means. A status nobody knows leaves a write in doubt. */
export function failureOfStatus({ status, isWrite, now, headers }: FailedCall): ConnectorError {
  const plain = statuses.get(status);
  if (plain !== undefined) return errorOf(plain, status);
  if (status === 429) {
    const message = "Odoo, or what stands before it, takes no more calls now";
    return new ConnectorError({
      failure: "throttled",
      code: "throttled",
      message,
      status,
      retryAt: retryAtOf(headers, now, throttleMs),
    });
  }
  const failure = isWrite ? "in_doubt" : "transient";
  return errorOf([failure, `http_${status}`, `the answer ${status} is none of Odoo's`], status);
}

/** The failure of an answer that is no JSON of Odoo. */
export const unreadable = ({ isWrite, status }: Pick<FailedCall, "isWrite" | "status">): ConnectorError =>
  errorOf(
    [
      isWrite ? "in_doubt" : "transient",
      "answer_unreadable",
      "the answer is none of Odoo's; something else may stand at this address",
    ],
    status,
  );

/** A refusal of our own, before anything is sent. */
export function refusal(code: string, message: string, field: string | null = null): ConnectorError {
  return new ConnectorError({ failure: "invalid", code, message, field });
}
