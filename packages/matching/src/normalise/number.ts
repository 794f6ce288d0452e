/** A number that people typed, or null: "1,234.50", "1.234,50", "$ 12", "12 EUR". Never throws. */
export function numberOf(value: string): number | null {
  const kept = value.replaceAll(/[^\d.,-]/g, "");
  if (!/\d/.test(kept)) return null;
  const comma = kept.lastIndexOf(",");
  const point = kept.lastIndexOf(".");
  const isCommaDecimal = comma > point && (point >= 0 || kept.length - comma - 1 !== 3);
  const plain = isCommaDecimal ? kept.replaceAll(".", "").replace(",", ".") : kept.replaceAll(",", "");
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

/** The digits of a date as year, month, day ("19560409"), or "" where the text is no date. Never throws. */
export function dateOf(value: string): string {
  const packed = /^\s*(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})/.exec(value);
  if (packed !== null) return `${packed[1]}${packed[2]}${packed[3]}`;
  const [, first, second, year] = /^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})/.exec(value) ?? [];
  if (first === undefined || second === undefined || year === undefined) return "";
  const isMonthFirst = value.includes("/") && Number(second) > 12;
  const [month, day] = isMonthFirst ? [first, second] : [second, first];
  return `${year}${month.padStart(2, "0")}${day.padStart(2, "0")}`;
}
