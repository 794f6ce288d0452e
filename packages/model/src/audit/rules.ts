/**
 * How much a finding weighs: `stop` has to be settled before the first write, `fault` is wrong or missing,
 * `note` makes work later.
 */
export type AuditSeverity = "stop" | "fault" | "note";

/** The name of a rule, stable over versions. */
export type AuditRuleId =
  | "missing"
  | "placeholder"
  | "text-untrimmed"
  | "text-garbled"
  | "phone-invalid"
  | "mail-invalid"
  | "web-invalid"
  | "reserved"
  | "tax-id-invalid"
  | "gtin-invalid"
  | "country-unknown"
  | "currency-unknown"
  | "unit-unknown"
  | "date-invalid"
  | "number-invalid"
  | "amount-too-fine"
  | "id-twice"
  | "key-twice"
  | "format-mix"
  | "orphan"
  | "cycle"
  | "stale"
  | "value-unmapped"
  | "duplicate"
  | "duplicate-unsure"
  | "match-unsure"
  | "disagree"
  | "unit-disagrees"
  | "currency-disagrees"
  | "price-disagrees"
  | "identifier-mismatch"
  | "price-missing"
  | "price-negative"
  | "price-below-cost"
  | "address-incomplete"
  | "postcode-missing"
  | "postcode-invalid"
  | "date-order"
  | "total-wrong"
  | "line-wrong"
  | "sum-wrong"
  | "sum-open";

/** What one rule of the audit says, in words that a sales director reads. */
export interface AuditRule {
  readonly family: string;
  readonly severity: AuditSeverity;
  /** The fault in a few words. */
  readonly title: string;
  /** What it does to the company when nobody mends it. */
  readonly harm: string;
  /** What a person does about it. Certain repairs are proposed beside. */
  readonly advice: string;
}

type Row = readonly [family: string, severity: AuditSeverity, title: string, harm: string, advice: string];

