import { computeDocument, type DocumentAmounts } from "../arithmetic.ts";
import { big, currencyDecimals } from "../decimal.ts";
import { numberIn, rowsIn, textIn, type Json, type JsonMap } from "../json.ts";
import { amountText, taxRateOf, type Books } from "./books.ts";

/** Freight is taxed with this code. */
const FREIGHT_TAX_CODE = "S19";

/** Amounts of a document with lines, freight, header discount and currency, computed as API.md 3.5 tells. */
function computeAmounts(books: Books, document: JsonMap): DocumentAmounts {
  const currency = textIn(document, "currency") ?? "";
  return computeDocument(
    {
      lines: rowsIn(document, "lines").map((line) => {
        const stocked = books.ledger.get("items", numberIn(line, "item_id") ?? -1);
        return {
          quantity: textIn(line, "qty") ?? "0",
          price: textIn(line, "price"),
          discountPercent: textIn(line, "discount_pct"),
          taxRate: taxRateOf(books, textIn(stocked, "tax_code")),
        };
      }),
      headerDiscountPercent: textIn(document, "discount_pct"),
      freight: textIn(document, "freight"),
      freightTaxRate: taxRateOf(books, FREIGHT_TAX_CODE),
      decimals: currencyDecimals(currency) ?? 2,
    },
    books.arithmetic,
  );
}

/** The document with `net` and `tax` on its lines and `net tax gross` on its header; null where unknown. */
export function withAmounts<T extends JsonMap>(books: Books, document: T): T {
  const currency = textIn(document, "currency") ?? "";
  const amounts = computeAmounts(books, document);
  const show = (value: string | null | undefined): Json =>
    value === null || value === undefined ? null : amountText(big(value), currency);
  const lines = rowsIn(document, "lines").map((line, index): Json => ({
    ...line,
    net: show(amounts.lines[index]?.net),
    tax: show(amounts.lines[index]?.tax),
  }));
  const known = lines.length > 0;
  return {
    ...document,
    lines: document["lines"] === null ? null : lines,
    net: known ? show(amounts.net) : null,
    tax: known ? show(amounts.tax) : null,
    gross: known ? show(amounts.gross) : null,
  };
}
