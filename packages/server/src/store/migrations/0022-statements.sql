-- Locks taken: none (a table that was not there). Expected time at 10 million rows: not applicable.
-- Way back: drop the table.
-- Statements that were handed out: what each is known by, chained to the one before. Append only.
create table statement (
  number int primary key,
  made_at timestamptz not null,
  hash text not null,
  before_hash text not null,
  parts jsonb not null
);
create trigger statement_append_only before update or delete on statement
  for each row execute function refuse_change();
