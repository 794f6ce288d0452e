import { decimals } from "@crossfoot/connector-sdk";
import type { EntityAbilities } from "@crossfoot/connector-sdk";
import { normalDecimal, planTransitions, ruleInState } from "@crossfoot/kernel";
import type { ConnectionId, EntityPolicy, Fields, GroupValue, Line, Shown } from "@crossfoot/kernel";
import type { AcceptedPart } from "./accept-port.ts";
import { Refused } from "./moment-names.ts";
import { part as partOf, text } from "./preflight-words.ts";

/** How much of a line of a quote is accepted, under our key of it. */
export interface AcceptedLine {
  readonly line: string;
  /** In the line's own unit, normal form; `0` where nothing of it is. */
  readonly quantity: string;
}

/** A quote split in what is accepted and what is left. */
export interface PartJudged {
  readonly accepted: readonly AcceptedLine[];
  /** Lines as the quote is to have them; product and quantity alone are written. */
  readonly kept: readonly Line[];
  /** Lines of what is accepted, with all that the quote says of them. */
  readonly taken: readonly Line[];
  /** Lines of what is left, with all that the quote says of them; empty where all is accepted. */
  readonly left: readonly Line[];
}

const quantityOf = ({ fields }: Pick<Line, "fields">): string | null =>
  normalDecimal(partOf(fields["quantity"], "value") ?? "") ?? null;
const isNone = (quantity: string | null): boolean =>
  quantity === null || decimals.compare(quantity, "0") === 0;

/**
 * What an accepted part makes of the lines of a quote. A line without a quantity, such as a remark, stays.
 * `names` are further names of a line beside our key. Throws a Refused where a line is not known or named
 * twice, where more is accepted than is quoted, and where nothing is. Pure.
 */
export function judgePart(
  lines: readonly Line[],
  {
    part,
    names,
    lineRemoval,
  }: {
    readonly part: Pick<AcceptedPart, "lines">;
    readonly names: (line: string) => readonly string[];
    readonly lineRemoval: "row" | "zero";
  },
): PartJudged {
  const asked = new Map<string, string>();
  for (const { line: name, quantity } of part.lines) {
    const line = lines.find(({ key }) => key === name || names(key).includes(name));
    if (line === undefined) throw new Refused("invalid", `the quote has no line ${name}`);
    if (asked.has(line.key)) throw new Refused("invalid", `line ${name} is named twice`);
    asked.set(line.key, acceptable(name, quantity, line));
  }
  if ([...asked.values()].every((quantity) => isNone(quantity)))
    throw new Refused("invalid", "nothing is accepted: name a line and how much of it");
  const accepted: AcceptedLine[] = [];
  const kept: Line[] = [];
  const taken: Line[] = [];
  const left: Line[] = [];
  for (const line of lines) {
    const quoted = quantityOf(line);
    const quantity = quoted === null ? null : (asked.get(line.key) ?? "0");
    if (quantity !== null) accepted.push({ line: line.key, quantity });
    if (quantity === null || !isNone(quantity) || isNone(quoted) || lineRemoval === "zero")
      kept.push(withQuantity(line, quantity, ["product"]));
    if (quantity === null || !isNone(quantity))
      taken.push(withQuantity(line, quantity, Object.keys(line.fields)));
    const more = quantity === null || quoted === null ? "0" : decimals.subtract(quoted, quantity);
    if (!isNone(more))
      left.push({ ...withQuantity(line, more, Object.keys(line.fields)), key: `rest:${line.key}` });
  }
  return { accepted, kept, taken, left };
}

function acceptable(name: string, quantity: string, line: Line): string {
  const normal = normalDecimal(quantity);
  const quoted = quantityOf(line);
  if (normal === undefined || decimals.compare(normal, "0") < 0)
    throw new Refused("invalid", `the quantity of line ${name} should be a decimal number, 0 or more`);
  if (quoted === null) throw new Refused("invalid", `line ${name} has no quantity of which a part could be`);
  if (decimals.compare(normal, quoted) > 0)
    throw new Refused("invalid", `line ${name} is quoted with ${quoted}: no more than that can be accepted`);
  return normal;
}

/** The line with these of its fields, and that quantity in its own unit; null leaves what it has. */
function withQuantity({ key, fields }: Line, quantity: string | null, names: readonly string[]): Line {
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
  const given = fields["quantity"];
  if (quantity === null) return { key, fields: given === undefined ? own : { ...own, quantity: given } };
  return { key, fields: { ...own, quantity: { ...(given as GroupValue), value: quantity } } };
}

/** Whether a quote has the lines that were accepted, and nothing else that would be ordered. Pure. */
export function isAsAccepted(lines: readonly Line[], accepted: readonly AcceptedLine[]): boolean {
  const isLike = (line: Line): boolean => {
    const quantity = quantityOf(line);
    const own = accepted.find(({ line: key }) => key === line.key);
    return isNone(quantity) || (own !== undefined && decimals.compare(own.quantity, quantity ?? "0") === 0);
  };
  const isThere = ({ line, quantity }: AcceptedLine): boolean =>
    isNone(quantity) || lines.some((one) => one.key === line && !isNone(quantityOf(one)));
  return lines.every(isLike) && accepted.every(isThere);
}

