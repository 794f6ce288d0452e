import { AuditTooLarge } from "../audit/run.ts";
import { describeProblem } from "../config/problem.ts";
import type { ConfigProblem } from "../config/problem.ts";
import { PlanRefused } from "../runtime/apply-refusal.ts";
import { StoreHeld } from "../runtime/epoch.ts";
import { ObserveOnly } from "../runtime/observing.ts";
import { ContractUnsigned } from "../runtime/signing-report.ts";
import { RestoreRefused } from "../runtime/restore.ts";
import { ConsolidationRefused } from "../runtime/consolidate-refusal.ts";
import { PersonRefused } from "../runtime/privacy-port.ts";
import { UndoRefused } from "../runtime/undo-load.ts";
import { isWrongOption } from "../runtime/wrong-option.ts";
import { safeText } from "./text.ts";

/** Exit codes, the same for every command. */
export const exitCodes = {
  /** Done. */
  done: 0,
  /** Failed. */
  failed: 1,
  /** Done, but differences remain. */
  differences: 2,
  /** Refused by a guard or a stale plan. */
  refused: 3,
  /** Bad configuration, bad input or wrong usage. */
  misconfigured: 4,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Exit code of troubles with connections: an option that only the system can tell to be wrong is ours. */
export const troubleCode = (codes: readonly string[]): ExitCode =>
  codes.some(isWrongOption) ? exitCodes.misconfigured : exitCodes.failed;

/** A command that ends with something to tell. The message says what is wrong and what to do. */
export class Refusal extends Error {
  readonly exitCode: ExitCode;
  /** Stable code, such as `configuration`. */
  readonly code: string;
  readonly problems: readonly ConfigProblem[];

  constructor(
    exitCode: ExitCode,
    message: string,
    more: { readonly code: string; readonly problems?: readonly ConfigProblem[] },
  ) {
    super(message);
    this.name = "Refusal";
    this.exitCode = exitCode;
    this.code = more.code;
    this.problems = more.problems ?? [];
  }
}

/** A refusal for input of the command line that cannot be. */
export function badInput(message: string): Refusal {
  return new Refusal(exitCodes.misconfigured, message, { code: "bad_input" });
}

/** The refusal of a project whose files are not in order. */
export function badProject(problems: readonly ConfigProblem[]): Refusal {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const message = `${count} in the project; nothing was done`;
  return new Refusal(exitCodes.misconfigured, message, { code: "configuration", problems });
}

/** What to do about failures that are not ours, by the name of the error's class and its code. */
const advices: readonly { readonly name: string; readonly code?: string; readonly advice: string }[] = [
  {
    name: "StoreError",
    code: "55006",
    advice:
      "The embedded store serves one program at a time. While `crossfoot up` runs, its status page shows " +
      "how things stand; to run a command, stop the server first. For several programs at once use a " +
      "PostgreSQL (`store.url`).",
  },
  {
    name: "LeaseTaken",
    advice: "A run, an apply or a server is at work. Wait for it, or stop it, and try again.",
  },
];

/** Any error as a refusal: ours as it is, a known failure with advice, the rest as a defect. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof Error && error.name === "RulesRefused") {
    return new Refusal(exitCodes.misconfigured, error.message, { code: "rule_missing" });
  }
  if (error instanceof Error && error.name === "SchemaRefused") {
    return new Refusal(exitCodes.failed, error.message, { code: "schema_refused" });
  }
  if (error instanceof Error && error.name === "SealedElsewhere") {
    return new Refusal(exitCodes.misconfigured, error.message, { code: "sealing_key_missing" });
  }
  if (error instanceof Error && error.name === "RecordUnknown") {
    return new Refusal(exitCodes.failed, error.message, { code: "record_unknown" });
  }
  if (error instanceof Error && error.name === "ClusterUnknown") {
    return new Refusal(exitCodes.failed, error.message, { code: "unknown" });
  }
  if (error instanceof AuditTooLarge) return badInput(error.message);
  if (error instanceof RestoreRefused) {
    return new Refusal(exitCodes.refused, error.message, { code: "restore_refused" });
  }
  if (error instanceof ContractUnsigned) {
    const advice = "`crossfoot contract` prints it, `crossfoot contract sign --name .. --role ..` signs it.";
    return new Refusal(exitCodes.refused, `${error.message}.\n${advice}`, { code: "contract_unsigned" });
  }
  if (error instanceof UndoRefused) {
    return new Refusal(exitCodes.refused, error.message, { code: "undo_refused" });
  }
  if (error instanceof PersonRefused) {
    return new Refusal(exitCodes.refused, error.message, { code: "person_refused" });
  }
  if (error instanceof ConsolidationRefused) {
    return new Refusal(exitCodes.refused, error.message, { code: "consolidation_refused" });
  }
  if (error instanceof StoreHeld) {
    const advice = "`crossfoot epoch` tells more; `crossfoot epoch --confirm` goes on with it.";
    return new Refusal(exitCodes.refused, `${error.message}.\n${advice}`, { code: "store_held" });
  }
  if (error instanceof ObserveOnly) {
    return new Refusal(exitCodes.refused, error.message, { code: "observe_only" });
  }
  if (error instanceof PlanRefused) {
    return new Refusal(exitCodes.refused, error.message, { code: "plan_refused" });
  }
  if (!(error instanceof Error)) {
    return new Refusal(exitCodes.failed, "an error that is no Error; this is a defect", { code: "defect" });
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const known = advices.find((each) => each.name === error.name && (each.code ?? code) === code);
  if (known !== undefined) {
    const stable = known.name === "StoreError" ? "store_in_use" : "worker_running";
    return new Refusal(exitCodes.failed, `${error.message}.\n${known.advice}`, { code: stable });
  }
  if (error.name === "StoreError") {
    return new Refusal(exitCodes.failed, `the store failed: ${error.message}`, {
      code: `store_${code ?? "failed"}`,
    });
  }
  if ("syscall" in error) return new Refusal(exitCodes.failed, error.message, { code: code ?? "system" });
  return new Refusal(exitCodes.failed, `${error.name}: ${error.message}`, { code: "defect" });
}

/** A refusal as lines for a person. */
export function refusalText(refusal: Refusal): string {
  const lines = refusal.problems.map((problem) => `  ${safeText(describeProblem(problem))}`);
  const message = refusal.message
    .split("\n")
    .map((line) => safeText(line))
    .join("\n");
  return [...lines, ...(lines.length > 0 ? [""] : []), `crossfoot: ${message}`, ""].join("\n");
}

/** A refusal as the one JSON document of a command that failed. */
export function refusalDocument(refusal: Refusal): object {
  const { code, message, exitCode, problems } = refusal;
  return { error: { code, message, exitCode, ...(problems.length > 0 ? { problems } : {}) } };
}
