-- Locks taken: none (tables that nobody has yet). Expected time at 10 million rows: not applicable.
-- Way back: drop both tables and the function.
-- Every contract that was in force or was signed, in the order in which it came, and who signed which.
create table contract_kept (
  seq bigint primary key,
  hash text not null,
  version text,
  terms jsonb not null,
  in_force boolean not null,
  kept_at timestamptz not null default now()
);
create table contract_signature (
  hash text not null,
  name text not null,
  role text not null,
  department text not null,
  signed_by text not null,
  signed_at timestamptz not null default now(),
  primary key (hash, name, role, department)
);
create function contract_append_only() returns trigger language plpgsql as $$
begin raise exception 'contracts and signatures are append only'; end $$;
create trigger contract_kept_append_only before update or delete on contract_kept
  for each row execute function contract_append_only();
create trigger contract_signature_append_only before update or delete on contract_signature
  for each row execute function contract_append_only();
