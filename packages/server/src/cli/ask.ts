import { readDuration } from "../config/duration.ts";
import type { AcceptedPart } from "../runtime/accept-port.ts";
import type { Answered, Cancelling, Engine, Ordering } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { addChanging } from "./change-order.ts";
import { withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { freshness, showCredit, showOrder, showPreflight, showPrices, showStock } from "./show-moment.ts";

interface Flags {
  readonly within: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly date?: string;
  readonly pricebook?: string;
  readonly warehouses?: readonly string[];
}

const within = ["--within <duration>", "how long to wait for an answer", "10s"] as const;
const acceptedHelp =
  "a part that the customer accepts, LINE=QUANTITY, a line by the id of its row in the CRM";
const lineHelp = "<connection>:<id>, `=QUANTITY` and `,UNIT` behind it, such as erp:12=10,pcs";

/** Adds `ask-*` and `order`: what is answered while somebody waits. */
export function addAsking(add: Add): void {
  add("ask-price", "what the ERP would charge a customer", (command, act) => {
    command
      .argument("<account>", "<connection>:<id>, or the id of a link")
      .argument("<lines...>", lineHelp)
      .option("--pricebook <record>", "another price list than the customer's")
      .option("--currency <code>", "another currency than the customer's")
      .option("--date <day>", "as of that day, YYYY-MM-DD")
      .option(...within);
    act((context, [account, lines]) => {
      const { pricebook = null, currency = null, date = null, ...flags } = command.opts<Flags>();
      const question = { account: String(account), pricebook, currency, date, lines: linesOf(lines) };
      return ask(context, flags, { ask: "price", show: showPrices, question });
    });
  });
  add("ask-stock", "what is there, and what can be promised from when", (command, act) => {
    command
      .argument("<lines...>", lineHelp)
      .option("--warehouses <codes...>", "only these")
      .option("--date <day>", "what can be promised for that day, YYYY-MM-DD")
      .option(...within);
    act((context, [lines]) => {
      const { warehouses = null, date = null, ...flags } = command.opts<Flags>();
      return ask(context, flags, {
        ask: "availability",
        show: showStock,
        question: { rows: wantedOf(lines), warehouses, date },
      });
    });
  });
  addAboutOne(add);
}

function addAboutOne(add: Add): void {
  add("ask-credit", "how far a customer's credit is used", (command, act) => {
    command
      .argument("<account>")
      .option("--amount <decimal>", "with an order of this amount on top")
      .option("--currency <code>", "currency of that amount")
      .option(...within);
    act((context, [account]) => {
      const { amount, currency, ...flags } = command.opts<Flags>();
      if ((amount === undefined) !== (currency === undefined))
        throw badInput("--amount and --currency go together");
      const order = amount === undefined || currency === undefined ? null : { amount, currency };
      return ask(context, flags, {
        ask: "credit",
        show: showCredit,
        question: { account: String(account), order },
      });
    });
  });
  add("ask-order", "how far an order has come", (command, act) => {
    command.argument("<order>").option(...within);
    act((context, [order]) =>
      ask(context, command.opts<Flags>(), {
        ask: "orderStatus",
        show: showOrder,
        question: { order: String(order) },
      }),
    );
  });
  add("preflight", "what stands between a quote and its order; changes nothing", (command, act) => {
    command
      .argument("<quote>")
      .option("--line <lines...>", `${acceptedHelp}: what an order of that would come to`)
      .option(...within);
    act((context, [quote]) => {
      const flags = command.opts<OrderFlags>();
      const accepted = acceptedOf(flags);
      return ask(context, flags, {
        ask: "preflight",
        show: showPreflight,
        question: { quote: String(quote), ...(accepted.length === 0 ? {} : { accepted }) },
        isGood: ({ verdict }) => verdict === "ok",
      });
    });
  });
  add("order", "make the order of a quote that the CRM shows as accepted, and tell it", (command, act) => {
    command
      .argument("<quote>")
      .option("--line <lines...>", `${acceptedHelp}: the quote is split, what is left is a quote of its own`)
      .option("--close", "what is left is given up, and becomes no quote")
      .option("--older-revision", "on purpose, though a newer revision of the quote is there")
      .option(...within);
    act((context, [quote]) => order(context, String(quote), command.opts<OrderFlags>()));
  });
  addCancelling(add);
  addChanging(add);
}

function addCancelling(add: Add): void {
  const says = "have the ERP cancel an order, where the contract leaves that to the CRM";
  add("cancel-order", says, (command, act) => {
    command
      .argument("<order>")
      .option("--reason <text>", "why; told on the CRM's order")
      .option("--check", "only look: tell whether it would be cancelled")
      .option(...within);
    act((context, [given]) => cancelOrder(context, String(given), command.opts<CancelFlags>()));
  });
}

/** Lines as `RECORD=QUANTITY,UNIT`; the quantity is null where none is said. */
function wantedOf(given: unknown): readonly {
  readonly product: string;
  readonly quantity: string | null;
  readonly unit: string | null;
}[] {
  const texts = Array.isArray(given) ? given.map(String) : [];
  return texts.map((text) => {
    const [product = "", rest = ""] = text.split("=");
    const [quantity = "", unit = null] = rest.split(",");
    if (product === "") throw badInput(`a line is ${lineHelp}`);
    return { product, quantity: quantity === "" ? null : quantity, unit };
  });
}

/** The same, one piece of what has no quantity. */
const linesOf = (given: unknown) =>
  wantedOf(given).map((line) => ({ ...line, quantity: line.quantity ?? "1" }));

function budgetOf({ within: given }: Pick<Flags, "within">): number {
  const ms = readDuration(given);
  if (ms === undefined || ms === 0) throw badInput("--within is a duration such as 10s");
  return ms;
}

type Moment = Engine["moment"];
type Questions = "price" | "availability" | "credit" | "orderStatus" | "preflight";
type Answer<Name extends Questions> = Awaited<ReturnType<Moment[Name]>> extends Answered<infer A> ? A : never;

async function ask<Name extends Questions>(
  context: Context,
  flags: Pick<Flags, "within">,
  at: {
    readonly ask: Name;
    readonly question: Omit<Parameters<Moment[Name]>[0], "budgetMs">;
    readonly show: (answer: Answer<Name>, room: number) => string;
    /** Whether nothing is left to be looked at. */
    readonly isGood?: (answer: Answer<Name>) => boolean;
  },
): Promise<ExitCode> {
  const question = { ...at.question, budgetMs: budgetOf(flags) };
  const told = (await withEngine(context, ({ moment }) =>
    (moment[at.ask] as (asked: typeof question) => Promise<unknown>)(question),
  )) as Answered<Answer<Name>>;
  if (told.kind === "refused") throw refusalIn(told.refusal);
  context.print(told, () => [...freshness(told), at.show(told.answer, context.room)].join("\n\n"));
  const isGood = told.kind === "now" && at.isGood?.(told.answer) !== false;
  return isGood ? exitCodes.done : exitCodes.differences;
}

const refusalIn = ({ code, message }: { readonly code: string; readonly message: string }): Refusal =>
  new Refusal(
    code === "invalid" || code === "record_unknown" ? exitCodes.misconfigured : exitCodes.failed,
    message,
    { code },
  );

interface OrderFlags extends Flags {
  readonly line?: readonly string[];
  readonly close?: boolean;
  readonly olderRevision?: boolean;
}

function partOf({ close = false, ...flags }: OrderFlags): { readonly part?: AcceptedPart } {
  const lines = acceptedOf(flags);
  if (lines.length > 0) return { part: { lines, rest: close ? "close" : "keep" } };
  if (close) throw badInput("--close goes with --line: without it all of the quote is ordered");
  return {};
}

const acceptedOf = ({ line = [] }: Pick<OrderFlags, "line">): AcceptedPart["lines"] =>
  line.map((text) => {
    const at = text.lastIndexOf("=");
    if (at < 1 || at === text.length - 1) throw badInput("--line is LINE=QUANTITY, such as crm:L1=60");
    return { line: text.slice(0, at), quantity: text.slice(at + 1) };
  });

async function order(context: Context, quote: string, flags: OrderFlags): Promise<ExitCode> {
  const { olderRevision: isOlderRevision = false } = flags;
  const own = { quote, by: context.deps.user, budgetMs: budgetOf(flags) };
  const asked = { ...own, ...(isOlderRevision ? { isOlderRevision } : {}), ...partOf(flags) };
  const told: Ordering = await withEngine(context, ({ moment }) => moment.quoteToOrder(asked));
  if (told.kind === "refused") throw refusalIn(told.refusal);
  context.print(told, () => {
    if (told.kind === "pending") return `Not yet: ${told.message}.`;
    const named = told.order.names.join(", ");
    const said = told.isMadeNow ? "Ordered" : "Ordered before";
    const left = told.rest === null ? "" : ` What is left is the quote ${told.rest}.`;
    return `${said}: ${told.order.number ?? "without a number"} (${named}).${left}`;
  });
  return told.kind === "ordered" ? exitCodes.done : exitCodes.differences;
}

interface CancelFlags extends Flags {
  readonly reason?: string;
  readonly check?: boolean;
}

/** Longest reason, characters: a note repeats it whole. */
const reasonMax = 500;

async function cancelOrder(context: Context, given: string, flags: CancelFlags): Promise<ExitCode> {
  const reason = flags.reason?.trim() ?? "";
  const isCheck = flags.check === true;
  if (!isCheck && (reason === "" || reason.length > reasonMax))
    throw badInput(`--reason is needed: why the order is cancelled, up to ${reasonMax} characters`);
  const asked = { order: given, budgetMs: budgetOf(flags) };
  const told: Cancelling = await withEngine(context, ({ moment }) =>
    isCheck ? moment.cancellationOf(asked) : moment.cancelOrder({ ...asked, by: context.deps.user, reason }),
  );
  if (told.kind === "refused") throw refusalIn(told.refusal);
  context.print(told, () => {
    if (told.kind === "pending") return `Not yet: ${told.message}.`;
    if (told.kind === "possible") return `It would be cancelled: it is ${told.state}.`;
    const said = told.isDoneNow ? "Cancelled" : "Cancelled before";
    return `${said}: ${told.order.number ?? "without a number"} (${told.order.names.join(", ")}).`;
  });
  return told.kind === "pending" ? exitCodes.differences : exitCodes.done;
}
