-- Locks taken: none (new tables). Expected time at 10 million rows: not applicable.
-- Way back: drop the tables.
-- Who may ask over HTTP: keys by their public part. Of the secret part only its SHA-256 is kept.
create table api_key (
  id text primary key,
  name text not null,
  role text not null
    check (role in ('viewer', 'sales', 'operator', 'approver', 'administrator', 'agent')),
  scopes jsonb not null,
  secret_hash text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  replaced_by text
);
-- Answers to requests that carried an idempotency key: one that goes on, or what came of it.
create table api_answer (
  key_id text not null,
  name text not null,
  route text not null,
  digest text not null,
  holder text not null,
  until_at timestamptz not null,
  forget_at timestamptz not null,
  answer jsonb,
  primary key (key_id, name, route)
);
-- What was refused at the door, chained like the journal. Append only.
create table audit_event (
  number int primary key,
  at timestamptz not null,
  kind text not null,
  body jsonb not null,
  before_hash text not null,
  hash text not null
);
create trigger audit_event_append_only before update or delete on audit_event
  for each row execute function refuse_change();
