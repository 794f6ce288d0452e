export * from "./currency.ts";
export * from "./contract.ts";
export * from "./contract-compile.ts";
export * from "./entity.ts";
export * from "./nearest.ts";
export * from "./statement.ts";
