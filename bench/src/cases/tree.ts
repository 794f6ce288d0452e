import { createStore, systemClock, systemEntropy } from "crossfoot/testing";
import type { Database } from "crossfoot/testing";
import { openStore } from "../project.ts";
import { plainRow, round } from "../result.ts";
import type { Row } from "../result.ts";
import type { Case } from "./scene.ts";

const sizes = { small: [10_000, 100_000], full: [10_000, 100_000, 1_000_000] } as const;
/** Leaves that change at once: what one commit of the runtime takes. */
const changed = 500;
const rounds = 5;

/** Links with a record and an equal leaf on both sides, all swept. The nodes above come with changes. */
async function seed(database: Database, from: number, to: number): Promise<void> {
  const all = `generate_series(${from}, ${to - 1}) n`;
  const link = "'l-' || lpad(n::text, 8, '0')";
  const sides = "(values ('crm'), ('erp')) s(side)";
  await database.script(
    "alter table observation disable trigger user; alter table link_member disable trigger user; " +
      `insert into link (id, entity, state) select ${link}, 'accounts', 'live' from ${all}; ` +
      `insert into link_member (link_id, connection, entity, external_id) select ${link}, side, ` +
      "'accounts', " +
      `n::text from ${all}, ${sides}; insert into observation (connection, entity, external_id, link_id, ` +
      "kind, native, content_hash, via, read_start, read_end) select side, 'accounts', n::text, " +
      `${link}, 'present', '{}', 'h', 'poll', 1, 2 from ${all}, ${sides}; ` +
      "insert into proof (link_id, entity, bucket, crm_hash, erp_hash, compared, equal) select " +
      `${link}, 'accounts', left(encode(sha256((${link})::bytea), 'hex'), 4), 'h', 'h', 9, 9 from ${all}; ` +
      "insert into proof_terms (entity, terms) values ('accounts', '') on conflict do nothing; update " +
      "proof_terms t set (records, records_equal, fields, fields_equal) = (select count(*), count(*), " +
      "sum(compared), sum(equal) from proof) where entity = 'accounts'; insert into cursor (connection, " +
      "entity, swept_at) select side, 'accounts', now() from (values ('crm'), ('erp')) s(side) on conflict " +
      "do nothing; analyze; alter table observation enable trigger user; alter table link_member enable " +
      "trigger user",
  );
}

/** What the tree costs by the number of links: a commit of changed leaves, and what the status page asks. */
export const tree: Case = async (input) => {
  const database = await openStore(input.store);
  const store = createStore({ database, entropy: systemEntropy, clock: systemClock });
  await store.migrate();
  const rows: Row[] = [];
  const notes: Record<string, number> = {};
  const first = { commit: 0, state: 0 };
  let links = 0;
  try {
    for (const size of sizes[input.size]) {
      await seed(database, links, size);
      links = size;
      const times = { commit: 0, state: 0 };
      for (let round_ = 0; round_ < rounds; round_ += 1) {
        const step = Math.floor(size / changed);
        const entries = Array.from({ length: changed }, (_, at) => {
          const link = `l-${String((at * step + round_) % size).padStart(8, "0")}` as never;
          const leaf = {
            link,
            entity: "accounts",
            crm: `h${round_}`,
            erp: `h${round_}`,
            compared: 9,
            equal: 9,
          };
          return { link, marks: [], leaf, names: null };
        });
        const startedAt = performance.now();
        await store.commitProofs(entries);
        const committedAt = performance.now();
        const state = await store.proofState("accounts", {
          withinMs: 3_600_000,
          carried: ["accounts"],
          fields: [],
        });
        times.commit += (committedAt - startedAt) / rounds;
        times.state += (performance.now() - committedAt) / rounds;
        if (state.records !== size) throw new Error(`${state.records} records of ${size} are counted`);
      }
      if (size === sizes[input.size][0]) Object.assign(first, times);
      const limitIs = "the same among 10,000 links";
      rows.push(
        plainRow(`${changed} changed leaves among ${size} links`, {
          ...{ unit: "ms", measured: times.commit, sense: "at most" },
          ...{ limit: first.commit, limitIs },
        }),
        plainRow(`share proven of ${size} links`, {
          ...{ unit: "ms", measured: times.state, sense: "at most" },
          ...{ limit: first.state, limitIs },
        }),
      );
      notes[`commit ${size}`] = round(times.commit);
      notes[`state ${size}`] = round(times.state);
    }
    return { rows, residentMbMax: round(process.memoryUsage.rss() / 1e6), notes };
  } finally {
    await database.close();
  }
};
