-- Locks taken: link and plan (access exclusive), for columns with constant defaults: no rewrite. Expected
-- time at 10 million rows: under a second. Way back: drop the two tables, the columns, then the function.
-- Which life of the store this is: it is another one after the restore of a backup. No row: the first one.
create table epoch (
  is_one boolean primary key default true check (is_one),
  number int not null default 1,
  state text not null default 'confirmed' check (state in ('held', 'recovering', 'confirmed')),
  -- Server, database and timeline on which this epoch runs; null where the store cannot tell.
  home_mark text,
  reason text,
  noticed_at timestamptz,
  confirmed_at timestamptz,
  confirmed_by text,
  recovered_at timestamptz
);
-- What was read as a whole since the epoch was confirmed.
create table epoch_sweep (
  connection text not null,
  entity text not null,
  swept_at timestamptz not null default now(),
  primary key (connection, entity)
);
-- The epoch whose creates are known to the store: a link that was there before the recovery was over may
-- have been written to in a life that the store has forgotten.
create function epoch_of_links() returns int language sql stable as $$
  select coalesce((select case when state = 'confirmed' then number else number - 1 end from epoch), 1)
$$;
alter table link add column epoch int not null default 1;
alter table link alter column epoch set default epoch_of_links();
-- A plan of an earlier epoch is not applied: what it made since is forgotten.
alter table plan add column is_void boolean not null default false;
