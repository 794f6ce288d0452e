-- Locks taken: share on journal while its index is made. Expected time at 10 million rows: 10 seconds.
-- Way back: drop the index and the table.
-- What became of notes that tell of a value that lost; one that was never tried has no row.
create table telling (
  shard int not null,
  seq bigint not null,
  state text not null check (state in ('due', 'told', 'refused')),
  attempts int not null,
  due_at timestamptz not null,
  due_set_at timestamptz not null,
  told_at timestamptz,
  failure jsonb,
  primary key (shard, seq)
);
-- Values that lost and are to be told of.
create index journal_to_tell on journal (shard, seq) where kind = 'discarded' and body ? 'tell';
