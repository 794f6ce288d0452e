import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { sealForm } from "@crossfoot/model";
import type { SealedStatement } from "@crossfoot/model";
import { sheetHtml } from "../documents/sheet-html.ts";
import { statementSheet } from "../documents/statement-sheet.ts";
import { keyTwiceIn } from "./key-twice.ts";
import { badInput } from "./refusal.ts";
import { statementWords } from "./show-statement.ts";

const opening = '<script type="application/json" id="crossfoot-statement">';
const closing = "</script>";
const insideName = "statement.json";

/** A page with the sealed statement inside it. */
function page(sealed: SealedStatement): string {
  const inside = JSON.stringify(sealed).replaceAll("<", "\\u003c");
  const html = sheetHtml(statementSheet(sealed, statementWords));
  const end = html.lastIndexOf("</body>");
  return `${html.slice(0, end)}${opening}${inside}${closing}\n${html.slice(end)}`;
}

/** What draws is loaded when something is to be drawn. */
async function pdf(sealed: SealedStatement): Promise<Buffer> {
  const { sheetPdf } = await import("../documents/sheet-pdf.ts");
  return sheetPdf(statementSheet(sealed, statementWords), {
    madeAt: new Date(sealed.statement.madeAt),
    file: { name: insideName, text: JSON.stringify(sealed) },
  });
}

/** Forms of a statement by the ending of its file. */
const forms: { readonly [ending: string]: (sealed: SealedStatement) => Promise<Buffer> } = {
  ".json": (sealed) => Promise.resolve(Buffer.from(`${JSON.stringify(sealed, null, 2)}\n`)),
  ".html": (sealed) => Promise.resolve(Buffer.from(page(sealed))),
  ".pdf": pdf,
};

function formOf(file: string): (sealed: SealedStatement) => Promise<Buffer> {
  const form = forms[extname(file).toLowerCase()];
  if (form === undefined)
    throw badInput(`a statement ends in .json, .html or .pdf, and \`${file}\` does not`);
  return form;
}

/** Refuses a file of whose ending no form is known, before anything is made. */
export function checkEnding(file: string): void {
  formOf(file);
}

/** The bytes of a statement in the form that the name of its file asks for. */
export const statementBytes = (sealed: SealedStatement, file: string): Promise<Buffer> =>
  formOf(file)(sealed);

function insideOf(bytes: Buffer, ending: string): string | undefined {
  const text = bytes.toString("utf8");
  if (ending === ".json") return text;
  if (ending === ".html") {
    const from = text.lastIndexOf(opening);
    const to = text.indexOf(closing, from);
    return from < 0 || to < 0 ? undefined : text.slice(from + opening.length, to);
  }
  // Our own PDF is not compressed: the file inside stands between the words of its stream.
  const place = bytes.indexOf("/Type /EmbeddedFile");
  const from = place < 0 ? -1 : bytes.indexOf("stream\n", place);
  const to = from < 0 ? -1 : bytes.indexOf("\nendstream", from);
  return to < 0 ? undefined : bytes.subarray(from + "stream\n".length, to).toString("utf8");
}

const sealedKeys: readonly string[] = [
  ...["form", "store", "number", "before", "parts", "hash", "statement"],
];

/**
 * By what a file is known as one of ours although nothing can be read in it: words of the seal, of the place
 * in a page or PDF where it stands, and names of its parts. One that was damaged leaves the others.
 */
const marks: { readonly [ending: string]: readonly string[] } = {
  ".json": [sealForm, '"parts": {', '"before": "'],
  ".html": [sealForm, 'id="crossfoot-statement"'],
  ".pdf": [sealForm, insideName],
};

/** A file that was read: the statement inside, and what is wrong with the file around it. */
export interface ReadStatement {
  /** Null where the file is one of ours in which no statement can be read any more. */
  readonly sealed: SealedStatement | null;
  readonly faults: readonly string[];
}

/**
 * Reads a statement out of its file, and makes the file again from it: whatever a person sees in a page has
 * to be what is sealed inside it. A file of ours that was damaged is a fault; one that is none is refused.
 */
export async function readStatement(file: string): Promise<ReadStatement> {
  checkEnding(file);
  const ending = extname(file).toLowerCase();
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw badInput(`\`${file}\` cannot be read`);
  }
  const inside = insideOf(bytes, ending);
  let sealed: SealedStatement;
  try {
    sealed = JSON.parse(inside ?? "") as SealedStatement;
    if (typeof sealed.hash !== "string" || typeof sealed.statement !== "object")
      throw new Error("no statement");
  } catch {
    if (marks[ending]?.some((mark) => bytes.includes(mark)) !== true)
      throw badInput(`there is no sealed statement in \`${file}\``);
    return {
      sealed: null,
      faults: ["file: the sealed statement inside was damaged or cut: it cannot be read"],
    };
  }
  const strange = Object.keys(sealed).filter((key) => !sealedKeys.includes(key));
  if (ending === ".json") {
    const twice = keyTwiceIn(inside ?? "");
    return {
      sealed,
      faults: [
        ...strange.map((key) => `${key}: it stands beside the seal, which does not cover it`),
        ...(twice === null ? [] : [`${twice}: it stands there twice, and only the last is sealed`]),
      ],
    };
  }
  const shown = "page: what it shows is not what is sealed inside it";
  try {
    const again = await statementBytes(sealed, file);
    return { sealed, faults: again.equals(bytes) ? [] : [shown] };
  } catch {
    return { sealed, faults: [shown] };
  }
}
