import { z } from "zod";
import { orderers, orderMs, pending, question, refusals } from "./moment-terms.ts";
import type { ProblemCode } from "./problem.ts";
import type { Route, RouteAnswer } from "./route.ts";
import { day, decimal, exactly, line, recordName, recordParams, said, saidOrNull } from "./schema.ts";

/** What is wanted changed of an order; what is not named stays. */
interface ChangeWishBody {
  readonly lines: readonly { readonly line: string; readonly quantity: string }[];
  readonly add: readonly {
    readonly name: string;
    readonly product: string;
    readonly quantity: string;
    readonly unit: string | null;
  }[];
  readonly requestedDate?: string | null | undefined;
  readonly customerOrderNumber?: string | null | undefined;
  readonly quote: string | null;
  readonly version: string | null;
}

/** Body of `POST /orders/{id}/change`. */
export type ChangeBody = ChangeWishBody & { readonly reason: string };

/** Lines of one wish: one screen of an order. */
const linesMax = 500;
const lineName = line(200, "A line under its name, as `GET` of the same address tells it");
const wish = {
  lines: z
    .array(exactly({ line: lineName, quantity: decimal.describe("How much is wanted; `0` takes it away") }))
    .max(linesMax)
    .default([])
    .describe("Lines that stand, in their own units; the others stay"),
  add: z
    .array(
      exactly({
        name: line(100, "Asked for again under the same name, the line is added once"),
        product: recordName,
        quantity: decimal,
        unit: line(40, "A unit of ours; null is the product's own").nullable().default(null),
      }),
    )
    .max(linesMax)
    .default([])
    .describe("New lines; the ERP prices them"),
  requestedDate: day.nullable().optional().describe("Null takes it away; missing leaves it"),
  customerOrderNumber: line(60, "The customer's own number").nullable().optional(),
  quote: recordName
    .nullable()
    .default(null)
    .describe(
      "In place of all that: a quote that is accepted, the order's own or another revision of it; the " +
        "order is to have its lines, date and number. Lines keep their prices: another price is refused",
    ),
  version: line(200, "As the order was looked at; another one by now is refused as `order_moved`")
    .nullable()
    .default(null),
};

const order = exactly({ names: z.array(z.string()), number: z.string().nullable() });
const changes = z.array(
  exactly({
    line: saidOrNull("The line under its name; null for a field of the head"),
    field: said("What changes"),
    from: saidOrNull("As it stands"),
    to: saidOrNull("As it is wanted"),
  }),
);
const changed = exactly({
  kind: z.literal("changed"),
  order,
  changes: changes.describe("What this very call changed"),
  isDoneNow: z.boolean().describe("Whether this very call did it"),
});
const changeProblems: readonly ProblemCode[] = [
  ...refusals,
  "order_bound",
  "line_bound",
  "order_moved",
  "not_accepted",
];
const notYet: RouteAnswer = {
  status: 202,
  what: "It is not known yet; ask again, or look at `Location`",
  schema: pending,
};

/** Has the ERP change an order. */
export const changeOrderRoute: Route<{ readonly id: string }, object, ChangeBody> = {
  ...question,
  id: "changeOrder",
  path: "/orders/{id}/change",
  summary: "Have the ERP change an order, as far as the contract leaves that to the CRM",
  more:
    "All of the wish is granted, or nothing. Refused as `order_bound` once the contract gives the order to " +
    "the ERP alone, as `line_bound` where a line would go below what is delivered or invoiced of it. Asked " +
    "again, by whomever, it is changed once; there is never a second order. The reason stands as a note on " +
    "the CRM's order where the CRM takes notes.",
  scope: "orders:write",
  roles: orderers,
  params: recordParams,
  body: exactly({
    ...wish,
    reason: z.string().trim().min(1).max(500).describe("Told to who looks at the order"),
  }),
  answers: [{ status: 200, what: "The order is as it was wanted", schema: changed }, notYet],
  problems: changeProblems,
  isKeyed: true,
  budgetMs: orderMs,
};

/** What a change would come to. */
export const changePreviewRoute: Route<{ readonly id: string }, object, ChangeWishBody> = {
  ...question,
  id: "previewChange",
  path: "/orders/{id}/change-preview",
  summary: "What a change of an order would come to, and what of it would be refused, without doing anything",
  more: "Without refusals it would be made.",
  params: recordParams,
  body: exactly(wish),
  answers: [
    {
      status: 200,
      what: "Changes and refusals",
      schema: exactly({
        kind: z.literal("possible"),
        state: z.string(),
        version: z.string().nullable(),
        changes,
        refusals: z.array(
          exactly({
            line: z.string().nullable(),
            code: said("Stable code, such as `below_done`"),
            why: said("In words"),
          }),
        ),
      }),
    },
  ],
  problems: [...refusals, "line_bound", "order_moved", "not_accepted"],
};

/** How an order stands, and whether a change of it is under way. */
export const changeOfOrderRoute: Route<{ readonly id: string }> = {
  ...question,
  id: "changeOfOrder",
  method: "get",
  path: "/orders/{id}/change",
  summary: "How an order stands, line by line, and whether a change of it is under way",
  more: "",
  params: recordParams,
  body: null,
  answers: [
    {
      status: 200,
      what: "The order as the ERP shows it",
      schema: exactly({
        kind: z.literal("standing"),
        order,
        state: z.string(),
        version: z.string().nullable(),
        isUnderWay: z.boolean().describe("Whether a change is stored or on its way"),
        bound: saidOrNull("Why nothing of it may be changed; null while something may"),
        requestedDate: z.string().nullable(),
        customerOrderNumber: z.string().nullable(),
        lines: z.array(
          exactly({
            line: said("Its name"),
            product: saidOrNull("Its product in the ERP"),
            quantity: z.string().nullable(),
            unit: z.string().nullable(),
            done: saidOrNull("Delivered or invoiced of it, whichever is more; null where nobody tells"),
          }),
        ),
      }),
    },
  ],
  problems: refusals,
};
