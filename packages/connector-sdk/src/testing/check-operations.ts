import type { ExternalId } from "@crossfoot/kernel";
import { failureRecord } from "../failure.ts";
import { operationNames } from "../operations.ts";
import type {
  AvailabilityRequest,
  CreditRequest,
  OperationName,
  Operations,
  OrderStatusRequest,
  OrderWay,
  PriceRequest,
  QuoteToOrderRequest,
} from "../operations.ts";
import type { Connection } from "../ports.ts";
import { creditRules, priceRules, statusRules, stockRules } from "./operation-rules.ts";
import type { Watch } from "./watch.ts";

/** What the checks ask a connection; of each operation that it declares at least one request. */
export interface OperationCases {
  readonly price?: readonly PriceRequest[];
  readonly availability?: readonly AvailabilityRequest[];
  readonly credit?: readonly CreditRequest[];
  readonly orderStatus?: readonly OrderStatusRequest[];
  readonly quoteToOrder?: readonly QuoteToOrderRequest[];
  /** An id in the system's form that no record has. */
  readonly unknown: ExternalId;
}

/** A rule that a connection broke. */
export interface OperationFinding {
  readonly check: "declared" | "reads_only" | "rows" | "rules" | "repeatable" | "alone" | "way";
  readonly operation: OperationName;
  readonly problem: string;
}

/** What was found, and how much was looked at: a check that looked at nothing proves nothing. */
export interface OperationReport {
  readonly findings: readonly OperationFinding[];
  readonly answers: number;
  readonly requests: number;
}

interface Checking {
  readonly connection: Connection;
  readonly operations: Operations;
  readonly unknown: ExternalId;
  readonly found: (
    check: OperationFinding["check"],
    operation: OperationName,
    problems: readonly string[],
  ) => void;
  readonly counted: { answers: number };
}

/**
 * Checks the operations of a connection that was opened on the watching `http`: that it offers what it
 * declares and no more, that nothing is written, that each row is answered in its place and alone, that the
 * figures of an answer agree with one another, and that asking twice gives one answer.
 */
export async function checkOperations(
  connection: Connection,
  { watch, cases }: { readonly watch: Watch; readonly cases: OperationCases },
): Promise<OperationReport> {
  const findings: OperationFinding[] = [];
  const counted = { answers: 0 };
  const found: Checking["found"] = (check, operation, problems) => {
    findings.push(...problems.map((problem) => ({ check, operation, problem })));
  };
  const operations = connection.operations ?? {};
  const checking: Checking = { connection, operations, unknown: cases.unknown, found, counted };
  const before = watch.passed.length;
  for (const name of operationNames) {
    const isOffered = operations[name] !== undefined;
    const isDeclared = connection.manifest.operations?.[name] !== undefined;
    if (isOffered !== isDeclared)
      found("declared", name, [isOffered ? "offered, not declared" : "declared, not offered"]);
    if (!isOffered) continue;
    if ((cases[name] ?? []).length === 0) found("declared", name, ["offered, and no case asks for it"]);
    const stoppedBefore = watch.stopped.length;
    await checkOne(checking, name, cases);
    const stopped = watch.stopped.slice(stoppedBefore);
    found(
      "reads_only",
      name,
      stopped.map(({ request, reason }) => `${request.method} ${request.path}: ${reason}`),
    );
  }
  return { findings, answers: counted.answers, requests: watch.passed.length - before };
}

async function checkOne(checking: Checking, name: OperationName, cases: OperationCases): Promise<void> {
  try {
    switch (name) {
      case "price":
        for (const request of cases.price ?? []) await checkPrice(checking, request);
        return;
      case "availability":
        for (const request of cases.availability ?? []) await checkStock(checking, request);
        return;
      case "credit":
        for (const request of cases.credit ?? []) await checkCredit(checking, request);
        return;
      case "orderStatus":
        for (const request of cases.orderStatus ?? []) await checkStatus(checking, request);
        return;
      default:
        for (const request of cases.quoteToOrder ?? []) await checkWay(checking, request);
    }
  } catch (error) {
    const { failure, code, message } = failureRecord(error);
    checking.found("rows", name, [`rejected with ${failure}/${code}: ${message}`]);
  }
}

/** Asks twice, and says when the answers differ. */
async function twice<Answer>(
  { found, counted }: Checking,
  name: OperationName,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const [first, second] = [await ask(), await ask()];
  counted.answers += 1;
  if (JSON.stringify(first) !== JSON.stringify(second)) found("repeatable", name, ["asked twice, told two"]);
  return first;
}

interface Row {
  readonly ok: boolean;
}

/** The rows with an unknown one before them: that one is refused, and the others say what they said. */
function checkAlone(
  { found }: Checking,
  name: OperationName,
  { rows, more }: { readonly rows: readonly Row[]; readonly more: readonly Row[] },
): void {
  const [stranger, ...others] = more;
  if (stranger?.ok !== false) found("alone", name, ["a record that does not exist was answered"]);
  if (JSON.stringify(others) !== JSON.stringify(rows))
    found("alone", name, ["a row that is refused changes what the others say"]);
}

