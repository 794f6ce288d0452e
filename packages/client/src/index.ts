export { createClient } from "./client.ts";
export type { Answer, Asked, CallOptions, Client, ListId, OperationId, Row } from "./client.ts";
export type { AskedEvents, ClientEvent } from "./events.ts";
export type { Operations } from "./operations/all.ts";
export type { ProblemCode } from "./operations/codes.ts";
export { CrossfootAway, CrossfootProblem } from "./problem.ts";
export type { Fault } from "./problem.ts";
export type { ClientOptions } from "./wire.ts";
