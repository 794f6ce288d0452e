import { whyItLost } from "../runtime/loser-words.ts";
import type { LostValue } from "../store/port.ts";
import { showValue } from "./show-value.ts";
import { renderTable } from "./table.ts";
import { moment } from "./text.ts";

const reasonOf = (lost: LostValue): string => whyItLost(lost, showValue(lost.kept));

const outcomes: { readonly [outcome in LostValue["outcome"]]: string } = {
  overwritten: "overwritten",
  pending: "still there: the write is on its way",
  spared: "still there: the write was not made",
};

/** What became of a lost value: overwritten, still there, or brought back. */
function standing(lost: LostValue): string {
  const { outcome, restored, reason } = lost;
  if (restored !== null) return `brought back by ${restored.by} at ${moment(restored.at)}`;
  if (reason === "closed_by_state") return "it stands where it was made, and goes nowhere";
  const now = reason === "lossy_target" ? "whole where it came from" : outcomes[outcome];
  return `${now}${noteOf(lost)}`;
}

/** What became of the note on the record, where one is wanted. */
function noteOf({ note, outcome, connection }: LostValue): string {
  if (note === null || outcome !== "overwritten") return "";
  if (note.state === "told") return `; told by a note in ${connection} at ${moment(note.at ?? "")}`;
  return note.state === "due" ? "; a note about it is due" : `; ${connection} took no note about it`;
}

const whose = ({ actor, connection }: LostValue): string =>
  actor === null ? connection : `${actor} in ${connection}`;

/** One lost value as a sentence. */
export function lostSentence(lost: LostValue): string {
  const value = `${lost.field} “${showValue(lost.value)}” of ${whose(lost)}`;
  return `${moment(lost.at)}  ${value} lost: ${reasonOf(lost)} (${standing(lost)}) [${lost.entry}]`;
}

/** Values that lost, the newest first, with who, when and why. */
export function showLost(lost: readonly LostValue[], room: number): string {
  if (lost.length === 0) return "No value has lost to another.";
  const columns = [
    { title: "entry" },
    { title: "when" },
    { title: "entity" },
    { title: "link" },
    { title: "field" },
    { title: "value", least: 12 },
    { title: "of", least: 8 },
    { title: "because", least: 20 },
    { title: "now", least: 12 },
  ];
  const rows = lost.map((each) => [
    each.entry,
    moment(each.at),
    each.entity,
    each.link,
    each.field,
    showValue(each.value),
    whose(each),
    reasonOf(each),
    standing(each),
  ]);
  return renderTable(columns, rows, room);
}
