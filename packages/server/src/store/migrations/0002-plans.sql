-- Locks taken: exclusive on plan and intent for an instant (columns without a default). Expected time at 10
-- million rows: under a second. Way back: drop the tables and columns.
-- The one name of this store, given when it is first asked for.
create table store_identity (
  is_one boolean primary key default true check (is_one),
  id text not null,
  made_at timestamptz not null default now()
);
alter table plan add column approved_by text, add column approved_at timestamptz;
-- Which write of which plan an intent is; null when no plan asked for it.
alter table intent add column plan_id text, add column plan_number int;
-- The mark of each write of a plan whose outcome is final, set in the commit of that outcome.
create table plan_write (
  plan_id text not null references plan (id),
  number int not null,
  intent_key text not null,
  state text not null check (state in ('made', 'refused')),
  marked_at timestamptz not null default now(),
  primary key (plan_id, number)
);
