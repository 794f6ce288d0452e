/** What can happen that a page or another program wants to know at once, as the HTTP API tells it. */
export const eventKinds = [
  "run.started",
  "run.ended",
  "operation.ended",
  "record.changed",
  "question.opened",
  "question.closed",
  "plan.made",
  "plan.approved",
  "plan.applied",
  "plan.stopped",
  "connection.paused",
  "connection.resumed",
  "entity.paused",
  "entity.resumed",
] as const;
