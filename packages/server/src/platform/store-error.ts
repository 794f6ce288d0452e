/** What a {@link StoreError} is made of. */
export interface StoreErrorFacts {
  /** SQLSTATE, five characters; our own refusals use the standard's code for the same thing. */
  readonly code: string;
  readonly message: string;
  readonly isRetryable?: boolean;
  readonly isUnknownOutcome?: boolean;
  readonly constraint?: string | null;
  readonly table?: string | null;
  readonly column?: string | null;
  readonly statement?: string | null;
}

/**
 * Why the store did not do what it was asked. The message names tables, constraints and statements, never
 * values: PostgreSQL's detail, which repeats rows, is dropped, and so are quoted values in messages of
 * class 22.
 */
export class StoreError extends Error {
  override readonly name: string = "StoreError";
  /** SQLSTATE, five characters (PostgreSQL manual, appendix A). */
  readonly code: string;
  /** True when nothing was stored and the same work may succeed when run again from its start. */
  readonly isRetryable: boolean;
  /** True when the connection broke while a commit was under way: it was stored, or it was not. */
  readonly isUnknownOutcome: boolean;
  /** Name of the violated constraint, or null. */
  readonly constraint: string | null;
  readonly table: string | null;
  readonly column: string | null;
  /** Start of the SQL text (without parameters), or null. */
  readonly statement: string | null;

  constructor(facts: StoreErrorFacts) {
    super(facts.message);
    this.code = facts.code;
    this.isRetryable = facts.isRetryable ?? false;
    this.isUnknownOutcome = facts.isUnknownOutcome ?? false;
    this.constraint = facts.constraint ?? null;
    this.table = facts.table ?? null;
    this.column = facts.column ?? null;
    this.statement = facts.statement ?? null;
  }
}

/**
 * What was under way when something failed. `connect`: no statement was sent. `transaction`: inside one,
 * its commit not sent. `alone`: a statement outside a transaction, which commits by itself. `commit`: the
 * commit was sent.
 */
export type Moment = "connect" | "transaction" | "alone" | "commit";

/** An error message of PostgreSQL, as far as it may be shown. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly constraint: string | null;
  readonly table: string | null;
  readonly column: string | null;
}

/** A session's answer to a statement it did not run. The session goes on. */
export class RefusedStatement extends Error {
  override readonly name: string = "RefusedStatement";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * The embedded database is gone, for this run of the program: it was closed, or PostgreSQL or its thread
 * died.
 */
export class LostSession extends Error {
  override readonly name: string = "LostSession";
  /** True when the statement never reached PostgreSQL. */
  readonly isUnsent: boolean;

  constructor(reason: string, isUnsent: boolean) {
    super(reason);
    this.isUnsent = isUnsent;
  }
}

const statementLengthMax = 200;
const rolledBackCodes: ReadonlySet<string> = new Set(["40001", "40P01", "55P03"]);
const goneCodes: ReadonlySet<string> = new Set(["57P01", "57P02", "57P03", "57P05", "25P03", "53300"]);
const messages: { readonly [moment in Moment]: string } = {
  connect: "no connection to the store",
  transaction: "the connection to the store broke inside a transaction; nothing of it was stored",
  alone: "the connection to the store broke while a statement ran; whether it was stored is not known",
  commit:
    "the connection to the store broke while a transaction was committed; whether it was stored is not known",
};

function isConnectionCode(code: string): boolean {
  return code.startsWith("08") || goneCodes.has(code);
}

/** Messages of class 22 quote the value they refuse; what stands in quotes or after a colon is cut out. */
function withoutValues(refusal: Refusal): string {
  if (!refusal.code.startsWith("22")) return refusal.message;
  return refusal.message.replace(/: ["0].*$/s, "").replaceAll(/\bvalue "[^"]*"/g, "a value");
}

/** Start of a statement on one line, for messages. Holds no parameter. */
function shortStatement(sql: string): string {
  const line = sql.replaceAll(/\s+/g, " ").trim();
  return line.length > statementLengthMax ? `${line.slice(0, statementLengthMax)}…` : line;
}

function lost(moment: Moment, code: string, reason: string): StoreError {
  const isUnknownOutcome = moment === "alone" || moment === "commit";
  return new StoreError({
    code: isUnknownOutcome ? "08007" : code,
    message: `${messages[moment]} (${reason})`,
    isRetryable: !isUnknownOutcome,
    isUnknownOutcome,
  });
}

function lostForGood(cause: LostSession, moment: Moment): StoreError {
  const failure = lost(
    cause.isUnsent ? "connect" : moment,
    cause.isUnsent ? "08003" : "08006",
    cause.message,
  );
  const { code, message, isUnknownOutcome } = failure;
  return new StoreError({ code, message, isUnknownOutcome, isRetryable: false });
}

function codeOf(cause: unknown): string | undefined {
  const code: unknown = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/**
 * The error to give to a caller. Pure.
 * @param at what was under way, and the SQL text where there is one
 */
export function storeErrorOf(
  cause: unknown,
  at: { readonly moment: Moment; readonly sql?: string },
): StoreError {
  if (cause instanceof StoreError) return cause;
  if (cause instanceof RefusedStatement) {
    const { refusal } = cause;
    if (isConnectionCode(refusal.code)) return lost(at.moment, refusal.code, refusal.message);
    return new StoreError({
      ...refusal,
      message: withoutValues(refusal),
      isRetryable: rolledBackCodes.has(refusal.code),
      statement: at.sql === undefined ? null : shortStatement(at.sql),
    });
  }
  if (cause instanceof LostSession) return lostForGood(cause, at.moment);
  const code = codeOf(cause);
  const reason = code ?? (cause instanceof Error ? cause.message : "unknown reason");
  return lost(at.moment, at.moment === "connect" ? "08001" : "08006", reason);
}
