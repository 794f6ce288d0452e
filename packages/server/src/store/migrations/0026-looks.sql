-- Locks taken: none (a table that nobody has yet). Expected time at 10 million rows: not applicable.
-- Way back: drop the table.
-- The last look for duplicates of each entity, and since when a worker is at the next one.
create table duplicate_look (
  entity text primary key,
  looked_at timestamptz,
  taken_at timestamptz,
  body jsonb
);
