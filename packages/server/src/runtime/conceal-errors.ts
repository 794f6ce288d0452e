import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { Connection, Operations } from "@crossfoot/connector-sdk";
import type { FailureRecord } from "@crossfoot/kernel";

/** What is known to be secret on a connection, and how it is taken out of a text. */
export interface Concealing {
  /** Secrets and tokens of the connection; asked for at each failure, so one that was learnt counts. */
  readonly secrets: () => readonly string[];
  /** The text with each of them, however encoded, replaced. */
  readonly conceal: (text: string) => string;
}

/** Shorter ones stand in innocent codes by accident: a password may be `read`. */
const partMin = 8;

/** As codes are written: small letters, words parted by `_`. */
const asCode = (text: string): string => text.toLowerCase().replaceAll("-", "_");

function isSecret(name: string | null, { secrets, conceal }: Concealing): boolean {
  if (name === null) return false;
  const code = asCode(name);
  return secrets().some((secret) => {
    const own = asCode(secret);
    if (code === own) return true;
    return own.length >= partMin && (code.includes(own) || conceal(name) !== name);
  });
}

/**
 * A failure without any secret. A system that refuses may repeat what it was sent, and a connector takes the
 * code, the name of a field or the id of the request from its answer. What holds a secret there is left out.
 */
export function concealFailure(failure: FailureRecord, concealing: Concealing): FailureRecord {
  const { code, status, requestId, field, message } = failure;
  return {
    ...failure,
    message: concealing.conceal(message),
    code: isSecret(code, concealing) ? (status === null ? "refused" : `http_${status}`) : code,
    requestId: isSecret(requestId, concealing) ? null : requestId,
    field: isSecret(field, concealing) ? null : field,
  };
}

/** Runs a call of a connection; what it rejects with holds no secret. */
export async function withoutSecrets<T>(concealing: Concealing, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    throw new ConnectorError(concealFailure(failureRecord(error), concealing), error.cause);
  }
}

/** Failures inside of an answer of an operation, at whatever depth they stand. */
function concealWithin<T>(value: T, concealing: Concealing): T {
  if (Array.isArray(value)) return value.map((each: unknown) => concealWithin(each, concealing)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]: [string, unknown]) => {
    const isFailure = key === "failure" && typeof each === "object" && each !== null;
    return [
      key,
      isFailure ? concealFailure(each as FailureRecord, concealing) : concealWithin(each, concealing),
    ];
  });
  return Object.fromEntries(entries) as T;
}

function concealOperations(operations: Operations, concealing: Concealing): Operations {
  const wrapped = Object.entries(operations).map(([name, ask]: [string, unknown]) => {
    if (typeof ask !== "function") return [name, ask];
    const call = ask.bind(operations) as (...given: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...given: unknown[]): Promise<unknown> =>
        concealWithin(await withoutSecrets(concealing, () => call(...given)), concealing),
    ];
  });
  return Object.fromEntries(wrapped) as Operations;
}

/**
 * The same connection, of which no failure holds a secret: thrown ones, those of single rows and those inside
 * of answers. Records are handed on untouched: what stands there is the company's, also where it looks like a
 * secret.
 */
export function concealErrors(connection: Connection, concealing: Concealing): Connection {
  const { closedPeriods, foreseeRefusal, greet, operations } = connection;
  const safe = <T>(call: () => Promise<T>): Promise<T> => withoutSecrets(concealing, call);
  const hide = <Row extends { readonly failure: FailureRecord }>(row: Row): Row => ({
    ...row,
    failure: concealFailure(row.failure, concealing),
  });
  return {
    manifest: connection.manifest,
    recordUrl: (entity, id) => connection.recordUrl(entity, id),
    receive: (delivery) => connection.receive(delivery),
    ...(greet === undefined ? {} : { greet: (delivery) => greet(delivery) }),
    describe: () => safe(() => connection.describe()),
    readByIds: (request) => safe(() => connection.readByIds(request)),
    readIds: (request) => safe(() => connection.readIds(request)),
    probe: (request) => safe(() => connection.probe(request)),
    read: async (request) => {
      const page = await safe(() => connection.read(request));
      return page.unreadable.length === 0 ? page : { ...page, unreadable: page.unreadable.map(hide) };
    },
    write: async (writes) => {
      const outcomes = await safe(() => connection.write(writes));
      return outcomes.map((outcome) => (outcome.kind === "failed" ? hide(outcome) : outcome));
    },
    ...(connection.prepare === undefined
      ? {}
      : { prepare: (request) => safe(async () => (await connection.prepare?.(request)) ?? []) }),
    ...(closedPeriods === undefined ? {} : { closedPeriods: () => safe(() => closedPeriods()) }),
    ...(foreseeRefusal === undefined
      ? {}
      : {
          foreseeRefusal: async (write) => {
            const failure = await safe(() => foreseeRefusal(write));
            return failure === null ? null : concealFailure(failure, concealing);
          },
        }),
    ...(operations === undefined ? {} : { operations: concealOperations(operations, concealing) }),
    ...(connection.under === undefined
      ? {}
      : { under: (http) => concealErrors(connection.under?.(http) ?? connection, concealing) }),
  };
}
