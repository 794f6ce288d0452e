-- Locks taken: none (new table). Expected time at 10 million rows: not applicable. Way back: drop the table.
-- What people have paused: nothing is read, decided or written of it until somebody resumes it.
create table pause (
  kind text not null check (kind in ('entity', 'connection')),
  name text not null,
  paused_by text not null,
  paused_at timestamptz not null default now(),
  primary key (kind, name)
);
