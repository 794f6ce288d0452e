import type { Database } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import { checkLease } from "./leases.ts";
import type { ChangedTerms, DecidedTerms, TermsStore } from "./port.ts";

/** What the journal tells of other terms. */
export function termsNotes({ entity, terms, reopened }: ChangedTerms): readonly Note[] {
  return [
    { kind: "terms_changed", entity, link: null, body: terms },
    ...reopened.map(({ link, fields }) => ({ kind: "base_reopened", entity, link, body: { fields } })),
  ];
}

/** Terms that things were decided under. */
export function termsStore(deps: {
  readonly database: Database;
  readonly journal: JournalWriter;
}): TermsStore {
  const { database, journal } = deps;
  return {
    async listTerms() {
      return database.query<DecidedTerms & { [column: string]: unknown }>(
        "select entity, terms from decided_terms order by entity",
      );
    },
    async changeTerms(changed, runId, lease) {
      const { entity, terms, isFirst, reopened } = changed;
      await database.transaction(async (tx) => {
        await checkLease(tx, lease, "for update");
        await tx.query(
          "insert into decided_terms (entity, terms) values ($1, $2::jsonb) on conflict (entity) do update " +
            "set terms = excluded.terms, since_at = now()",
          [entity, JSON.stringify(terms)],
        );
        if (isFirst) return;
        // In the order in which everybody locks links.
        await tx.query(
          "select id from link where entity = $1 and state <> 'merged' order by id for no key update",
          [entity],
        );
        await tx.query(
          "update base b set images = b.images - array(select jsonb_array_elements_text(r.fields)) from " +
            "jsonb_to_recordset($1::jsonb) as r(link text, fields jsonb) where b.link_id = r.link",
          [JSON.stringify(reopened)],
        );
        await tx.query(
          "insert into work (link_id, entity, reason) select id, entity, 'terms changed' from link where " +
            "entity = $1 and state <> 'merged' order by id on conflict (link_id) do update set marked = " +
            "work.marked + 1, reason = excluded.reason",
          [entity],
        );
        await journal.write(tx, termsNotes(changed), runId);
      });
    },
  };
}
