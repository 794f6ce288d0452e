export { checkOperations } from "./check-operations.ts";
export type { OperationCases, OperationFinding, OperationReport } from "./check-operations.ts";
export { deliveryOf } from "./delivery.ts";
export { watch } from "./watch.ts";
export type { Watch } from "./watch.ts";
