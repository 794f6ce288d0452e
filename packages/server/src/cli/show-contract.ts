import { signerWords } from "@crossfoot/model";
import type { ContractWords, Role, Signer } from "@crossfoot/model";
import type { ShownSignature } from "../documents/contract-sheet.ts";
import { renderTable } from "./table.ts";
import { safeText, wrap } from "./text.ts";

const sides: { readonly [role in Role]: string } = { crm: "CRM", erp: "ERP" };

/** The contract as a page that all departments can sign. */
export function showContract(
  signed: ContractWords & {
    readonly version: string | null;
    readonly hash: string;
    readonly signatures: readonly ShownSignature[] | null;
    /** Who has yet to sign; all signers when nobody could look. */
    readonly missing: readonly Signer[] | null;
  },
  room: number,
): string {
  const width = Math.min(room, 100);
  const columns = [
    { title: "field" },
    { title: "master" },
    { title: "direction" },
    { title: "policy" },
    { title: "what it means", least: 24 },
  ];
  const points = (sentences: readonly string[]): readonly string[] =>
    sentences.flatMap((sentence) =>
      wrap(safeText(sentence), width - 2).map((line, at) => (at === 0 ? `· ${line}` : `  ${line}`)),
    );
  const parts = signed.entities.map(({ title, means, rules, edgeCases, fields }) =>
    [
      title.toUpperCase(),
      ...wrap(safeText(means), width),
      ...points([...rules.map(({ words }) => words), ...edgeCases]),
      "",
      renderTable(
        columns,
        fields.map((each) => [
          each.field,
          sides[each.master],
          each.direction,
          each.policy,
          [each.definition, each.means].filter((text) => text !== "").join(" "),
        ]),
        room,
      ),
    ].join("\n"),
  );
  const version = signed.version === null ? "" : `, version ${safeText(signed.version)}`;
  const off = signed.off.length === 0 ? [] : [`Not part of it (switched off): ${signed.off.join(", ")}.`];
  const names = (signed.missing ?? signed.signers).map((signer) => safeText(signerWords(signer)));
  const longest = Math.max(12, ...names.map((name) => name.length + 1));
  const given = (signed.signatures ?? []).map(({ name, role, department, at, revoked }) => {
    const who = [name, role, department].filter(Boolean).join(", ");
    const end = revoked === null ? "" : `, taken back ${revoked.at.slice(0, 10)}: ${revoked.why}`;
    return safeText(`Signed: ${who}, ${at.slice(0, 10)}${end}`);
  });
  const lines = names.map((who) => `${who.padEnd(longest)}${"_".repeat(28)}  date ${"_".repeat(12)}`);
  const signatures = [...given, ...lines].join("\n\n");
  return [
    `CONTRACT BETWEEN CRM AND ERP${version}\nHash ${signed.hash}`,
    ...parts,
    ...off,
    `Signed for this hash; whoever changes the contract changes the hash.\n\n${signatures}`,
  ].join("\n\n");
}
