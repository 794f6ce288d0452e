export { tokenNames } from "./auth.ts";
export { checkDescription } from "./check.ts";
export type { DescriptionProblem } from "./problem.ts";
export { httpConnector } from "./connector.ts";
export { descriptionSchema } from "./json-schema.ts";
