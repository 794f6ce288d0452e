export { createClient } from "./client.ts";
export type {
  Answer,
  Asked,
  CallOptions,
  Client,
  ClientOptions,
  ListId,
  OperationId,
  Row,
} from "./client.ts";
export type { Operations } from "./operations/all.ts";
export type { ProblemCode } from "./operations/codes.ts";
export { CrossfootAway, CrossfootProblem } from "./problem.ts";
export type { Fault } from "./problem.ts";
