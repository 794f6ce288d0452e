-- Locks taken: access exclusive on observation, for an instant (a column without a default).
-- Expected time at 10 million rows: milliseconds. Way back: drop the column.
-- The stamp that a system gave to our own write, where its view shows one: modified_at and actor are then
-- those of the last edit that was not ours.
alter table observation add column own_stamp bigint;
