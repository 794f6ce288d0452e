import { decimals } from "@crossfoot/connector-sdk";
import type { OrderStatus } from "@crossfoot/connector-sdk";
import { isInClosedBooks, normalDate, normalDecimal, ruleInState } from "@crossfoot/kernel";
import type {
  ConnectionId,
  EntityPolicy,
  FailureRecord,
  Fields,
  Line,
  LinkId,
  Shown,
  Value,
} from "@crossfoot/kernel";
import type { ChangeRefusal, ChangeRow, ChangeWish } from "./change-port.ts";
import { part, text } from "./preflight-words.ts";

/** A line of the order in the ERP. */
export interface OrderLine extends Line {
  /** Id of its row in the ERP. */
  readonly nativeId: string | null;
}

/** A line that is to be added: what is known of its product. */
export interface AddedLine {
  readonly name: string;
  /** Our key of it, the same whenever it is asked for. */
  readonly key: string;
  readonly link: LinkId | null;
  readonly quantity: string;
  readonly unit: string | null;
  /** Whether an earlier wish has added it already: then its quantity is what is wanted. */
  readonly isThere: boolean;
}

/** Everything that a change of an order rests on. */
export interface ChangeFacts {
  readonly policy: EntityPolicy;
  readonly crm: ConnectionId;
  readonly erp: ConnectionId;
  /** State of the order in the ERP now, ours. */
  readonly state: string;
  /** What both systems show of the order. */
  readonly shown: Shown;
  /** How far it has come; null where the ERP does not tell. */
  readonly status: Pick<OrderStatus, "lines" | "limits"> | null;
  readonly lines: readonly OrderLine[];
  readonly wish: ChangeWish;
  readonly added: readonly AddedLine[];
  /** Keys of lines that an earlier wish took away. */
  readonly removed: ReadonlySet<string>;
  /** Fields that the ERP lets be written to an order that stands. */
  readonly written: ReadonlySet<string>;
  /** How a line goes away there. */
  readonly lineRemoval: "row" | "zero";
}

/** What of an order would change; nothing is refused as a whole here. */
export interface ChangeJudged {
  readonly changes: readonly ChangeRow[];
  readonly refusals: readonly ChangeRefusal[];
  /** The fields as they are written; empty when all is as wanted. */
  readonly fields: Fields;
}

const heads = ["requestedDate", "customerOrderNumber"] as const;
/** States in which nothing can be done of an order yet, even where the ERP does not tell how far it came. */
const untouched: readonly string[] = ["draft", "open"];

/**
 * Why nothing of an order may be changed at the CRM's word, or null: what the contract says of its lines
 * while it is in its present state, and closed books. Pure.
 */
export function whyBound(facts: Omit<ChangeFacts, "wish" | "added" | "removed">): string | null {
  const { policy, erp, shown } = facts;
  const { closed } = policy;
  if (closed?.at === erp && isInClosedBooks(closed, shown(erp, closed.field)))
    return `it is dated in a period of ${erp} that is closed (through ${closed.through})`;
  const reasons = ["lines", ...heads].map((field) => whyFieldBound(facts, field));
  return reasons.every((reason) => reason !== null) ? (reasons[0] ?? null) : null;
}

function whyFieldBound(
  { policy, crm, erp, state, shown }: Omit<ChangeFacts, "wish" | "added" | "removed">,
  field: string,
) {
  const rule = ruleInState(policy, { field }, shown);
  if (rule === undefined || rule.writer === crm) return null;
  const whose = rule.writer === null ? "nobody decides" : `${rule.writer} alone decides`;
  return `the order is ${state} in ${erp}, and by the contract ${whose} about its ${field} then`;
}

/** What is delivered or invoiced of a line, whichever is more; null where the ERP does not tell. Pure. */
export function doneOf(status: ChangeFacts["status"], line: OrderLine): string | null {
  const row = status?.lines.find(({ id }) => id === line.nativeId);
  if (row === undefined) return null;
  const delivered = row.delivered ?? "0";
  return decimals.compare(delivered, row.invoiced) > 0 ? delivered : row.invoiced;
}

/**
 * What a wish comes to. Values that are as wanted already change nothing, whoever may write them. Pure,
 * total.
 */
