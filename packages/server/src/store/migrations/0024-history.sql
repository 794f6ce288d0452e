-- Locks taken: access exclusive on observation and cursor for an instant (defaults are constants).
-- Expected time at 10 million rows: an instant. Way back: drop the table and the columns.
-- Since when a record shows what it shows; until when it was known not to be there, before it was seen.
alter table observation add column shown_since timestamptz not null default now();
alter table observation add column absent_until timestamptz;
-- When the reading began that goes on, and when the last one began that has ended.
alter table cursor add column began_at timestamptz;
alter table cursor add column read_since timestamptz;
-- What orders and invoices showed before: a row per state that another one took the place of. `held_until` is
-- the last instant at which a reading found it so; what happened from then to `until_at` is not known.
create table observation_was (
  connection text not null,
  entity text not null,
  external_id text not null,
  kind text not null,
  native jsonb not null,
  modified_at bigint,
  own_stamp bigint,
  made_at bigint,
  shown_since timestamptz not null,
  held_until timestamptz not null,
  until_at timestamptz not null,
  primary key (connection, entity, external_id, until_at)
);
create index observation_was_by_end on observation_was (until_at);
