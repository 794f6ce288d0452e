import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Larger files are named as not looked into, bytes. */
const bytesMax = 256 * 1024 * 1024;

/** What a search through a folder found. */
export interface SearchedFiles {
  /** Files in which one of the texts stands, relative to the folder. */
  readonly holding: readonly string[];
  /** Files that were too large to look into. */
  readonly unsearched: readonly string[];
}

/**
 * Files of a folder in which one of the texts stands, as it is, as in JSON or as in a page, in small letters
 * on both sides. Links are not followed; folders in `except` are left out.
 */
export function filesHolding(
  folder: string,
  texts: readonly string[],
  except: readonly string[],
): SearchedFiles {
  const holding: string[] = [];
  const unsearched: string[] = [];
  const wanted = [...new Set(texts.flatMap((text) => formsOf(text.toLowerCase())))];
  const look = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (except.some((each) => path === each || path.startsWith(each + sep))) continue;
      if (entry.isDirectory()) look(path);
      else if (entry.isFile()) lookInto(path);
    }
  };
  const lookInto = (path: string): void => {
    const name = relative(folder, path);
    if (statSync(path).size > bytesMax) return void unsearched.push(name);
    const content = readFileSync(path, "utf8").toLowerCase();
    if (wanted.some((text) => content.includes(text))) holding.push(name);
  };
  look(folder);
  return { holding: holding.toSorted(), unsearched: unsearched.toSorted() };
}

/** A text as it may stand in a file: plain, in JSON, in a page. */
function formsOf(text: string): readonly string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  const inPage = text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  return [text, inJson, inPage, inPage.replaceAll("'", "&#39;")];
}
