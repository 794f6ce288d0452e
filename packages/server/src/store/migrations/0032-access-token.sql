-- Access tokens that all workers share, one per connection; the token itself is sealed by a key that is not
-- in the store.
create table access_token (
  connection text primary key,
  rev bigint not null,
  state jsonb not null,
  changed_at timestamptz not null default now()
);