/** Whether the rows are those that were asked for; when they are not, nothing more is asked of them. */
function isInPlace(
  { found }: Checking,
  name: OperationName,
  ids: { readonly told: readonly ExternalId[]; readonly asked: readonly ExternalId[] },
): boolean {
  const isSame = JSON.stringify(ids.told) === JSON.stringify(ids.asked);
  if (!isSame) found("rows", name, ["the rows are not those that were asked for"]);
  return isSame;
}

async function checkPrice(checking: Checking, request: PriceRequest): Promise<void> {
  const { price } = checking.operations;
  const [first] = request.lines;
  if (price === undefined || first === undefined) return;
  const answer = await twice(checking, "price", async () => price(request));
  const asked = request.lines.map(({ product }) => product);
  const told = answer.rows.map((row, at) => (row.ok ? row.product : (asked[at] ?? checking.unknown)));
  if (!isInPlace(checking, "price", { told, asked })) return;
  if (answer.rows.some(({ ok }) => !ok) !== (answer.totals === null))
    checking.found("rows", "price", ["totals stand beside a refused row, or are missing without one"]);
  checking.found("rules", "price", priceRules(answer));
  const lines = [{ ...first, product: checking.unknown }, ...request.lines];
  const more = await price({ ...request, lines });
  checkAlone(checking, "price", { rows: answer.rows, more: more.rows });
  if (more.totals !== null) checking.found("alone", "price", ["totals without the row that was refused"]);
}

async function checkStock(checking: Checking, request: AvailabilityRequest): Promise<void> {
  const { availability } = checking.operations;
  if (availability === undefined) return;
  const answer = await twice(checking, "availability", async () => availability(request));
  const asked = request.rows.map(({ product }) => product);
  const told = answer.rows.map((row, at) => (row.ok ? row.product : (asked[at] ?? checking.unknown)));
  if (!isInPlace(checking, "availability", { told, asked })) return;
  checking.found("rules", "availability", stockRules(answer, request.warehouses));
  const rows = [{ product: checking.unknown, wanted: null }, ...request.rows];
  const more = await availability({ ...request, rows });
  checkAlone(checking, "availability", { rows: answer.rows, more: more.rows });
}

async function checkCredit(checking: Checking, request: CreditRequest): Promise<void> {
  const { credit } = checking.operations;
  if (credit === undefined) return;
  const answer = await twice(checking, "credit", async () => credit(request));
  const abilities = checking.connection.manifest.operations?.credit;
  checking.found("rules", "credit", creditRules(answer, request, abilities));
  const stranger = await rejection(async () => credit({ ...request, customer: checking.unknown }));
  if (stranger !== "invalid") checking.found("alone", "credit", ["an unknown customer is not `invalid`"]);
}

async function checkStatus(checking: Checking, request: OrderStatusRequest): Promise<void> {
  const { orderStatus } = checking.operations;
  if (orderStatus === undefined) return;
  const rows = await twice(checking, "orderStatus", async () => orderStatus(request));
  const asked = request.orders;
  const told = rows.map((row, at) => (row.ok ? row.order : (asked[at] ?? checking.unknown)));
  if (!isInPlace(checking, "orderStatus", { told, asked })) return;
  checking.found("rules", "orderStatus", statusRules(rows));
  const more = await orderStatus({ orders: [checking.unknown, ...request.orders] });
  checkAlone(checking, "orderStatus", { rows, more });
}

async function checkWay(checking: Checking, { quote }: QuoteToOrderRequest): Promise<void> {
  const { quoteToOrder } = checking.operations;
  if (quoteToOrder === undefined) return;
  const way = await twice(checking, "quoteToOrder", async () => quoteToOrder({ quote }));
  checking.found("way", "quoteToOrder", wayRules(checking.connection, quote, way));
  const stranger = await quoteToOrder({ quote: checking.unknown });
  if (stranger.kind !== "closed")
    checking.found("way", "quoteToOrder", ["a quote that does not exist has a way to an order"]);
}

/** Rules that every answer of `quoteToOrder` keeps. */
function wayRules({ manifest }: Connection, quote: ExternalId, way: OrderWay): readonly string[] {
  if (way.kind === "closed") return [];
  if (way.kind === "ordered") {
    const isOther = manifest.operations?.quoteToOrder?.keepsId === true && way.order !== quote;
    return isOther ? ["the order has another id than its quote"] : [];
  }
  const { entity, id, transition } = way.write;
  const offered = manifest.entities[entity]?.transitions ?? [];
  const isOffered = offered.some((each) => JSON.stringify(each) === JSON.stringify(transition));
  return [
    ...(isOffered ? [] : ["the write is no state change that the manifest offers"]),
    ...(id === quote ? [] : ["the write is to another record"]),
  ];
}

/** The class of the failure that a call rejects with; null when it does not. */
async function rejection(call: () => Promise<unknown>): Promise<string | null> {
  try {
    await call();
    return null;
  } catch (error) {
    return failureRecord(error).failure;
  }
}
