import { isFiller } from "./fillers.ts";
import type { AuditEntity, Meaning } from "./columns.ts";
import { valueOf } from "./record.ts";
import type { Fault, Judge } from "./record.ts";

/** What a record cannot do without, where its list has a column for it. */
const needed: { readonly [entity in AuditEntity]: readonly (readonly Meaning[])[] } = {
  accounts: [["name", "family", "given"]],
  contacts: [["name", "family", "given"], ["mail", "phone"], ["account"]],
  products: [["name"], ["sku"], ["unit"]],
  pricebooks: [["name"], ["currency"]],
  quotes: [["number"], ["account"], ["date"], ["currency"]],
  orders: [["number"], ["account"], ["date"], ["currency"]],
  invoices: [["number"], ["account"], ["date"], ["due"], ["currency"]],
  inventory: [["product"], ["quantity"]],
  shipments: [["order"]],
  lines: [["order"], ["product"], ["quantity"]],
};

/** Needed values that are missing: every column of one of the ways to say it is blank. */
export const judgeNeeded: Judge = (record) => {
  const { columns, entity } = record.list;
  const faults: Fault[] = [];
  for (const ways of needed[entity]) {
    const there = columns.flatMap(({ meaning, name }, at) => (ways.includes(meaning) ? [{ name, at }] : []));
    const [first] = there;
    if (first === undefined || there.some(({ at }) => !isEmptyCell(record.cells[at]))) continue;
    const says =
      ways.length === 1
        ? `there is no ${first.name}`
        : `there is none of ${there.map(({ name }) => name).join(", ")}`;
    faults.push({ rule: "missing", field: first.name, value: "", says });
  }
  return faults;
};

const isEmptyCell = (cell: string | undefined): boolean => valueOf(cell) === "";

/** Columns whose short values are words of a list and no fillers. */
const exempt: ReadonlySet<Meaning> = new Set([
  ...(["parent", "account", "contact", "product", "order", "number"] as const),
  ...(["other", "quantity", "price", "cost", "net", "vat", "gross", "active", "inactive"] as const),
  ...(["discount", "charge"] as const),
  ...(["unit", "status", "category", "title", "date", "due", "modified", "id", "region", "terms"] as const),
]);

/** Fillers: "n/a", "unknown", "000-000" where a value belongs. */
export const judgeFillers: Judge = ({ list, cells }) =>
  list.columns.flatMap(({ meaning, name }, at): readonly Fault[] => {
    const value = valueOf(cells[at]);
    // 9999 is the postal code of a town.
    const isCode = meaning === "postcode" && /^\d+$/.test(value) && !/^0+$/.test(value);
    if (value === "" || exempt.has(meaning) || isCode || !isFiller(value, meaning)) return [];
    // No record is better off without a name.
    const repair = meaning === "name" ? null : "";
    return [{ rule: "placeholder", field: name, value, says: "a filler, not a value", repair }];
  });

const controls = /[\p{Cc}\u00AD\u200B\u200E\u200F\u2060\uFEFF]/u;

/** A text without blanks around it, doubled ones and unseen signs. A street keeps its lines. */
function tidied(value: string, meaning: Meaning): string {
  const seen = value.replaceAll(/[\u00AD\u200B\u200E\u200F\u2060\uFEFF]/g, "").replaceAll("\r\n", "\n");
  if (meaning !== "street") return seen.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  const lines = seen.split("\n").map((line) => line.replaceAll(/[\s\p{Cc}]+/gu, " ").trim());
  return lines.join("\n").trim();
}

/** UTF-8 read as a Western encoding or as that of old Macs, and signs that stand for what was lost. */
const garbled =
  /[\u{FFFD}\u25A1]|Ã[\u0080-\u00BF\u2018-\u201E\u0178\u0160\u0161ƒ]|Â[\u00A0-\u00BF]|â€|Ð[\u0080-\u00BF]|√[º§∂±©®ß†°•™´¨Æ]|‚Ä/u;
/** Letters as web pages and programs write them. */
const written = /&(?:#\d{2,5}|#x[\da-f]{2,4}|[a-z]{2,7}\d{0,2});|\\u[\da-f]{4}/i;
/** A sign that stands for a letter inside a word. */
const asked = /\p{L}\?\p{Ll}/u;
const named: ReadonlySet<Meaning> = new Set(["name", "given", "family", "street", "city"]);

/** Why letters of a text are not those that were meant, or null. */
function garbledBy(value: string, meaning: Meaning): string | null {
  if (garbled.test(value)) return "letters of another encoding";
  if (meaning !== "other" && meaning !== "web" && written.test(value))
    return "letters as a web page writes them";
  return named.has(meaning) && asked.test(value) ? "a question mark where a letter belongs" : null;
}

/** Blanks too many, control signs, and letters that an import damaged. */
export const judgeHygiene: Judge = ({ list, cells }) => {
  const faults: Fault[] = [];
  for (const [at, { name, meaning }] of list.columns.entries()) {
    const value = cells[at] ?? "";
    if (value === "") continue;
    const damage = garbledBy(value, meaning);
    if (damage !== null) {
      faults.push({ rule: "text-garbled", field: name, value, says: damage });
      continue;
    }
    // Of what nobody knows the meaning of, blanks inside may be meant.
    const isLong = meaning === "other";
    const isLoose = isLong ? value.trim() === "" : value !== value.trim();
    const lines = meaning === "street" ? value.replaceAll(/\r?\n/g, "") : value;
    if (isLoose || (!isLong && (/\S[ \t\u00A0]{2,}\S/.test(value) || controls.test(lines)))) {
      const says = value === value.trim() ? "blanks or unseen signs inside" : "blanks around it";
      faults.push({ rule: "text-untrimmed", field: name, value, says, repair: tidied(value, meaning) });
    }
  }
  return faults;
};
