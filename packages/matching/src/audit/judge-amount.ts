import { isBlank } from "../normalise/blank.ts";
import type { Meaning } from "./columns.ts";
import { coinSlackOf, minorOf } from "./document-sums.ts";
import { amountIn, dayIn, daysBetween, numberIn } from "./numbers.ts";
import { valueOf } from "./record.ts";
import type { AuditRecord, Fault, Judge } from "./record.ts";

const numeric: ReadonlySet<Meaning> = new Set([
  ...(["price", "cost", "quantity", "net", "vat", "gross", "charge"] as const),
]);
const days: ReadonlySet<Meaning> = new Set(["date", "due", "modified"]);
/** Days before this are typing errors, and so are those after the next hundred years. */
const dayMin = "1900-01-01";
const daysAheadMax = 36_525;

/** Numbers and dates that are none. */
export const judgeForms: Judge = ({ list, cells, terms }) =>
  list.columns.flatMap(({ name: field, meaning }, at): readonly Fault[] => {
    const value = valueOf(cells[at]);
    if (value === "") return [];
    if (numeric.has(meaning) && numberIn(value) === null)
      return [{ rule: "number-invalid", field, value, says: "cannot be read as a number" }];
    if (!days.has(meaning)) return [];
    const told = dayIn(value);
    if (told === null)
      return [{ rule: "date-invalid", field, value, says: "no day of the calendar can be read from it" }];
    const isPast = meaning !== "due";
    if (told.day < dayMin || (isPast && told.day > terms.today))
      return [
        {
          rule: "date-invalid",
          field,
          value,
          says: told.day < dayMin ? "before 1900" : "lies in the future",
        },
      ];
    return daysBetween(terms.today, told.day) > daysAheadMax
      ? [{ rule: "date-invalid", field, value, says: "more than a hundred years ahead" }]
      : [];
  });

function columnNamed(record: AuditRecord, meaning: Meaning): string {
  return record.list.columns.find((column) => column.meaning === meaning)?.name ?? "";
}

/** So many nines are no price. */
const fillerDigits = 8;

/** Prices that are missing, negative or below cost. */
export const judgePrices: Judge = (record) => {
  const { entity } = record.list;
  if (entity !== "products" && entity !== "pricebooks") return [];
  const faults: Fault[] = [];
  const field = columnNamed(record, "price");
  const text = record.at("price");
  const price = amountIn(text, record.mark);
  const costText = record.at("cost");
  const cost = amountIn(costText, record.mark);
  // 9.99 is a price, though it is one sign over and over; 999999.99 is what people type for none.
  const isShort = text.replaceAll(/\D/g, "").length < fillerDigits;
  const isNone = price === 0 || text === "" || (isBlank(text) && (price === null || !isShort));
  if (field !== "" && record.isActive && isNone)
    faults.push({ rule: "price-missing", field, value: text, says: "sold, and without a price" });
  for (const [meaning, amount] of [
    ["price", price],
    ["cost", cost],
  ] as const)
    if (amount !== null && amount < 0)
      faults.push({
        ...{ rule: "price-negative", field: columnNamed(record, meaning), value: record.at(meaning) },
        says: "below zero",
      });
  if (price !== null && cost !== null && price > 0 && price < cost)
    faults.push({ rule: "price-below-cost", field, value: text, says: `the cost is ${costText}` });
  return faults;
};

/** Largest difference of a sum by rounding, in smallest pieces of money. */
const roundingMax = 1.1;

/** Whether net and tax come to the total: with what is charged beside, or less a discount, or without. */
function isTotal(record: AuditRecord): boolean {
  const { list, cells, mark } = record;
  const [net, vat, gross, discount] = (["net", "vat", "gross", "discount"] as const).map(
    (meaning) => amountIn(record.at(meaning), mark) ?? Number.NaN,
  );
  const charges = list.columns.flatMap(({ meaning }, at) =>
    meaning === "charge" ? [amountIn(valueOf(cells[at]), mark) ?? 0] : [],
  );
  const charge = charges.reduce((sum, each) => sum + each, 0);
  const off = Math.abs(discount ?? Number.NaN) || 0;
  const currency = record.at("currency");
  const most = Math.max(roundingMax * minorOf(currency), coinSlackOf(gross ?? Number.NaN, currency));
  // A part that is not told makes the difference no number, which is over nothing.
  const rest = (net ?? Number.NaN) + (vat ?? Number.NaN) - (gross ?? Number.NaN);
  const ways = [rest, rest + charge, rest - off, rest + charge - off];
  return !ways.every((each) => Math.abs(each) > most);
}

/** Documents whose dates or totals contradict one another. */
export const judgeDocuments: Judge = (record) => {
  const faults: Fault[] = [];
  const [date, due] = [dayIn(record.at("date")), dayIn(record.at("due"))];
  if (date !== null && due !== null && due.day < date.day)
    faults.push({
      ...{ rule: "date-order", field: columnNamed(record, "due"), value: record.at("due") },
      says: `it lies before ${columnNamed(record, "date")}`,
    });
  if (!isTotal(record))
    faults.push({
      ...{ rule: "total-wrong", field: columnNamed(record, "gross"), value: record.at("gross") },
      says: `${columnNamed(record, "net")} and ${columnNamed(record, "vat")} come to another sum`,
    });
  return faults;
};

/** Records in use that nobody touched for long. Documents are history and never stale. */
export const judgeAge: Judge = (record) => {
  const { entity } = record.list;
  if (entity !== "accounts" && entity !== "contacts" && entity !== "products") return [];
  if (!record.isActive) return [];
  const told = dayIn(record.at("modified"));
  if (told === null) return [];
  const age = daysBetween(told.day, record.terms.today);
  if (age <= record.terms.staleDays) return [];
  const field = columnNamed(record, "modified");
  return [
    {
      rule: "stale",
      field,
      value: record.at("modified"),
      says: `untouched for ${Math.floor(age / 365)} years`,
    },
  ];
};
