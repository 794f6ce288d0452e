import { existsSync, writeFileSync } from "node:fs";
import { extname } from "node:path";
import { sheetHtml } from "../documents/sheet-html.ts";
import { sheetMarkdown } from "../documents/sheet-markdown.ts";
import type { Sheet } from "../documents/sheet.ts";
import type { Context } from "./context.ts";
import { badInput } from "./refusal.ts";

/**
 * Writes a document into a file; what kind of file stands in its name: .html, .md or .json. Overwrites a
 * document of before. One with values of customers is private: only its owner can read the file.
 */
export function keepDocument(
  context: Context,
  file: string,
  at: { readonly sheet: Sheet; readonly document: unknown; readonly isPrivate?: boolean },
): void {
  const texts: { readonly [ending: string]: () => string } = {
    ".html": () => sheetHtml(at.sheet),
    ".md": () => sheetMarkdown(at.sheet),
    ".json": () => `${JSON.stringify(at.document, null, 2)}\n`,
  };
  const text = texts[extname(file).toLowerCase()];
  if (text === undefined) throw badInput(`--out ends in .html, .md or .json, and \`${file}\` does not`);
  const isThere = existsSync(file);
  writeFileSync(file, text(), at.isPrivate === true ? { mode: 0o600 } : {});
  const facts = Object.fromEntries(at.sheet.facts);
  context.print({ file, ...facts }, () => `${isThere ? "Wrote anew" : "Wrote"} ${file}.`);
}
