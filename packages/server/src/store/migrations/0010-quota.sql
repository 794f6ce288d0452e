-- Locks taken: none (new table). Expected time at 10 million rows: not applicable. Way back: drop the table.
-- What is charged and known of a connection's limits: one document that all workers share (kernel, quota.ts).
create table quota (
  connection text primary key,
  rev bigint not null,
  state jsonb not null,
  changed_at timestamptz not null default now()
);
