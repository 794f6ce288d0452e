import { isLines } from "@crossfoot/kernel";
import type { Value } from "@crossfoot/kernel";
import type { LostValue } from "../store/port.ts";

/** Why a value lost, in words that say whose value stands instead; `kept` is what the target keeps of it. */
export function whyItLost({ reason, winner }: LostValue, kept: string): string {
  const reasons: { readonly [reason in LostValue["reason"]]: string } = {
    master_wins: `${winner} is the master of the field`,
    newest_wins: `${winner} was edited later`,
    not_a_writer: `only ${winner} may write the field`,
    first_link_master: `${winner} is the master, and both records were there before they were linked`,
    custom_rule: `a rule of yours took the value of ${winner}`,
    person_decided: "a person decided",
    lossy_target: `${winner} keeps ${kept} of it`,
    closed_by_state: `its state in ${winner} lets nobody change the field`,
  };
  return reasons[reason];
}

/** Longest value that a note repeats whole, characters. */
const valueMax = 300;
/** Control characters and marks that turn a line around have no place in a note. */
const controls = /[\p{Cc}\p{Bidi_Control}]+/gu;

/** Words of somebody as a note repeats them: one line, without marks that turn it around. */
export const plainLine = (text: string): string => text.replaceAll(controls, " ").trim();

/** A value as a note names it. */
function plainText(value: Value | undefined): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") {
    const text = value.replaceAll(controls, " ");
    return text.length > valueMax ? `“${text.slice(0, valueMax)}…”` : `“${text}”`;
  }
  if (isLines(value)) return value.length === 1 ? "one line" : `${value.length} lines`;
  const { amount, currency, value: quantity, unit, link, awaits } = value;
  if (typeof amount === "string" && typeof currency === "string") return `${amount} ${currency}`;
  if (typeof quantity === "string" && typeof unit === "string") return `${quantity} ${unit}`;
  if (link !== undefined || awaits !== undefined) return "another record";
  const parts = Object.values(value).filter((part) => part !== null && part !== "");
  return parts.length === 0 ? "nothing" : parts.map((part) => plainText(part)).join(", ");
}

/** The note that tells people on their own record that a value of theirs lost, and the way back. */
export function noteText(lost: LostValue, record: string): string {
  const { field, value, actor, at, reason, kept, entry } = lost;
  const whose = actor === null ? "" : ` of ${actor.replaceAll(controls, " ")}`;
  const day = at.slice(0, 10);
  if (reason === "lossy_target")
    return (
      `Crossfoot, ${day}: the value ${plainText(value)}${whose} of the field ${field} stands here in full; ` +
      `${whyItLost(lost, plainText(kept))}.`
    );
  return (
    `Crossfoot, ${day}: the value ${plainText(value)}${whose} of the field ${field} gave way, because ` +
    `${whyItLost(lost, plainText(kept))}. Bring it back with: crossfoot restore ${record} ` +
    `${field.split("[")[0] ?? field} --entry ${entry}`
  );
}
