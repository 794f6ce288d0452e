-- Locks taken: none; a table is added. Expected time: at once. Way back: drop the table.
-- Places of the journal at which an entry does not follow from the one before it, which a person has seen
-- and accepted: the chain goes on behind them.
create table journal_break (
  shard int not null,
  seq bigint not null,
  -- Digest of what stood there: anything else at this place is another break.
  mark text not null,
  accepted_at timestamptz not null default now(),
  primary key (shard, seq)
);
