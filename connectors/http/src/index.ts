export { tokenNames } from "./auth.ts";
export { checkDescription } from "./check.ts";
export type { DescriptionProblem } from "./problem.ts";
export { httpConnector } from "./connector.ts";
export { descriptionSchema } from "./json-schema.ts";
export { limitsOf, readLimits } from "./limits.ts";
export type { DeclaredLimits, ToldLimits } from "./limits.ts";