/** Whether a wish is the one that was stored: the same lines, each with the same quantity. Pure. */
export function isSamePart(
  part: Pick<AcceptedPart, "lines">,
  accepted: readonly AcceptedLine[],
  names: (line: string) => readonly string[],
): boolean {
  const keyOf = (name: string): string | undefined =>
    accepted.find(({ line }) => line === name || names(line).includes(name))?.line;
  const asked = new Map(part.lines.map(({ line, quantity }) => [keyOf(line), normalDecimal(quantity)]));
  if (asked.has(undefined) || asked.size !== part.lines.length) return false;
  return accepted.every(({ line, quantity }) => {
    const wanted = asked.has(line) ? asked.get(line) : "0";
    return wanted !== undefined && decimals.compare(wanted, quantity) === 0;
  });
}

/** Everything that splitting a quote rests on. */
export interface AcceptFacts {
  readonly policy: EntityPolicy;
  readonly crm: ConnectionId;
  readonly erp: ConnectionId;
  /** What the CRM shows of the quote, and under which version. */
  readonly fields: Fields;
  readonly version: string | null;
  /** Whether the ERP has the quote, or may have it by now. */
  readonly isInErp: boolean;
  /** What the CRM offers for quotes, and the fields that its mapping writes, also to one that stands. */
  readonly abilities: EntityAbilities | undefined;
  readonly written: ReadonlySet<string>;
}

/** States of a quote that nobody has answered yet. */
const openStates: readonly string[] = ["draft", "sent"];

/** How a quote becomes accepted in the CRM: by a state change of its own, or by writing the state. */
export type WayToAccepted =
  | { readonly by: "transition"; readonly step: { from: string; to: string; via: string } }
  | { readonly by: "field" }
  | null;

/** The next step on the way to an accepted quote; null where none leads there. Pure. */
export function wayToAccepted({ abilities, fields, policy, written }: AcceptFacts): WayToAccepted {
  const from = text(fields[policy.statusField ?? ""]);
  if (abilities === undefined || from === null) return null;
  if (abilities.transitions.length === 0)
    return written.has(policy.statusField ?? "") ? { by: "field" } : null;
  const [step] = planTransitions(abilities.transitions, { from, to: "accepted" }) ?? [];
  return step === undefined ? null : { by: "transition", step };
}

/**
 * Throws a Refused unless the quote may be split, or accepted, at the word of somebody in the CRM: it is open
 * there, the ERP does not have it, the contract leaves lines and state to the CRM, and the CRM offers all
 * that it takes. Pure.
 */
export function refuseBound(
  facts: AcceptFacts,
  { splits, keeps }: { readonly splits: boolean; readonly keeps: boolean },
): void {
  const { crm, erp, fields, policy, abilities, written } = facts;
  const statusField = policy.statusField ?? "";
  const state = text(fields[statusField]) ?? "in no known state";
  if (facts.isInErp)
    throw new Refused("quote_bound", `${erp} has the quote, or may have it by now: it is changed there`);
  if (state === "accepted" || state === "converted")
    throw new Refused(
      "quote_bound",
      `the quote is ${state} as a whole: order it so, or set it back in ${crm} before a part is accepted`,
    );
  if (!openStates.includes(state)) throw new Refused("not_accepted", `the quote is ${state}`);
  const shown: Shown = (at, field) => (at === crm ? fields[field] : undefined);
  for (const field of splits ? ["lines", statusField] : [statusField]) {
    const rule = ruleInState(policy, { field }, shown);
    if (rule !== undefined && rule.writer !== crm)
      throw new Refused("quote_bound", `by the contract ${field} of the quote is not ${crm}'s to change now`);
  }
  const why = whyNotOffered(facts, { splits, keeps });
  if (why !== null) throw new Refused("not_offered", why);
  if (splits && (abilities?.update !== true || !written.has("lines")))
    throw new Refused("not_offered", `${crm} does not let lines of a quote be written`);
}

function whyNotOffered(
  facts: AcceptFacts,
  { splits, keeps }: { readonly splits: boolean; readonly keeps: boolean },
): string | null {
  const { crm, abilities, version } = facts;
  if (wayToAccepted(facts) === null) return `${crm} does not let a quote be accepted from outside`;
  if (splits && (abilities?.precondition !== "conditional" || version === null))
    return `${crm} does not refuse a write to a quote that somebody changed: it is split there by hand`;
  const isProved = abilities?.createProof === "unique_key" || abilities?.createProof === "reference";
  if (keeps && (abilities?.create !== true || !isProved))
    return `${crm} does not let a quote be made that is found again: give the rest up, or make it there`;
  return null;
}

/** What is a quote's own, or belongs to what was accepted: the quote of the rest is made without it. */
const ownFields: ReadonlySet<string> = new Set([
  ...["number", "revision", "lines", "net", "tax", "gross", "freight", "customerOrderNumber"],
  ...["erpNumber", "validation", "approval", "approvalReason", "approvalBy", "approvalAt"],
]);

/** The fields that the quote of the rest is made with. Pure. */
export function restFields(
  { fields, policy, abilities }: Pick<AcceptFacts, "fields" | "policy" | "abilities">,
  at: { readonly left: readonly Line[]; readonly writtenOnCreate: ReadonlySet<string> },
): Fields {
  const statusField = policy.statusField ?? "";
  const head = Object.entries(fields).filter(
    ([field, value]) =>
      at.writtenOnCreate.has(field) &&
      field in policy.fields &&
      field !== statusField &&
      !ownFields.has(field) &&
      value !== null,
  );
  const isPlain = abilities?.transitions.length === 0 && at.writtenOnCreate.has(statusField);
  return {
    ...Object.fromEntries(head),
    ...(isPlain ? { [statusField]: "draft" } : {}),
    lines: at.left,
  };
}
