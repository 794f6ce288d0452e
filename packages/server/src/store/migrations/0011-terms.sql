-- Locks taken: none (a table that nobody has yet). Expected time at 10 million rows: not applicable.
-- Way back: drop the table.
-- What the links of each entity were last decided under: contract and mappings.
create table decided_terms (
  entity text primary key,
  terms jsonb not null,
  since_at timestamptz not null default now()
);
