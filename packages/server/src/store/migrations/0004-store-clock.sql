-- Locks taken: intent, while it is rewritten; work, for an instant.
-- Expected time at 10 million rows: about a minute.
-- Way back: extract(epoch from ...) * 1000 into double precision columns of the same names.
-- Doubts and postponements go by the store's clock alone. claimed_at and due_set_at say when the store
-- set the instants beside them: where they lie ahead of its clock, that clock was set back meanwhile.
alter table intent
  alter column send_deadline type timestamptz using to_timestamp(send_deadline / 1000),
  alter column abandoned_at type timestamptz using to_timestamp(abandoned_at / 1000),
  add column claimed_at timestamptz,
  add column due_set_at timestamptz not null default now();
-- Work is due as soon as it is marked.
alter table work drop column due_at;
