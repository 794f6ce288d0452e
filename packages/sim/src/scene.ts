import type { EntityName } from "@crossfoot/model";
import type { Profile } from "./system/profile.ts";

/** What the drawing of workload and faults knows of a scenario. */
export interface Scene {
  readonly mask: ReadonlySet<string>;
  readonly entities: readonly EntityName[];
  readonly workers: readonly string[];
  readonly endsAt: number;
  readonly profiles: { readonly crm: Profile; readonly erp: Profile };
}
