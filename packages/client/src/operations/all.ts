// Made from the OpenAPI document by packages/api/src/client-code.ts; a test keeps both equal.
import type { OperationRoute } from "../operation.ts";
import { inTheMomentRoutes } from "./in-the-moment.ts";
import type { InTheMomentOperations } from "./in-the-moment.ts";
import { recordsRoutes } from "./records.ts";
import type { RecordsOperations } from "./records.ts";
import { operationsRoutes } from "./operations.ts";
import type { OperationsOperations } from "./operations.ts";
import { duplicatesRoutes } from "./duplicates.ts";
import type { DuplicatesOperations } from "./duplicates.ts";
import { plansRoutes } from "./plans.ts";
import type { PlansOperations } from "./plans.ts";
import { accessRoutes } from "./access.ts";
import type { AccessOperations } from "./access.ts";

/** Every operation of the API, by its `operationId`. */
export interface Operations
  extends InTheMomentOperations,
    RecordsOperations,
    OperationsOperations,
    DuplicatesOperations,
    PlansOperations,
    AccessOperations {}

/** Where every operation is. */
export const operationRoutes: { readonly [id in keyof Operations]: OperationRoute } = {
  ...inTheMomentRoutes,
  ...recordsRoutes,
  ...operationsRoutes,
  ...duplicatesRoutes,
  ...plansRoutes,
  ...accessRoutes,
};
