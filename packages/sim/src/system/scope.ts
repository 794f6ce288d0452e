import type { EntityName } from "@crossfoot/model";
import type { Standing } from "./commit.ts";

/** The native root that a filter of accounts looks at, where there is one; no field of ours. */
export const scopeRoot = "segment";
/** Its value on records that are none of ours. */
export const outOfScope = "private";
/** Whose records a filter can leave out. */
export const filteredEntity: EntityName = "accounts";

/** Whether the record stands outside the filter. */
export const isOutside = ({ native }: Standing): boolean => native[scopeRoot] === outOfScope;
