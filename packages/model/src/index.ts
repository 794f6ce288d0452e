export * from "./currency.ts";
export * from "./context.ts";
export * from "./contract.ts";
export * from "./contract-compile.ts";
export * from "./entity.ts";
export * from "./nearest.ts";
export * from "./statement.ts";
export * from "./unit.ts";