export function judgeChange(facts: ChangeFacts): ChangeJudged {
  const parts = [judgeLines(facts), ...heads.map((field) => judgeHead(facts, field))];
  const changes = parts.flatMap((one) => one.changes);
  const refusals = parts.flatMap((one) => one.refusals);
  const beside = facts.status?.limits?.besideLines ?? null;
  const [lines, ...others] = parts.map((one) => one.changes.length > 0);
  if (beside !== null && lines === true && others.includes(true))
    refusals.push(refused(codeOf(beside), beside.message));
  const fields = Object.assign({}, ...parts.map((one) => one.fields)) as Fields;
  return { changes, refusals, fields };
}

const nothing: ChangeJudged = { changes: [], refusals: [], fields: {} };
const refused = (code: ChangeRefusal["code"], why: string, line: string | null = null): ChangeRefusal => ({
  ...{ line, code, why },
});

/** Why a field that would change may not, or null. */
function whyNotWritten(facts: ChangeFacts, field: string): ChangeRefusal | null {
  const bound = whyFieldBound(facts, field);
  if (bound !== null) return refused("field_bound", bound);
  if (!facts.written.has(field))
    return refused("field_not_offered", `${facts.erp} does not let ${field} of an order be changed`);
  const own = field === "lines" ? (facts.status?.limits?.lines ?? null) : null;
  return own === null ? null : refused(codeOf(own), own.message);
}

/** What a limit of the ERP's own is: never offered, or not as the order stands now. */
const codeOf = ({ failure }: FailureRecord): "field_not_offered" | "field_bound" =>
  failure === "unsupported" ? "field_not_offered" : "field_bound";

function judgeHead(facts: ChangeFacts, field: (typeof heads)[number]): ChangeJudged {
  const wanted = facts.wish[field];
  if (wanted === undefined) return nothing;
  if (field === "requestedDate" && wanted !== null && normalDate(wanted) === undefined)
    return { ...nothing, refusals: [refused("date_invalid", "requestedDate is a day, YYYY-MM-DD")] };
  const now = text(facts.shown(facts.erp, field));
  if (now === wanted || (wanted === null && now === "")) return nothing;
  const no = whyNotWritten(facts, field);
  return {
    changes: [{ line: null, field, from: now, to: wanted }],
    refusals: no === null ? [] : [no],
    fields: { [field]: wanted },
  };
}

/** A line as it stands and as it is wanted. */
interface LineWish {
  readonly line: OrderLine;
  readonly before: string | null;
  readonly unit: string | null;
  readonly wanted: string | null;
}

const quantityOf = (value: Value | undefined): { value: string | null; unit: string | null } => ({
  value: part(value, "value"),
  unit: part(value, "unit"),
});

/** Lines by what they are named: our key, or the id of the row in the ERP. */
const isNamed = (line: OrderLine, name: string): boolean => line.key === name || line.nativeId === name;

function judgeLines(facts: ChangeFacts): ChangeJudged {
  const { lines, added } = facts;
  const again = added.filter(({ isThere, key }) => isThere && lines.some((line) => line.key === key));
  const asked = [...facts.wish.lines, ...again.map(({ key, quantity }) => ({ line: key, quantity }))];
  const refusals: ChangeRefusal[] = asked
    .filter((each) => !lines.some((line) => isNamed(line, each.line)) && !isGone(facts, each))
    .map(({ line }) => refused("line_unknown", `the order has no line ${line}`, line));
  const wishes = lines.map((line): LineWish => {
    const { value: before, unit } = quantityOf(line.fields["quantity"]);
    const of = asked.findLast((each) => isNamed(line, each.line));
    return { line, before, unit, wanted: of?.quantity ?? null };
  });
  const moved = wishes.filter((each) => isMoved(each));
  const fresh = added.filter(({ isThere }) => !isThere);
  for (const each of moved) refusals.push(...whyNotMoved(facts, each));
  for (const each of fresh) refusals.push(...whyNotAdded(facts, each));
  const changes = [
    ...moved.map(({ line, before, unit, wanted }) => ({
      ...{ line: line.key, field: "quantity" },
      ...{ from: said(before, unit), to: isZero(wanted) ? null : said(wanted, unit) },
    })),
    ...fresh.map(({ name, quantity, unit }) => ({
      ...{ line: name, field: "quantity", from: null, to: said(normalDecimal(quantity) ?? quantity, unit) },
    })),
  ];
  if (changes.length === 0) return { changes, refusals, fields: {} };
  const kept = wishes.filter(({ wanted, before }) => !isZero(wanted ?? before));
  if (kept.length + fresh.length === 0)
    refusals.push(refused("no_lines", "nothing would be left of the order: have it cancelled"));
  const no = whyNotWritten(facts, "lines");
  if (no !== null) refusals.push(no);
  return { changes, refusals, fields: { lines: [...keptLines(facts, wishes), ...fresh.flatMap(asLine)] } };
}

