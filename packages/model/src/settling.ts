import { isCompanyAmount } from "./company-totals.ts";
import type { MissingReason } from "./reason.ts";

/** A difference or a missing record, as far as the command that settles it depends on it. */
export interface Unsettled {
  readonly reason: MissingReason;
  readonly entity: string;
  /** Link, or `<connection>:<id>` of a record that has none. */
  readonly record: string;
  readonly field: string | null;
  /** Dead letters of the record. */
  readonly parks: readonly string[];
  /** The record that a newcomer may be the same as; missing where there is none or several. */
  readonly twin?: string | undefined;
}

/** The command that settles a difference, or that shows what it rests on. Never throws. */
export function settlingCommand({ reason, entity, record, field, parks, twin }: Unsettled): string {
  switch (reason) {
    case "in_flight":
    case "waiting_for_parent":
      return "crossfoot run";
    case "parked":
      return parks.length === 0 ? `crossfoot why ${record}` : `crossfoot redrive ${parks.join(" ")}`;
    case "conflict":
      return field === null ? "crossfoot conflicts" : `crossfoot conflicts ${record} ${field} --take erp`;
    case "candidate":
      return `crossfoot match ${entity} ${record} ${twin === undefined ? "--apart" : `--with ${twin}`}`;
    case "not_permitted":
      return "crossfoot check";
    case "deleted_elsewhere":
      return `crossfoot deleted ${entity} ${record} --keep`;
    case "not_wanted":
    case "parent_not_wanted":
      return "crossfoot contract";
    // A field is kept apart by the contract, a record by what a person answered.
    case "kept_difference":
      return field === null ? `crossfoot why ${record}` : "crossfoot contract";
    case "unknown":
      if (field !== null && isCompanyAmount(field)) return "crossfoot explain crm.json erp.json";
      return `crossfoot sync ${entity} ${record}`;
    default:
      return `crossfoot why ${record}`;
  }
}
