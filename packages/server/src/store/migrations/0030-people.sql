-- Locks taken: none (new tables). Expected time at 10 million rows: not applicable.
-- Way back: drop the tables.
-- People who sign in: of a password only its scrypt hash is kept, of links and sessions only the SHA-256.
create table person (
  id text primary key,
  name text not null unique,
  role text not null
    check (role in ('viewer', 'sales', 'operator', 'approver', 'administrator', 'agent')),
  password_hash text,
  subject text unique,
  created_by text not null,
  created_at timestamptz not null default now(),
  signed_in_at timestamptz,
  disabled_at timestamptz
);
-- One-time links: whose password they set; null for whoever becomes the first administrator.
create table person_link (
  hash text primary key,
  person_id text,
  expires_at timestamptz not null
);
create table person_session (
  hash text primary key,
  person_id text not null,
  idle_at timestamptz not null,
  over_at timestamptz not null
);
create index person_session_person on person_session (person_id);
-- Tries to sign in, by name and by address, so that all workers count together.
create table sign_in_try (
  what text primary key,
  tries int not null,
  last_at timestamptz not null,
  locked_until timestamptz not null
);
