-- Locks taken: access exclusive on contract_signature while its key is made anew.
-- Expected time at 10 million rows: 20 seconds; there is a row for each signature.
-- Way back: drop contract_revocation, remove signatures of a number above 1, put back the key without it.
-- Signatures that were taken back, each by its number: whoever signs again does it under the next one.
alter table contract_signature add column turn int not null default 1;
alter table contract_signature drop constraint contract_signature_pkey;
alter table contract_signature add primary key (hash, name, role, department, turn);
create table contract_revocation (
  hash text not null,
  name text not null,
  role text not null,
  department text not null,
  turn int not null,
  why text not null,
  revoked_by text not null,
  revoked_at timestamptz not null default now(),
  primary key (hash, name, role, department, turn)
);
create trigger contract_revocation_append_only before update or delete on contract_revocation
  for each row execute function contract_append_only();
