export * from "./value.ts";
export * from "./record.ts";
export * from "./failure.ts";
