-- Locks taken: work and intent, while they are rewritten and indexed; lease and run, for an instant.
-- Expected time at 10 million rows: two minutes. Way back: drop the columns, tables and indices; put the old
-- indices back.
-- The part of the links that a row belongs to: the same sum as shardOf in lease-port.ts.
alter table work add column shard int generated always as
  (((ascii(right(link_id, 1)) + 31 * ascii(right(link_id, 2)) + 961 * ascii(right(link_id, 3)))::bigint
    * 7919 % 10007 % 16)::int) stored;
alter table intent add column shard int generated always as
  (((ascii(right(link_id, 1)) + 31 * ascii(right(link_id, 2)) + 961 * ascii(right(link_id, 3)))::bigint
    * 7919 % 10007 % 16)::int) stored;
drop index work_by_link;
create index work_by_shard on work (entity, shard, link_id);
-- Intents are claimed in the order of shards, steps and links.
drop index intent_open;
create index intent_open on intent (entity, shard, target, step, link_id)
  where state in ('stored', 'sending', 'in_doubt');
create index intent_sending on intent (shard) where state = 'sending';
-- Workers that were heard of; what they hold are leases.
create table worker (
  holder text primary key,
  is_alone boolean not null,
  started_at timestamptz not null default now(),
  expires_at timestamptz not null
);
-- A lease that nobody holds has an empty holder; the fencing token only ever grows.
delete from lease;
alter table lease add column taken_at timestamptz;
create index lease_by_holder on lease (holder);
insert into lease (name, holder, fence, expires_at)
  select 'shard/' || lpad(shard::text, 2, '0'), '', 0, to_timestamp(0) from generate_series(0, 15) shard;
alter table run add column holder text;
