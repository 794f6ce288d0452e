import type { RecordRef, TwinRecord } from "../json.ts";
import type { Ledger } from "../ledger.ts";
import { crmRefusal } from "./wire.ts";

/**
 * Records that an administrator keeps from the API: lists and searches leave them out, whoever asks for one
 * by its id is told that it may not be seen. People see them as ever.
 */
export interface Withheld {
  /** Keeps a record from the API, or gives it back. */
  set(ref: RecordRef, isWithheld: boolean): void;
  has(object: string, id: string): boolean;
  /** Throws 403 where the API may not see the record. */
  check(ref: RecordRef): void;
  /** Those that the API may see. */
  seen(object: string, records: readonly TwinRecord[]): readonly TwinRecord[];
}

const keyOf = (object: string, id: string | number): string => `withheld/${object}/${id}`;

/** The records that a CRM keeps from its API, among its settings. */
export function withheldRecords(ledger: Ledger): Withheld {
  const { state } = ledger;
  const has = (object: string, id: string | number): boolean => state.settings[keyOf(object, id)] === "yes";
  return {
    has,
    set: ({ object, id }, isWithheld) => {
      state.settings[keyOf(object, id)] = isWithheld ? "yes" : "no";
    },
    check: ({ object, id }) => {
      if (has(object, id)) throw crmRefusal("forbidden", "", `${object} ${id} may not be seen`);
    },
    seen: (object, records) => records.filter(({ id }) => !has(object, id)),
  };
}
