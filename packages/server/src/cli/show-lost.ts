import type { LostValue } from "../store/port.ts";
import { showValue } from "./show-value.ts";
import { renderTable } from "./table.ts";
import { moment } from "./text.ts";

/** Why a value lost, in words that say whose value stands instead. */
function reasonOf({ reason, winner, kept }: LostValue): string {
  const reasons: { readonly [reason in LostValue["reason"]]: string } = {
    master_wins: `${winner} is the master of the field`,
    newest_wins: `${winner} was edited later`,
    not_a_writer: `only ${winner} may write the field`,
    first_link_master: `${winner} is the master, and both records were there before they were linked`,
    custom_rule: `a rule of yours took the value of ${winner}`,
    person_decided: "a person decided",
    lossy_target: `${winner} keeps ${showValue(kept)} of it`,
    closed_by_state: `its state in ${winner} lets nobody change the field`,
  };
  return reasons[reason];
}

const outcomes: { readonly [outcome in LostValue["outcome"]]: string } = {
  overwritten: "overwritten",
  pending: "still there: the write is on its way",
  spared: "still there: the write was not made",
};

/** What became of a lost value: overwritten, still there, or brought back. */
function standing({ outcome, restored, reason }: LostValue): string {
  if (restored !== null) return `brought back by ${restored.by} at ${moment(restored.at)}`;
  if (reason === "closed_by_state") return "it stands where it was made, and goes nowhere";
  return reason === "lossy_target" ? "whole where it came from" : outcomes[outcome];
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
