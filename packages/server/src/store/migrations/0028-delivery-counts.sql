-- Locks taken: share on delivery while its index is made. Expected time at 10 million rows: about 10 s.
-- Way back: drop the table and the index.
-- What became of webhook deliveries, counted by the name of the secret that proved them.
create table delivery_count (
  connection text not null,
  outcome text not null check (outcome in ('accepted', 'duplicate', 'forged', 'stale', 'malformed',
    'too_large', 'too_many')),
  secret text not null,
  count bigint not null,
  reason text,
  last_at timestamptz not null default now(),
  primary key (connection, outcome, secret)
);
-- Deliveries are forgotten by their age.
create index delivery_received on delivery (received_at);
