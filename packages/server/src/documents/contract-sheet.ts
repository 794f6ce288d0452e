import { signerWords } from "@crossfoot/model";
import type { ContractWords, EntityName, EntityWords, Role, Signer } from "@crossfoot/model";
import type { Sheet, SheetPart, SheetTable } from "./sheet.ts";

/** A signature as the contract shows it. */
export interface ShownSignature {
  readonly name: string;
  readonly role: string;
  readonly department: string | null;
  /** Instant, ISO. */
  readonly at: string;
  readonly hash: string;
  /** Null while it counts. */
  readonly revoked: { readonly at: string; readonly why: string } | null;
}

/** What a contract is printed from. */
export interface PrintedContract {
  readonly words: ContractWords;
  readonly version: string | null;
  readonly hash: string;
  /** Signatures of this contract; null when nobody could look. */
  readonly signatures: readonly ShownSignature[] | null;
  /** Who has yet to sign it; null when nobody could look. */
  readonly missing: readonly Signer[] | null;
  /** What it says of values of persons. */
  readonly personal: SheetPart;
  /** When each entity is looked at, in words. */
  readonly cadence: { readonly [entity in EntityName]: string };
}

const sides: { readonly [role in Role]: string } = { crm: "CRM", erp: "ERP" };
const ways = {
  both: "both ways",
  "crm-to-erp": "CRM to ERP",
  "erp-to-crm": "ERP to CRM",
  compare: "compared only",
} as const;

function fieldTable({ title, fields }: EntityWords): SheetTable {
  return {
    caption: `Fields of ${title.toLowerCase()}`,
    columns: ["Field", "What it means", "Master", "Way", "Who decides", "When two records first meet"],
    rows: fields.map((field) => [
      field.title,
      field.definition,
      sides[field.master],
      ways[field.direction],
      field.means,
      field.firstLink,
    ]),
  };
}

function entityPart(words: EntityWords, cadence: string): SheetPart {
  return {
    title: words.title,
    paragraphs: [words.means],
    parts: [
      { title: "Rules", points: [...words.rules.map((rule) => rule.words), cadence] },
      ...(words.edgeCases.length === 0 ? [] : [{ title: "Edge cases", points: words.edgeCases }]),
      { title: "Fields", tables: [fieldTable(words)] },
    ],
  };
}

const day = (iso: string): string => iso.slice(0, 10);

function signaturePart({ words, signatures, missing, hash }: PrintedContract): SheetPart {
  const signed = (signatures ?? []).filter((each) => each.hash === hash);
  const rows = signed.map(({ name, role, department, at, revoked }) => [
    department ?? "",
    name,
    role,
    day(at),
    revoked === null ? "signed" : `taken back ${day(revoked.at)}: ${revoked.why}`,
  ]);
  const open = (missing ?? words.signers).map(({ department, role, name }) => {
    return [department, name ?? "", role ?? "", "", "_".repeat(24)];
  });
  return {
    title: "Signatures",
    paragraphs: [
      `Who signs: ${words.signers.map((signer) => signerWords(signer)).join("; ")}.`,
      `A signature holds for the hash ${hash} alone: whoever changes the contract changes the hash, and it ` +
        "is unsigned again.",
    ],
    tables: [
      {
        caption: "Signatures for this hash",
        columns: ["Department", "Name", "Role", "Date", "Signature"],
        rows: [...rows, ...open],
      },
    ],
  };
}

/** The contract as a document that sales, finance and operations read and sign. */
export function contractSheet(printed: PrintedContract): Sheet {
  const { words, version, hash, cadence, personal } = printed;
  const off = words.off.length === 0 ? [] : [`Not part of it (switched off): ${words.off.join(", ")}.`];
  const chapters = words.entities.map((each) => entityPart(each, cadence[each.entity]));
  return {
    title: "Contract between CRM and ERP",
    facts: [
      ["Version", version ?? "not named"],
      ["Hash", hash],
    ],
    paragraphs: [
      "Who decides about which value, in which state, and in which direction it travels. Whatever is " +
        "written into a system follows from this page; an edit that loses is shown to whoever made it, " +
        "and can be restored.",
      ...off,
    ],
    parts: [...chapters, personal, signaturePart(printed)],
  };
}
