-- Locks taken: access exclusive on intent for an instant (a column whose default is a constant); share on
-- journal while its index is made. Expected time at 10 million rows: about 10 seconds, the index.
-- Way back: drop the column and the index.
-- What the target showed of each field written, so that a write can be undone.
alter table intent add column before jsonb not null default '{}';
-- Values that lost: few of all entries.
create index journal_lost on journal (at) where kind = 'discarded';
