-- Locks taken: access exclusive on journal for an instant (its trigger's function is replaced).
-- Expected time at 10 million rows: an instant. Way back: drop both tables while nothing is sealed, and put
-- back the function of 0031.
-- Keys of the store's values, one per record and link of persons, encrypted under a key that is not here.
create table data_key (
  subject text primary key,
  id text not null unique,
  master text not null,
  wrapped text not null,
  made_at timestamptz not null default now()
);
create index data_key_by_master on data_key (master);
-- A row since values are sealed: under which master key, and whether what stood there before is sealed too.
create table sealing (
  is_one boolean primary key default true check (is_one),
  master text not null,
  state text not null check (state in ('sealing', 'sealed')),
  began_at timestamptz not null default now(),
  sealed_at timestamptz
);
-- Sealing, like an erasure, may change what an entry shows: it is verified by what it opens to.
create or replace function refuse_journal_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE'
    and row(new.shard, new.seq, new.at, new.run_id, new.entity, new.link_id, new.before_hash, new.hash)
      is not distinct from
      row(old.shard, old.seq, old.at, old.run_id, old.entity, old.link_id, old.before_hash, old.hash)
    and ((current_setting('crossfoot.erasing', true) = 'on' and new.kind = 'erased')
      or (current_setting('crossfoot.sealing', true) = 'on' and new.kind = old.kind))
  then return new; end if;
  raise exception 'the journal is append only';
end $$;
