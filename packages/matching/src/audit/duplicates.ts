import { matchTables } from "../match.ts";
import type { AuditFinding } from "@crossfoot/model";
import { companyNameOf } from "../normalise/legal-forms.ts";
import { codeOf, gtinOf } from "../normalise/product-code.ts";
import { fold } from "../text/fold.ts";
import { sharedColumns } from "./agreement.ts";
import { findingOf } from "./list.ts";
import type { ListAudit } from "./list.ts";
import { valueOf } from "./record.ts";
import type { AuditRecord } from "./record.ts";
import { fieldsOf, isMatched, labelOf, tableOf } from "./tables.ts";

/** Words this long may differ by one letter and be the same word. */
const looseMin = 5;

/** Whether two words are the same but for one slip; never where a digit tells them apart. */
export function isSlip(one: string, other: string): boolean {
  if (one.length < looseMin || other.length < looseMin || /\d/.test(one + other)) return false;
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  const [left, right] = [short.slice(start), long.slice(start)];
  if (left.slice(short.length === long.length ? 1 : 0) === right.slice(1)) return true;
  return left.length > 1 && left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2);
}

/** The part of the longer name whose words the other has too, in any order, but for one slip in each. */
function sharedWords(one: readonly string[], other: readonly string[]): number {
  const rest = [...other];
  let shared = 0;
  for (const word of one) {
    const same = rest.indexOf(word);
    const at = same >= 0 ? same : rest.findIndex((each) => isSlip(word, each));
    if (at < 0) continue;
    rest.splice(at, 1);
    shared += 1;
  }
  return shared / Math.max(1, one.length, other.length);
}

function wordsOfName({ at, list }: AuditRecord): readonly string[] {
  const name = at("name") || [at("given"), at("family")].join(" ");
  const words = fold(name).split(" ");
  return list.entity === "accounts" ? companyNameOf(fold(name)).words : words.filter((word) => word !== "");
}

/** A value that one company, person or article has: both having it is proof enough beside the likeness. */
function haveOneKey(one: AuditRecord, other: AuditRecord): boolean {
  const same = (key: (record: AuditRecord) => string): boolean => key(one) !== "" && key(one) === key(other);
  return (
    same(({ at }) => codeOf(fold(at("tax")))) ||
    same(({ at }) => gtinOf(at("gtin"))) ||
    (one.list.entity === "contacts" && same(({ at }) => at("mail").toLowerCase()))
  );
}

/** From this part of equal values on, two records of one name are taken for one. */
const equalMin = 0.6;

/** Whether what both records say beside their ids is mostly the same. */
function areAlike(one: AuditRecord, other: AuditRecord): boolean {
  const own = ["id", "number", "sku", "modified", "name"];
  let [equal, told] = [0, 0];
  for (const [at, { meaning }] of one.list.columns.entries()) {
    const [mine, theirs] = [valueOf(one.cells[at]), valueOf(other.cells[at])];
    if (own.includes(meaning) || mine === "" || theirs === "") continue;
    told += 1;
    if (fold(mine) === fold(theirs)) equal += 1;
  }
  return told === 0 || equal / told >= equalMin;
}

/** Names that share so many words may be one. */
const nearMin = 0.5;

type Likeness = "duplicate" | "duplicate-unsure" | null;

/**
 * What a pair of the matcher is to a person who keeps one list: within one list neighbours of a catalogue and
 * companies of one street are no duplicates, so the name or a key has to be the same too.
 */
function likenessOf(one: AuditRecord, other: AuditRecord, band: "link" | "review"): Likeness {
  const [mine, theirs] = [wordsOfName(one), wordsOfName(other)];
  const shared = sharedWords(mine, theirs);
  // One letter makes another article, and more often only a slip in a company's name.
  const isSame =
    shared === 1 &&
    (one.list.entity !== "products" || mine.toSorted().join(" ") === theirs.toSorted().join(" "));
  if (haveOneKey(one, other)) return isSame ? "duplicate" : "duplicate-unsure";
  if (shared === 1)
    return isSame && band === "link" && areAlike(one, other) ? "duplicate" : "duplicate-unsure";
  const isNear = shared >= nearMin && one.list.entity !== "products";
  return band === "link" && isNear ? "duplicate-unsure" : null;
}

/** Records of one list that are the same one twice, or may be. Each is told once, with the first of them. */
export function* duplicatesIn(audit: ListAudit): Iterable<AuditFinding> {
  const { entity, columns } = audit.list;
  const rows = audit.rows();
  if (rows === null || !isMatched(entity)) return;
  const fields = fieldsOf(audit, sharedColumns(columns, columns), entity);
  if (fields.length === 0) return;
  const { pairs } = matchTables({ entity, left: tableOf(audit, rows), right: null, fields });
  const told = new Set<number>();
  for (const pair of pairs.toSorted((one, other) => one.left - other.left)) {
    if (told.has(pair.right)) continue;
    const [first, second] = [audit.record(pair.left + 1), audit.record(pair.right + 1)];
    const rule = likenessOf(first, second, pair.band);
    if (rule === null) continue;
    told.add(pair.right);
    yield toldOf(rule, first, second);
  }
  // People of one name are many; companies and articles of one name are a question.
  if (entity !== "contacts") yield* namesakesIn(audit, told);
}

/** Records of one name that the matcher did not bring together: the rest of what they say differs. */
function* namesakesIn(audit: ListAudit, told: ReadonlySet<number>): Iterable<AuditFinding> {
  const firsts = new Map<string, number>();
  for (const row of (audit.rows() ?? []).keys()) {
    const record = audit.record(row + 1);
    const name = wordsOfName(record).toSorted().join(" ");
    const first = firsts.get(name);
    if (name === "") continue;
    if (first === undefined) firsts.set(name, row);
    else if (!told.has(row)) yield toldOf("duplicate-unsure", audit.record(first + 1), record);
  }
}

function toldOf(
  rule: "duplicate" | "duplicate-unsure",
  first: AuditRecord,
  second: AuditRecord,
): AuditFinding {
  return findingOf(second, {
    ...{ rule, field: "", value: labelOf(second) },
    says: rule === "duplicate" ? `the same as ${first.id}` : `may be the same as ${first.id}`,
    other: { side: first.list.side, id: first.id, value: labelOf(first) },
  });
}
