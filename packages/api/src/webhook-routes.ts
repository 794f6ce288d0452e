import { z } from "zod";
import { keyRoles } from "./access.ts";
import { eventKinds } from "./event-routes.ts";
import { operators } from "./route.ts";
import type { Route } from "./route.ts";
import { counted, exactly, line, noParams, noQuery, pageOf, paging, said, saidOrNull } from "./schema.ts";
import type { Paging } from "./schema.ts";

const looking = {
  tag: "Operations",
  method: "get",
  scope: "operations:read",
  roles: ["operator", "approver", "administrator"],
  params: noParams,
  query: noQuery,
  body: null,
  isKeyed: false,
  budgetMs: null,
  more: "",
} as const;

/** A path with one subscription. */
export interface SubscriptionParams {
  readonly name: string;
}
/** A path with one attempt of it. */
export interface AttemptParams extends SubscriptionParams {
  readonly id: string;
}
const name = line(31, "A subscription, as crossfoot.yaml calls it");
const id: z.ZodType<string> = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .describe("The number of an attempt");
const ofSubscription: z.ZodType<SubscriptionParams> = exactly({ name });
const ofAttempt: z.ZodType<AttemptParams> = exactly({ name, id });

/** Whom events are told to. */
export const listWebhooksRoute: Route<object, object> = {
  ...looking,
  id: "listWebhooks",
  path: "/webhooks",
  summary: "Whom events are told to, and how it stands",
  answers: [
    {
      status: 200,
      what: "All subscriptions, by name",
      schema: exactly({
        rows: z.array(
          exactly({
            name: z.string(),
            host: said("Where messages go; no more of the address is told"),
            role: z.enum(keyRoles).describe("What it does not see is not told"),
            kinds: z.array(z.enum(eventKinds)).nullable().describe("Null for all"),
            entities: z.array(z.string()).nullable().describe("Null for all"),
            state: z
              .enum(["new", "open", "stopped"])
              .describe("`new` until a server has begun with it; `stopped` until an event is told again"),
            reason: saidOrNull("Why it is stopped"),
            behind: counted("Entries of the journal that were not looked at yet"),
            waiting: counted("Events that are tried again"),
            parked: counted("Events that wait for a person"),
            deliveredAt: saidOrNull("When something was last delivered"),
          }),
        ),
      }),
    },
  ],
  problems: [],
};

/** Attempts to tell one of them. */
export const listDeliveriesRoute: Route<SubscriptionParams, Paging> = {
  ...looking,
  id: "listDeliveries",
  path: "/webhooks/{name}/deliveries",
  summary: "Attempts to tell a subscription, the newest first",
  more: "Of what a receiver answers its status alone is kept.",
  params: ofSubscription,
  query: paging,
  answers: [
    {
      status: 200,
      what: "A page of attempts",
      schema: pageOf(
        exactly({
          id: z.string(),
          event: said("The event, as `GET /events` names it"),
          kind: said("Its kind; empty where the journal has it no more"),
          attempt: counted("From 1 on; 0 while somebody's wish to have it told again waits"),
          at: z.string(),
          state: z
            .enum(["waiting", "delivered", "failed", "parked", "dropped"])
            .describe("`waiting` is tried again at `nextAt`; `failed` was tried again; `parked` is not"),
          status: z.number().int().nullable().describe("Of the answer; null where there was none"),
          cause: saidOrNull("Why it is not delivered"),
          ms: z.number().int().nullable().describe("How long it took"),
          nextAt: saidOrNull("When it is tried again"),
          askedBy: saidOrNull("Who asked for it to be told again"),
        }),
      ),
    },
  ],
  problems: ["webhook_unknown", "cursor_invalid"],
};

/** Has an event told again. */
export const redeliverRoute: Route<AttemptParams, object> = {
  ...looking,
  id: "redeliver",
  method: "post",
  path: "/webhooks/{name}/deliveries/{id}/redeliver",
  scope: "operations:write",
  roles: operators,
  isKeyed: true,
  summary: "Tell the event of an attempt again, under the same `webhook-id`",
  more: "A subscription that was stopped goes on with it.",
  params: ofAttempt,
  answers: [{ status: 202, what: "It will be told", schema: exactly({ event: said("The event") }) }],
  problems: ["webhook_unknown", "delivery_unknown"],
};
