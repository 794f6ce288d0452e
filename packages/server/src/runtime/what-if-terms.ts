import { canonicalBytes } from "@crossfoot/kernel";
import type { Contract, EntityTerms } from "@crossfoot/model";
import { entityNames, fieldKindsOf } from "@crossfoot/model";
import type { TermsChange } from "./plan-document.ts";

const ofField = [
  "master",
  "direction",
  "policy",
  "custom",
  "onFirstLink",
  "onForeignEdit",
  "mandatory",
] as const;
const ofEntity = [
  "enabled",
  "onDelete",
  "newestTolerance",
  "create",
  "matchKeys",
  "ownership",
  "effects",
] as const;

type FieldKey = (typeof ofField)[number];

/** What holds for a field: its own terms, else its entity's. */
function termOf(terms: EntityTerms, field: string, key: FieldKey): string {
  const own = terms.fields[field]?.[key];
  const general = key === "custom" || key === "mandatory" ? undefined : terms[key];
  return String(own ?? general ?? "—");
}

/** A term in words: what is not one is told as JSON. */
const plain = (term: unknown): string => (typeof term === "string" ? term : canonicalBytes(term));

/** Terms that two contracts hold differently, as they work out for each entity and field. */
export function changedTerms(before: Contract, after: Contract): readonly TermsChange[] {
  return entityNames.flatMap((entity): readonly TermsChange[] => {
    const [was, is] = [before.entities[entity], after.entities[entity]];
    const whole = ofEntity.flatMap((term): readonly TermsChange[] => {
      const [now, after] = [plain(was[term]), plain(is[term])];
      return now === after ? [] : [{ entity, field: null, term, now, after }];
    });
    const names = [was, is].flatMap((terms) => Object.keys(fieldKindsOf(entity, terms)));
    const fields = [...new Set(names)].flatMap((field) =>
      ofField.flatMap((term): readonly TermsChange[] => {
        const [now, after] = [termOf(was, field, term), termOf(is, field, term)];
        return now === after ? [] : [{ entity, field, term, now, after }];
      }),
    );
    return [...whole, ...fields];
  });
}
