-- Locks taken: none (new tables). Expected time at 10 million rows: not applicable.
-- Way back: drop the tables.
-- Who is told of events at an address of their own: how far the journal was told, and which worker tells it.
create table subscription (
  name text primary key,
  state text not null default 'open' check (state in ('open', 'stopped')),
  reason text,
  places jsonb not null,
  last_number bigint not null default 0,
  delivered_at timestamptz,
  holder text not null default '',
  fence bigint not null default 0,
  expires_at timestamptz not null default now()
);
-- Every attempt to tell one of them an event; a waiting row is the next attempt. No body, no secret.
create table subscription_delivery (
  subscription text not null,
  number bigint not null,
  shard int not null,
  seq bigint not null,
  kind text not null,
  attempt int not null,
  at timestamptz not null default now(),
  state text not null check (state in ('waiting', 'delivered', 'failed', 'parked', 'dropped')),
  status int,
  cause text,
  ms int,
  next_at timestamptz,
  is_again boolean not null,
  asked_by text,
  primary key (subscription, number)
);
create index subscription_delivery_open on subscription_delivery (subscription, state)
  where state in ('waiting', 'parked');
create index subscription_delivery_at on subscription_delivery (at);
