/** All families as files. */
import { diceOf } from "../dice.ts";
import { ruleFamilies } from "./rules.ts";
import type { Family } from "./sheet.ts";
import { systemFamilies } from "./systems.ts";
import { tradeFamilies } from "./trade.ts";

/** What is worked by this program; what systems answered is typed into answered.json. */
const families: readonly Family[] = [...systemFamilies, ...ruleFamilies, ...tradeFamilies];

/** A file that a person can read: the document and its totals on a line each, then the working. */
function paper(head: object, documents: readonly { readonly working: readonly string[] }[]): string {
  const sheets = documents.map(({ working, ...rest }) => {
    const lines = Object.entries(rest).map(([name, value]) => `   "${name}": ${JSON.stringify(value)}`);
    const steps = working.map((step) => `    ${JSON.stringify(step)}`).join(",\n");
    return `  {\n${lines.join(",\n")},\n   "working": [\n${steps}\n   ]\n  }`;
  });
  const tops = Object.entries(head).map(([name, value]) => ` "${name}": ${JSON.stringify(value)}`);
  return `{\n${tops.join(",\n")},\n "documents": [\n${sheets.join(",\n")}\n ]\n}\n`;
}

/** The files with their content, the same at each call. */
export function sheets(): readonly { readonly file: string; readonly content: string }[] {
  return families.map(({ file, rule, source, make, count }, place) => {
    const documents = Array.from({ length: count }, (_, at) => ({
      name: `${file} ${at + 1}`,
      ...make(diceOf(1000 * (place + 1) + at), at),
    }));
    return { file, content: paper({ rule, source }, documents) };
  });
}
