import type { FieldReason } from "@crossfoot/kernel";

/** Why a value is written, in words, after the name of the side whose value it is. */
export const reasonWords: { readonly [reason in FieldReason]: string } = {
  only_change: "only one side changed it",
  only_writer: "the other side may not write it",
  master_wins: "both changed it, the master stands",
  newest_wins: "both changed it, the newest stands",
  custom_rule: "both changed it, your own rule decided",
  person_decided: "a person decided",
  put_back: "changed where it may not be, put back",
  first_link_master: "the two differed when they met, the master stands",
  fills_blank: "the other side shows nothing",
  lines_merged: "lines of both sides, put together",
  last_read: "the last value read",
  created: "comes with a record that is made",
};

/** Kinds of a write as headings of a table. */
export const kindWords: { readonly [kind: string]: string } = {
  create: "new",
  update: "changed",
  transition: "status",
  archive: "archived",
  unarchive: "brought back",
  delete: "deleted",
  merge: "joined",
  unmerge: "taken apart",
  note: "noted",
};
