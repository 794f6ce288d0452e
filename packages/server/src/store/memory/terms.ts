import type { LinkId } from "@crossfoot/kernel";
import type { TermsStore } from "../port.ts";
import { termsNotes } from "../terms.ts";
import { markLinks } from "./basics.ts";
import { writeNotes } from "./journal.ts";
import { compareText, jsonb } from "./json.ts";
import { checkLease } from "./leases.ts";
import type { State } from "./state.ts";

/** Terms that things were decided under (see the SQL store). */
export function termsPart(state: State): TermsStore {
  const { decidedTerms, base, link } = state.tables;
  return {
    async listTerms() {
      const rows = decidedTerms.all().toSorted((a, b) => compareText(a.entity, b.entity));
      return rows.map(({ entity, terms }) => ({ entity, terms }));
    },
    async changeTerms(changed, runId, lease) {
      state.commit((now) => {
        checkLease(state, lease);
        const { entity, isFirst, reopened } = changed;
        const terms = jsonb(changed.terms);
        const known = decidedTerms.get(entity);
        if (known === undefined) decidedTerms.insert({ entity, terms, since_at: now });
        else decidedTerms.change(known, { terms, since_at: now });
        if (isFirst) return;
        const fieldsOf = new Map(reopened.map((one): [string, readonly string[]] => [one.link, one.fields]));
        for (const [id, fields] of fieldsOf) {
          for (const row of base.by("link", id)) {
            const images = Object.entries(row.images).filter(([field]) => !fields.includes(field));
            base.change(row, { images: Object.fromEntries(images) });
          }
        }
        const links = link.by("entity", entity).filter((row) => row.state !== "merged");
        markLinks(
          state,
          links.map(({ id }) => id as LinkId),
          { reason: "terms changed", now },
        );
        writeNotes(state, termsNotes(changed), runId);
      });
    },
  };
}
