/** Kinds of events, as the HTTP API tells them. */
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