const said = (value: string | null, unit: string | null): string | null =>
  value === null ? null : unit === null ? value : `${value} ${unit}`;
const isZero = (value: string | null): boolean =>
  value !== null && decimals.compare(normalDecimal(value) ?? "1", "0") === 0;

/** A line that is to go away and went at an earlier wish is as wanted. */
const isGone = ({ removed, erp }: ChangeFacts, { line, quantity }: ChangeWish["lines"][number]): boolean =>
  isZero(quantity) && (removed.has(line) || removed.has(`${erp}:${line}`));

function isMoved({ before, wanted }: LineWish): boolean {
  if (wanted === null) return false;
  const normal = normalDecimal(wanted);
  if (normal === undefined || before === null) return true;
  return decimals.compare(normal, before) !== 0;
}

function whyNotMoved({ status, state, erp }: ChangeFacts, { line, wanted, before }: LineWish) {
  const { key } = line;
  const no = (code: ChangeRefusal["code"], why: string): readonly ChangeRefusal[] => [
    refused(code, why, key),
  ];
  const normal = normalDecimal(wanted ?? "");
  if (normal === undefined || decimals.compare(normal, "0") < 0)
    return no("quantity_invalid", `the quantity of line ${key} should be a decimal number, 0 or more`);
  const done = doneOf(status, line);
  if (done === null)
    return untouched.includes(state)
      ? []
      : no("progress_unknown", `${erp} does not tell how much is done of line ${key}`);
  if (decimals.compare(done, "0") > 0 && before !== null && decimals.compare(done, before) >= 0)
    return no("line_done", `line ${key} is delivered or invoiced in full`);
  if (decimals.compare(normal, done) < 0)
    return no("below_done", `${done} of line ${key} is delivered or invoiced: it cannot go below`);
  const held = status?.limits?.held[line.nativeId ?? ""] ?? "0";
  if (decimals.compare(normal, held) < 0)
    return no("below_done", `${held} of line ${key} is packed or in an invoice: it cannot go below`);
  return [];
}

function whyNotAdded(
  { status }: Pick<ChangeFacts, "status">,
  { name, link, quantity, unit }: AddedLine,
): readonly ChangeRefusal[] {
  const limit = status?.limits?.moreLines ?? null;
  if (limit !== null) return [refused(codeOf(limit), limit.message, name)];
  const normal = normalDecimal(quantity);
  if (normal === undefined || decimals.compare(normal, "0") <= 0)
    return [refused("quantity_invalid", `the quantity of ${name} should be a decimal number over 0`, name)];
  if (link === null) return [refused("product_unknown", `the product of ${name} has no link`, name)];
  return unit === null ? [refused("unit_unknown", `the unit of ${name} is not known`, name)] : [];
}

/** What is written of the lines that stand: their product and quantity; all else of them stays. */
function keptLines({ lineRemoval }: ChangeFacts, wishes: readonly LineWish[]): readonly Line[] {
  return wishes.flatMap((each): readonly Line[] => {
    const { line, before, unit, wanted } = each;
    const { product } = line.fields;
    const quantity = wanted === null ? before : (normalDecimal(wanted) ?? before);
    if (wanted !== null && isZero(wanted) && lineRemoval === "row") return [];
    const fields: Record<string, Value> = {};
    if (product !== undefined) fields["product"] = product;
    if (quantity !== null && unit !== null) fields["quantity"] = { value: quantity, unit };
    return [{ key: line.key, fields }];
  });
}

function asLine({ key, link, quantity, unit }: AddedLine): readonly Line[] {
  const value = normalDecimal(quantity);
  if (link === null || unit === null || value === undefined) return [];
  return [{ key, fields: { product: { link }, quantity: { value, unit } } }];
}
