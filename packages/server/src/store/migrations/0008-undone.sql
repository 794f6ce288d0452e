-- Locks taken: access exclusive on base and intent for an instant (columns without a default); share on
-- journal while its index is made. Expected time at 10 million rows: 10 seconds.
-- Way back: drop the columns and the index.
-- Fields that an undo put back, with who did so and when, while nothing has moved their base since.
alter table base add column undone jsonb;
-- What a write takes back, when it is one of an undo.
alter table intent add column undo jsonb;
-- Writes that a plan asked for.
create index journal_by_plan on journal ((body ->> 'plan'))
  where kind = 'intent_settled' and body ->> 'plan' is not null;
