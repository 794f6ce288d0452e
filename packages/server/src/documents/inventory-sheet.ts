import { entities, fieldTitle, isPersonal, keptByLaw, privacyInventory } from "@crossfoot/model";
import type { Contract, InventoryLine } from "@crossfoot/model";
import type { Sheet, SheetPart, SheetTable } from "./sheet.ts";

const bases: { readonly [basis in NonNullable<InventoryLine["legalBasis"]>]: string } = {
  contract: "contract (6.1.b)",
  legal_obligation: "legal obligation (6.1.c)",
  legitimate_interest: "legitimate interest (6.1.f)",
  consent: "consent (6.1.a)",
};

/** Columns of the inventory. */
export const inventoryColumns: readonly string[] = [
  ...["Entity", "Field", "Category", "Purpose", "Legal basis", "Kept", "Once erased"],
];

/** A line of the inventory as a row under {@link inventoryColumns}. */
export function inventoryRow(line: InventoryLine): readonly string[] {
  const { entity, field, category, purpose, legalBasis, retention, erasedAs } = line;
  return [
    ...[entities[entity].title, fieldTitle(field), category ?? "not said yet", purpose],
    legalBasis === null ? "" : bases[legalBasis],
    ...[retention, erasedAs === "" ? "empty" : (erasedAs ?? "stays")],
  ];
}

function lawTable(contract: Contract): SheetTable {
  const rows = Object.entries(keptByLaw(contract)).map(([entity, { years, because }]) => [
    entities[entity as keyof typeof entities].title,
    `${years} years`,
    because,
  ]);
  return {
    caption: "Records that stay although a person is erased",
    columns: ["Entity", "How long", "Why"],
    rows,
  };
}

/** The chapter about values of persons, as the contract and the specification show it. */
export function personalPart(contract: Contract): SheetPart {
  const lines = privacyInventory(contract).filter((line) => isPersonal(line));
  return {
    title: "Values of persons",
    paragraphs: [
      "Every other field that flows holds nothing of a person. Only values of mapped fields are stored at " +
        "all.",
    ],
    tables: [
      {
        caption: "Values of persons",
        columns: inventoryColumns,
        rows: lines.map((line) => inventoryRow(line)),
      },
      lawTable(contract),
    ],
  };
}

/** The inventory of personal values as a document of its own. */
export function inventorySheet(
  contract: Contract,
  at: { readonly version: string | null; readonly hash: string },
): Sheet {
  const { title: _title, ...part } = personalPart(contract);
  return {
    ...{ title: "Inventory of personal values", ...part },
    facts: [
      ["Contract version", at.version ?? "not named"],
      ["Contract hash", at.hash],
    ],
  };
}
