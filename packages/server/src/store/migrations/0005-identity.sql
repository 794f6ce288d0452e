-- Locks taken: access exclusive on observation for the check and three index builds.
-- Expected time at 10 million rows: 60 s (indexes are partial; the check reads every row once).
-- Way back: drop the tables and indexes, delete rows of the added resolutions' values, restore the check.
alter table observation drop constraint observation_resolution_check;
-- followed: a merge that our links follow. returned: a record that was gone and shows again.
alter table observation add constraint observation_resolution_check
  check (resolution in ('candidate', 'waiting', 'followed', 'returned'));
create index observation_moved on observation (entity, connection, external_id)
  where kind in ('merged', 'converted') and into_id is not null and resolution is distinct from 'followed';
create index observation_returned on observation (entity, connection, external_id)
  where resolution = 'returned';
-- Merges of records that our links follow, kept for ever: with them a merge that is taken back brings back
-- the former members and their bases. A merge without unmerged_at stands.
create table link_merge (
  entity text not null,
  connection text not null,
  loser text not null,
  survivor text not null,
  from_link text references link (id),
  into_link text not null references link (id),
  members jsonb not null,
  bases jsonb not null,
  merged_at timestamptz not null default now(),
  unmerged_at timestamptz
);
create unique index link_merge_open on link_merge (entity, connection, loser) where unmerged_at is null;
