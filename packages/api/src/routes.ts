import * as change from "./change-routes.ts";
import * as duplicate from "./duplicate-routes.ts";
import * as event from "./event-routes.ts";
import * as moment from "./moment-routes.ts";
import * as operation from "./operation-routes.ts";
import * as person from "./person-routes.ts";
import * as plan from "./plan-routes.ts";
import * as record from "./record-routes.ts";
import * as webhook from "./webhook-routes.ts";
import type { Route } from "./route.ts";

/** Every route of the API, in the order of the reference. */
export const routes: readonly Route[] = [
  moment.quoteToOrderRoute,
  moment.orderOfQuoteRoute,
  moment.preflightRoute,
  moment.pricesRoute,
  moment.availabilityRoute,
  moment.creditRoute,
  moment.orderStatusRoute,
  moment.cancelOrderRoute,
  moment.cancellationRoute,
  change.changeOrderRoute,
  change.changePreviewRoute,
  change.changeOfOrderRoute,
  record.listRecordsRoute,
  record.recordRoute,
  record.customerRoute,
  record.whyRoute,
  record.linkRoute,
  operation.statusRoute,
  operation.runsRoute,
  event.eventsRoute,
  webhook.listWebhooksRoute,
  webhook.listDeliveriesRoute,
  webhook.redeliverRoute,
  operation.statementRoute,
  operation.conflictsRoute,
  operation.decideConflictRoute,
  operation.deadLettersRoute,
  operation.redriveRoute,
  operation.pausesRoute,
  operation.pauseRoute,
  operation.resumeRoute,
  duplicate.candidatesRoute,
  duplicate.decideCandidateRoute,
  duplicate.undecideCandidateRoute,
  duplicate.duplicatesRoute,
  duplicate.decideClusterRoute,
  plan.makePlanRoute,
  plan.planRoute,
  plan.applyPlanRoute,
  plan.undoRoute,
  operation.meRoute,
  person.listPeopleRoute,
  person.invitePersonRoute,
  person.changePersonRoute,
  person.linkPersonRoute,
  person.endSessionsRoute,
];
