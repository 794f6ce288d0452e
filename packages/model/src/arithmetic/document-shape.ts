/** What a value has to be: text, yes or no, a list or a table of one form, or a table of keys. */
type Form =
  | "text"
  | "flag"
  | { readonly list: Form }
  | { readonly tableOf: Form }
  | { readonly keys: { readonly [key: string]: Form }; readonly needs: readonly string[] };

const discount: Form = { keys: { kind: "text", value: "text", per: "text" }, needs: ["kind", "value"] };
const texts: Form = { list: "text" };
const line: Form = {
  keys: {
    ...{ key: "text", quantity: "text", unit: "text", price: "text", pricePer: "text", priceUnit: "text" },
    ...{ discounts: { list: discount }, taxes: texts, isFree: "flag", invoicedBefore: "text" },
  },
  needs: ["key", "quantity", "price"],
};
const rate: Form = { keys: { from: "text", rate: "text" }, needs: ["from", "rate"] };
const document: Form = {
  keys: {
    ...{ currency: "text", isCredit: "flag", lines: { list: line }, discounts: { list: discount } },
    taxes: { tableOf: { keys: { percent: "text", perUnit: "text", on: texts }, needs: [] } },
    deposits: { list: { keys: { key: "text", amount: "text", taxes: texts }, needs: ["key", "amount"] } },
    dates: { tableOf: "text" },
    exchange: { keys: { currency: "text", rates: { list: rate } }, needs: ["currency", "rates"] },
  },
  needs: ["currency", "lines"],
};

const isTable = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The path of the first value that has another form, or null. */
function firstOff(value: unknown, form: Form, path: string): string | null {
  if (form === "text") return typeof value === "string" ? null : path;
  if (form === "flag") return typeof value === "boolean" ? null : path;
  const within = (entries: readonly (readonly [string, unknown, Form])[]): string | null => {
    for (const [at, each, own] of entries) {
      const found = firstOff(each, own, at);
      if (found !== null) return found;
    }
    return null;
  };
  if ("list" in form) {
    if (!Array.isArray(value)) return path;
    return within(value.map((each: unknown, at) => [`${path}[${at}]`, each, form.list]));
  }
  if (!isTable(value)) return path;
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  if ("tableOf" in form)
    return within(Object.entries(value).map(([key, each]) => [below(key), each, form.tableOf]));
  const missing = form.needs.find((key) => value[key] === undefined);
  if (missing !== undefined) return below(missing);
  const known = Object.entries(form.keys).filter(([key]) => value[key] !== undefined);
  return within(known.map(([key, own]) => [below(key), value[key], own]));
}

/**
 * Where a document that came from a file has not the form of a PricedDocument, such as `lines[0].price`; ""
 * where it is no table at all, null where its form is right. Numbers are text: a number of JSON may have lost
 * digits. Keys that nobody knows are left alone. Never throws.
 */
export const misshapenAt = (value: unknown): string | null => firstOff(value, document, "");