const rows: { readonly [rule in AuditRuleId]: Row } = {
  missing: [
    "completeness",
    "fault",
    "A needed value is missing",
    "The other system refuses the record, or people cannot use it.",
    "Fill it in, or archive the record.",
  ],
  placeholder: [
    "completeness",
    "fault",
    "A filler stands where a value belongs",
    "It is taken for a real value and spreads to the other system.",
    "Replace it by the real value, or leave the field empty.",
  ],
  "text-untrimmed": [
    "validity",
    "note",
    "Blanks too many around or inside a text",
    "Searches and comparisons miss the record.",
    "Take the blanks away.",
  ],
  "text-garbled": [
    "validity",
    "fault",
    "Letters were damaged by an earlier import",
    "Letters and invoices go out with the damaged name.",
    "Type the text again, or import it with the right encoding.",
  ],
  "phone-invalid": [
    "validity",
    "fault",
    "No phone number can look like this",
    "Nobody can be called on it.",
    "Ask for the number, with its country code.",
  ],
  "mail-invalid": [
    "validity",
    "fault",
    "No mail address can look like this",
    "Confirmations and invoices do not arrive.",
    "Ask for the address.",
  ],
  "web-invalid": [
    "validity",
    "note",
    "No web address can look like this",
    "The link leads nowhere.",
    "Correct it, or leave the field empty.",
  ],
  reserved: [
    "validity",
    "note",
    "A name that is kept for examples",
    "Nothing can be delivered there: it is made up, or stands for one that nobody knew.",
    "Ask for the address. Demonstrations and tests may keep it.",
  ],
  "tax-id-invalid": [
    "validity",
    "fault",
    "The tax id is wrong: its check digit or its form does not hold",
    "Invoices without tax are not accepted by the tax office.",
    "Ask the customer for the number, and look it up in the official register.",
  ],
  "gtin-invalid": [
    "validity",
    "fault",
    "The article's barcode number is wrong: its check digit or its length does not hold",
    "Shops and warehouses cannot scan the article.",
    "Look the number up on the package.",
  ],
  "country-unknown": [
    "validity",
    "fault",
    "This is no country",
    "Tax and freight are computed for the wrong country or not at all.",
    "Choose the country.",
  ],
  "currency-unknown": [
    "validity",
    "stop",
    "This is no currency in use",
    "Amounts cannot be carried over.",
    "Choose the currency.",
  ],
  "unit-unknown": [
    "validity",
    "fault",
    "This is no unit that is known",
    "Quantities cannot be converted between the systems.",
    "Map the unit to one that both systems have.",
  ],
  "date-invalid": [
    "validity",
    "fault",
    "This is no date, or an impossible one",
    "Due dates and reports are wrong.",
    "Correct the date.",
  ],
  "number-invalid": [
    "validity",
    "fault",
    "This is no number",
    "The amount cannot be carried over.",
    "Correct the number.",
  ],
  "amount-too-fine": [
    "validity",
    "fault",
    "An amount is finer than its currency has money",
    "Nobody can pay it; each system rounds it in its own way, and the totals differ.",
    "Round it, or correct the currency.",
  ],
  "id-twice": [
    "uniqueness",
    "stop",
    "Two records have the same id",
    "Nobody can tell which of them a link means.",
    "Export the list again; an id names one record.",
  ],
  "key-twice": [
    "uniqueness",
    "fault",
    "Several records share a number that belongs to one",
    "The integration cannot tell them apart by it.",
    "Find out whose number it is, or merge the records.",
  ],
  "format-mix": [
    "format mix",
    "note",
    "Written otherwise than the others",
    "Searches and comparisons miss the record.",
    "Write it as the others are written.",
  ],
  orphan: [
    "structure",
    "stop",
    "It belongs to a record that is not there",
    "It cannot be carried over: its parent is missing.",
    "Restore the parent, or name another one.",
  ],
  cycle: [
    "structure",
    "stop",
    "Companies are parents of one another in a circle",
    "Neither can be created before the other.",
    "Take one of the parents away.",
  ],
  stale: [
    "age",
    "note",
    "Nobody has touched it for a long time",
    "Old contacts and prices are carried into the other system.",
    "Check whether it is still needed, or archive it.",
  ],
  "value-unmapped": [
    "reference values",
    "fault",
    "The other system has no counterpart of this value",
    "Records with this value cannot be written to the other system.",
    "Say in the value map what it is called in the other system.",
  ],
  duplicate: [
    "duplicates",
    "fault",
    "The same one is kept twice in one system",
    "Sales are split over two records, and credit limits are doubled.",
    "Merge the two.",
  ],
  "duplicate-unsure": [
    "duplicates",
    "note",
    "Perhaps kept twice in one system",
    "If so, sales are split over two records.",
    "Look at both, and merge them or leave them apart.",
  ],
  "match-unsure": [
    "duplicates",
    "note",
    "Perhaps the same in both systems",
    "Linked wrongly two customers are mixed; left apart one is made twice.",
    "Decide before the first load, with `crossfoot match`.",
  ],
  disagree: [
    "consistency",
    "fault",
    "The two systems say different things about the same record",
    "Nobody knows which is right; the first load would make one win.",
    "Decide who is right, or which system leads the field.",
  ],
  "unit-disagrees": [
    "consistency",
    "stop",
    "The two systems count the same article in different units",
    "Ten pieces become ten boxes.",
    "Agree on the unit, or map one to the other with its factor.",
  ],
  "currency-disagrees": [
    "consistency",
    "stop",
    "The two systems keep the same record in different currencies",
    "Amounts are taken for others.",
    "Agree on the currency.",
  ],
  "price-disagrees": [
    "consistency",
    "fault",
    "The two systems have different prices for the same article",
    "Quotes are made at prices that the invoice does not know.",
    "Decide which price holds.",
  ],
  "identifier-mismatch": [
    "consistency",
    "stop",
    "The same article number means different articles, or one article has two numbers",
    "Orders ask for the wrong article.",
    "Give the article one number in both systems.",
  ],
  "price-missing": [
    "prices",
    "fault",
    "An article that is sold has no price",
    "It is quoted for nothing, or not at all.",
    "Set the price, or stop selling the article.",
  ],
  "price-negative": [
    "prices",
    "fault",
    "A price or cost is below zero",
    "Every sale loses money.",
    "Correct it.",
  ],
  "price-below-cost": [
    "prices",
    "fault",
    "The price is below the cost",
    "Every sale loses money.",
    "Check price and cost; one of them may have another unit.",
  ],
  "address-incomplete": [
    "addresses",
    "fault",
    "An address without street, town or country",
    "Nothing can be delivered there.",
    "Ask for the address.",
  ],
  "postcode-missing": [
    "addresses",
    "fault",
    "An address without its postal code",
    "Deliveries are late or come back.",
    "Look the postal code up.",
  ],
  "postcode-invalid": [
    "addresses",
    "fault",
    "A postal code that the country does not have",
    "Deliveries are late or come back.",
    "Look the postal code up, or correct the country.",
  ],
  "date-order": [
    "documents",
    "fault",
    "A date lies before the one it follows",
    "Payment terms and reports are wrong.",
    "Correct one of the dates.",
  ],
  "total-wrong": [
    "documents",
    "stop",
    "Net and tax do not add up to the total",
    "The books of both systems cannot be brought to agree.",
    "Recompute the document.",
  ],
  "line-wrong": [
    "documents",
    "stop",
    "Quantity times price, less the discount, is not the amount of the line",
    "The other system computes another amount from the same line.",
    "Correct quantity, price, discount or amount, whichever is wrong.",
  ],
  "sum-wrong": [
    "documents",
    "stop",
    "The lines do not add up to the document",
    "The other system computes another total from the same lines.",
    "Look for a line that is missing, doubled or wrong, and recompute the document.",
  ],
  "sum-open": [
    "documents",
    "note",
    "The lines do not add up to the document, and what may lie between is not read",
    "It may be a discount on the whole or freight, and it may be a line that is wrong.",
    "Look at one of them in its system.",
  ],
};

/** Every rule by name, in the order in which a report shows them. */
export const auditRules: { readonly [rule in AuditRuleId]: AuditRule } = Object.fromEntries(
  Object.entries(rows).map(([rule, [family, severity, title, harm, advice]]) => [
    rule,
    { family, severity, title, harm, advice },
  ]),
) as { readonly [rule in AuditRuleId]: AuditRule };

/** The names of all rules. */
export const auditRuleIds: readonly AuditRuleId[] = Object.keys(rows) as readonly AuditRuleId[];
