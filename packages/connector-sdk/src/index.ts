export * from "./mapping-types.ts";
export * from "./failure.ts";
export * from "./manifest.ts";
export * from "./ports.ts";
