import { doubled, isSold, spelled, twisted } from "./form.ts";
import type { Form } from "./form.ts";

/** The second set: written after that, and nothing was changed for it. */
export const second: readonly Form[] = [
  ...spelled(
    ...(["accounts", "placeholder", "name"] as const),
    ["to be deleted", "TO BE DELETED"],
    ["new customer", "New Customer"],
    ["a walk-in", "Cash Customer"],
    ["digits only", "123456"],
    ["sample company", "Sample Company"],
  ),
  ...spelled(
    ...(["accounts", "placeholder|mail-invalid", "mail"] as const),
    ["n/a with a sign", "n/a@n/a.com"],
    ["asdf", "asdf@asdf.com"],
    ["a blank in it", "ada lovelace@acorn-firm.com"],
    ["a full stop first", ".ada@acorn-firm.com"],
    ["brackets", "[ada@acorn-firm.com]"],
    ["a backslash", "ada\\@acorn-firm.com"],
    ["a missing name", "@acorn-firm.com"],
    ["a slash for a dot", "ada@acorn-firm/com"],
  ),
  ...spelled(
    ...(["accounts", "placeholder|phone-invalid", "phone"] as const),
    ["ext only", "ext. 12"],
    ["two numbers", "+44 20 7946 0018 or +44 20 7946 0019"],
    ["a date", "2025-01-31"],
    ["one digit repeated", "555555555555555"],
    ["a plus alone", "+"],
    ["unlisted", "unlisted"],
  ),
  ...spelled(
    ...(["accounts", "text-garbled", "name"] as const),
    ["UTF-8 of Russian as Latin", (now) => `ÐœÐ¾ÑÐºÐ²Ð° ${now}`],
    ["UTF-8 of Czech as Latin", (now) => `DvoÅ™Ã¡k ${now}`],
    ["percent signs of an address", (now) => `M%C3%BCller ${now}`],
    ["an HTML number", (now) => `M&#252;ller ${now}`],
    ["a mark-up tag", (now) => `${now}<br>`],
    ["a superscript for a letter", (now) => `M³ller ${now}`],
  ),
  ...spelled(
    ...(["accounts", "text-untrimmed", "name"] as const),
    ["a thin blank behind it", (now) => `${now}\u2009`],
    ["a word joiner", (now) => `${now.slice(0, 4)}\u2060${now.slice(4)}`],
    ["a comma behind it", (now) => `${now},`],
  ),
  ...spelled(
    ...(["accounts", "tax-id-invalid|placeholder", "tax"] as const),
    ["all zeros", "DE000000000"],
    ["prefix alone", "DE"],
    ["a digit too many", (now) => `${now}7`],
    ["pending", "pending"],
  ),
  ...spelled(
    ...(["accounts", "date-invalid", "modified"] as const),
    ["a day 0", "2025-01-00"],
    ["29 February of no leap year", "2025-02-29"],
    ["an hour alone", "10:30"],
    ["next year", "2099-01-01"],
    ["a year of five digits", "20255-01-01"],
  ),
  ...spelled(
    ...(["accounts", "country-unknown", "country"] as const),
    ["a region", "Bavaria"],
    ["four letters", "GERM"],
    ["a number", "276"],
  ),
  ...spelled(
    "accounts",
    "currency-unknown",
    "currency",
    ["lira of Italy", "ITL"],
    ["a slip", "EURO"],
    ["sign and code", "€ EUR"],
  ),
  doubled(
    "accounts",
    "duplicate|duplicate-unsure",
    "kept twice: a comma and 'The' more",
    ({ name = "" }) => ({
      name: `The ${name.replace(" ", ", ")}`,
    }),
  ),
  doubled("accounts", "duplicate|duplicate-unsure", "kept twice: words run together", ({ name = "" }) => ({
    name: name.replaceAll(" ", ""),
  })),
  doubled("accounts", "duplicate|duplicate-unsure", "kept twice: a branch named", ({ name = "" }) => ({
    name: `${name} (Branch)`,
  })),
  ...spelled(
    "products",
    "gtin-invalid",
    "gtin",
    ["14 digits", (now) => `9${now}`],
    ["a hyphen for a digit", (now) => `${now.slice(0, 6)}-${now.slice(7)}`],
  ),
  ...spelled(
    "products",
    "unit-unknown",
    "unit",
    ["piece(s) of what", "thing"],
    ["two words", "per unit each"],
    ["a code that is none", "ZZ9"],
  ),
  ...spelled(
    ...(["products", "number-invalid|price-missing|placeholder", "price"] as const),
    ["free", "free"],
    ["to be asked", "TBD"],
    ["a percent sign inside", "12%50"],
    ["two commas", "1,2,3"],
  ).map((each) => ({ ...each, fits: isSold })),
  ...twisted("products", "price-disagrees", "price", ["half", (now) => (Number(now) / 2).toFixed(2)]).map(
    (each) => ({
      ...each,
      fits: isSold,
    }),
  ),
  ...twisted("products", "unit-disagrees", "unit", ["kilograms", "kg"], ["a pallet", "pallet"]),
  ...["orders", "invoices"].flatMap((entity) => [
    ...spelled(
      entity,
      "total-wrong|number-invalid",
      "gross",
      ["zero", "0.00"],
      ["half", (now) => (Number(now) / 2).toFixed(2)],
    ),
    ...spelled(entity, "date-invalid|date-order", "due", ["30 February", "2025-02-30"]),
    ...spelled(entity, "missing|placeholder", "account", ["n/a", "n/a"]),
  ]),
];
