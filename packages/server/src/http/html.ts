/** Text as it may stand in HTML, between tags and inside quoted attributes. */
function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** HTML that is whole and safe; only {@link html} and {@link joinHtml} make it. */
export interface Html {
  readonly html: string;
}

/**
 * HTML from a template: everything that is put in is escaped, unless it is HTML already; lists of HTML are
 * put one after the other.
 */
export function html(
  texts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const parts = texts.map((text, at) => text + (at < values.length ? put(values[at] ?? "") : ""));
  return { html: parts.join("") };
}

function put(value: string | number | Html | readonly Html[]): string {
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return value.toLocaleString("en-US");
  return isList(value) ? value.map((each) => each.html).join("") : value.html;
}

const isList = (value: Html | readonly Html[]): value is readonly Html[] => Array.isArray(value);
