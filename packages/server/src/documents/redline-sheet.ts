import type { Json } from "@crossfoot/kernel";
import { entities, fieldTitle } from "@crossfoot/model";
import type { RedlineChange, TermChange } from "@crossfoot/model";
import type { Sheet, SheetPart, SheetTable } from "./sheet.ts";

/** A contract by its name. */
export interface NamedContract {
  readonly version: string | null;
  readonly hash: string;
}

/** What a redline is printed from. */
export interface PrintedRedline {
  readonly from: NamedContract;
  readonly to: NamedContract;
  readonly changes: readonly RedlineChange[];
  /** What is another term, and shows in no sentence. */
  readonly terms: readonly TermChange[];
  /** What the change would do to records, in words and tables. */
  readonly effect: { readonly sentences: readonly string[]; readonly tables: readonly SheetTable[] };
}

const named = ({ version, hash }: NamedContract): string =>
  `${version === null ? "" : `version ${version}, `}hash ${hash}`;

/** Whether a change kept the name of what it changed. */
function isSameName(from: NamedContract, to: NamedContract): boolean {
  return from.version !== null && from.version === to.version && from.hash !== to.hash;
}

function changePart(title: string, changes: readonly RedlineChange[]): SheetPart {
  return {
    title,
    tables: [
      {
        caption: `What changes: ${title.toLowerCase()}`,
        columns: ["Where", "About", "What was, and what is"],
        rows: changes.map(({ field, topic, was, is }) => [
          field === null ? title : fieldTitle(field),
          topic,
          { was, is },
        ]),
      },
    ],
  };
}

/** A term as one reads it; nothing where there is none. Never throws. */
export const termWords = (term: Json): string =>
  term === null ? "nothing" : typeof term === "string" ? term : JSON.stringify(term);

function termsPart(terms: readonly TermChange[]): readonly SheetPart[] {
  if (terms.length === 0) return [];
  const rows = terms.map(({ path, was, is }) => [
    path,
    { was: was === null ? null : termWords(was), is: is === null ? null : termWords(is) },
  ]);
  const columns = ["Where", "What was, and what is"];
  return [
    {
      title: "Terms that show in no sentence",
      tables: [{ caption: "Terms that are others", columns, rows }],
    },
  ];
}

/** A change of contract as a document: what was struck and put in, sentence by sentence, and its effect. */
export function redlineSheet({ from, to, changes, terms, effect }: PrintedRedline): Sheet {
  const groups = [...Map.groupBy(changes, ({ entity }) => entity)];
  return {
    title: "What changes in the contract between CRM and ERP",
    facts: [
      ["From", named(from)],
      ["To", named(to)],
      ["Sentences that change", String(changes.length)],
    ],
    paragraphs:
      changes.length > 0
        ? isSameName(from, to)
          ? [`Both are called version ${to.version ?? ""}: give the changed one another.`]
          : []
        : [from.hash === to.hash ? "It is the same contract." : "No sentence is another one."],
    parts: [
      ...groups.map(([entity, own]) =>
        changePart(entity === null ? "Who signs" : entities[entity].title, own),
      ),
      ...termsPart(terms),
      { title: "The effect of the change", paragraphs: effect.sentences, tables: effect.tables },
    ],
  };
}
