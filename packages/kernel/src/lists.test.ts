import { expect, it } from "vitest";
import { adoptedTerms } from "./adopted.ts";
import type { AdoptedTerms } from "./adopted.ts";
import { conflictReasons, discardReasons } from "./conflict.ts";
import type { ConflictReason, DiscardReason } from "./conflict.ts";
import { fieldReasons } from "./merge.ts";
import type { FieldReason } from "./merge.ts";
import { parkReasons, verdicts } from "./plan.ts";
import type { ParkReason, Verdict } from "./plan.ts";
import { observationKinds } from "./record.ts";
import type { ObservationKind } from "./record.ts";
import { deletionWords } from "./words.ts";
import type { DeletionWord } from "./words.ts";

/** The compiler asks for every word of the type, the test for every word of the list. */
function isWhole<Word extends string>(list: readonly Word[], all: Record<Word, true>): void {
  expect(list.toSorted()).toEqual(Object.keys(all).toSorted());
}

const conflicts: Record<ConflictReason, true> = {
  both_changed: true,
  stamps_too_close: true,
  first_link_differs: true,
  removed_and_changed: true,
  custom_rule_asks: true,
  master_unchanged: true,
  restored: true,
};
const discards: Record<DiscardReason, true> = {
  master_wins: true,
  newest_wins: true,
  not_a_writer: true,
  first_link_master: true,
  custom_rule: true,
  person_decided: true,
  lossy_target: true,
  closed_by_state: true,
};
const fields: Record<FieldReason, true> = {
  only_change: true,
  only_writer: true,
  master_wins: true,
  newest_wins: true,
  custom_rule: true,
  person_decided: true,
  put_back: true,
  first_link_master: true,
  fills_blank: true,
  lines_merged: true,
  last_read: true,
  created: true,
};
const parks: Record<ParkReason, true> = {
  value_refused: true,
  no_transition: true,
  deleted_elsewhere: true,
  edited_while_deleted: true,
  write_refused: true,
  retries_exhausted: true,
  unreadable: true,
  not_unique: true,
  doubt_unprovable: true,
  id_reused: true,
  returned: true,
  may_be_merged: true,
  rule_failed: true,
  period_closed: true,
};
const outcomes: Record<Verdict, true> = {
  agreed: true,
  writes: true,
  waiting: true,
  conflict: true,
  parked: true,
  not_wanted: true,
  in_flight: true,
  dormant: true,
  ended: true,
};
const kinds: Record<ObservationKind, true> = {
  present: true,
  archived: true,
  deleted: true,
  merged: true,
  converted: true,
  not_permitted: true,
  not_seen: true,
  out_of_scope: true,
};
const words: Record<DeletionWord, true> = { archive: true, keep: true, restore: true };
const terms: Record<AdoptedTerms, true> = { review: true, keep: true };

it("closed lists hold every word of their type, once: stores and documents are checked against them", () => {
  isWhole(conflictReasons, conflicts);
  isWhole(discardReasons, discards);
  isWhole(fieldReasons, fields);
  isWhole(parkReasons, parks);
  isWhole(verdicts, outcomes);
  isWhole(observationKinds, kinds);
  isWhole(deletionWords, words);
  isWhole(adoptedTerms, terms);
});
