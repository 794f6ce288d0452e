-- Locks taken: access exclusive on observation for an instant (a column without a default). Expected time at
-- 10 million rows: an instant. Way back: drop the column.
-- When its system made the record, ms since 1970 by its clock: tells a record from one that has its id later.
alter table observation add column made_at bigint;
