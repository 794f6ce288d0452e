import { auditBytes } from "./port.ts";
import type { AuditDraft, AuditRow } from "./port.ts";

/** Puts drafts behind the newest entry. */
export function chainAudit(
  drafts: readonly AuditDraft[],
  at: {
    readonly last: { readonly number: number; readonly hash: string } | null;
    readonly digest: (text: string) => string;
  },
): readonly AuditRow[] {
  let before = at.last ?? { number: 0, hash: "" };
  return drafts.map((draft) => {
    const entry = { ...draft, number: before.number + 1 };
    const hash = at.digest(auditBytes(before.hash, entry));
    const row = { ...entry, beforeHash: before.hash, hash };
    before = row;
    return row;
  });
}
