import {
  apiBase,
  availabilityRoute,
  cancellationRoute,
  cancelOrderRoute,
  changeOfOrderRoute,
  changeOrderRoute,
  changePreviewRoute,
  creditRoute,
  orderOfQuoteRoute,
  orderStatusRoute,
  preflightRoute,
  pricesRoute,
  quoteToOrderRoute,
} from "@crossfoot/api";
import type { ChangeBody, ProblemCode } from "@crossfoot/api";
import type { ChangeQuestion, Changing } from "../../runtime/change-port.ts";
import type {
  Answered,
  Cancelling,
  Moment,
  Ordering,
  Preflight,
  Refusal,
  RefusalCode,
} from "../../runtime/moment-port.ts";
import { goesOn } from "../../runtime/moment-order.ts";
import { bind, done } from "./call.ts";
import type { Answer, Bound, Call } from "./call.ts";
import { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** The problem of a refusal: it is called the same, but for one. */
const codeOf = (code: RefusalCode): ProblemCode => (code === "invalid" ? "question_invalid" : code);
const awaySeconds = 10;
const lookAgainSeconds = 2;

function problemOf({ code, message, failure }: Refusal): Problem {
  const headers = code === "erp_away" ? { "retry-after": String(awaySeconds) } : {};
  if (failure === null) return new Problem(codeOf(code), message, { headers });
  const { code: word, message: said, field, requestId } = failure;
  return new Problem(codeOf(code), message, {
    headers,
    system: { code: word, message: said, field, requestId },
  });
}

function answerOf<A>(answered: Answered<A>, shown: (answer: A) => unknown): Answer {
  if (answered.kind === "refused") throw problemOf(answered.refusal);
  const isNow = answered.kind === "now";
  const freshness = {
    kind: answered.kind,
    ageSeconds: isNow ? 0 : Math.max(0, Math.round(answered.ageMs / 1_000)),
    reason: isNow ? null : answered.why.message,
  };
  return done({ freshness, answer: shown(answered.answer) });
}

const asIs = (answer: unknown): unknown => answer;

type Credit = NonNullable<Preflight["credit"]>;

/** What of a customer's credit tells the limit goes with the field `creditLimit` of accounts. */
function creditShown(credit: Credit, sight: Sight): unknown {
  if (!sight.hides("accounts", "creditLimit") && !sight.hidesEntity("accounts")) return credit;
  const { limit: _limit, free: _free, ...rest } = credit;
  return rest;
}

function preflightShown(preflight: Preflight, sight: Sight): unknown {
  if (!sight.hides("accounts", "creditLimit") && !sight.hidesEntity("accounts")) return preflight;
  const { credit, findings, ...rest } = preflight;
  return {
    ...rest,
    findings: findings.map((each) =>
      each.code.startsWith("credit_")
        ? { ...each, message: "the customer's credit stands in the way", quoted: null, found: null }
        : each,
    ),
    credit: credit === null ? null : creditShown(credit, sight),
  };
}

function orderingAnswer(ordering: Ordering, quote: string): Answer {
  if (ordering.kind === "refused") throw problemOf(ordering.refusal);
  if (ordering.kind === "ordered") return done(ordering);
  const location = `${apiBase}/quotes/${encodeURIComponent(quote)}/order`;
  return { status: 202, body: ordering, location, retryAfterSeconds: lookAgainSeconds };
}

function cancellingAnswer(cancelling: Cancelling, order: string): Answer {
  if (cancelling.kind === "refused") throw problemOf(cancelling.refusal);
  if (cancelling.kind !== "pending") return done(cancelling);
  const location = `${apiBase}/orders/${encodeURIComponent(order)}/cancel`;
  return { status: 202, body: cancelling, location, retryAfterSeconds: lookAgainSeconds };
}

function changingAnswer(changing: Changing, order: string): Answer {
  if (changing.kind === "refused") throw problemOf(changing.refusal);
  if (changing.kind !== "pending") return done(changing);
  const location = `${apiBase}/orders/${encodeURIComponent(order)}/change`;
  return { status: 202, body: changing, location, retryAfterSeconds: lookAgainSeconds };
}

/** The wish of a body: a field that it leaves out is left as it is. Throws a Problem where it says two. */
function wishOf(body: Omit<ChangeBody, "reason">): ChangeQuestion["wish"] {
  const { quote, lines, add, requestedDate, customerOrderNumber } = body;
  const heads = {
    ...(requestedDate === undefined ? {} : { requestedDate }),
    ...(customerOrderNumber === undefined ? {} : { customerOrderNumber }),
  };
  if (quote === null) return { lines, add, ...heads };
  if (lines.length + add.length + Object.keys(heads).length > 0)
    throw new Problem("question_invalid", "a quote says it all: leave lines, add, date and number out");
  return { quote };
}

function changeRoutes(moment: Moment): readonly Bound[] {
  return [
    bind(changeOrderRoute, async ({ params, body, caller, budgetMs }) => {
      const { version, reason } = body;
      const asked = { order: params.id, wish: wishOf(body), version, reason, by: caller.by, budgetMs };
      return changingAnswer(await moment.changeOrder(asked), params.id);
    }),
    bind(changePreviewRoute, async ({ params, body, budgetMs }) => {
      const asked = { order: params.id, wish: wishOf(body), version: body.version, budgetMs };
      return changingAnswer(await moment.wouldChange(asked), params.id);
    }),
    bind(changeOfOrderRoute, async ({ params, budgetMs }) =>
      changingAnswer(await moment.changeOf({ order: params.id, budgetMs }), params.id),
    ),
  ];
}

/** What is asked while somebody waits. */
export function momentRoutes(moment: Moment): readonly Bound[] {
  const within = ({ budgetMs }: Pick<Call, "budgetMs">): { readonly budgetMs: number } => ({ budgetMs });
  return [
    bind(
      quoteToOrderRoute,
      async (call) => {
        const quote = call.params.id;
        const { by } = call.caller;
        const { accepted, rest, olderRevision } = call.body;
        const part = accepted.length === 0 ? {} : { part: { lines: accepted, rest } };
        const older = olderRevision ? { isOlderRevision: true } : {};
        const asked = { quote, by, until: "ordered", ...part, ...older, ...within(call) } as const;
        return orderingAnswer(await moment.quoteToOrder(asked), quote);
      },
      { pending: (call) => orderingAnswer(goesOn, call.params.id) },
    ),
    bind(orderOfQuoteRoute, async (call) => {
      const quote = call.params.id;
      return orderingAnswer(await moment.orderOf({ quote, ...within(call) }), quote);
    }),
    bind(cancelOrderRoute, async (call) => {
      const order = call.params.id;
      const asked = { order, by: call.caller.by, reason: call.body.reason };
      return cancellingAnswer(await moment.cancelOrder({ ...asked, ...within(call) }), order);
    }),
    bind(cancellationRoute, async (call) => {
      const order = call.params.id;
      return cancellingAnswer(await moment.cancellationOf({ order, ...within(call) }), order);
    }),
    ...changeRoutes(moment),
    bind(preflightRoute, async (call) =>
      answerOf(await moment.preflight({ ...call.body, ...within(call) }), (answer) =>
        preflightShown(answer, call.caller.sight),
      ),
    ),
    bind(pricesRoute, async (call) => answerOf(await moment.price({ ...call.body, ...within(call) }), asIs)),
    bind(availabilityRoute, async (call) =>
      answerOf(await moment.availability({ ...call.body, ...within(call) }), asIs),
    ),
    bind(creditRoute, async (call) =>
      answerOf(await moment.credit({ ...call.body, ...within(call) }), (answer) =>
        creditShown(answer, call.caller.sight),
      ),
    ),
    bind(orderStatusRoute, async (call) =>
      answerOf(await moment.orderStatus({ order: call.params.id, ...within(call) }), asIs),
    ),
  ];
}
