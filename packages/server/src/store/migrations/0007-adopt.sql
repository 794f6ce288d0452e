-- Locks taken: access exclusive on link while the check reads it, and on candidate for an instant.
-- Expected time at 10 million rows: 5 seconds.
-- Way back: drop the columns.
-- A link taken over from another integration: what becomes of differences that its sides never agreed on.
alter table link add column adopted text check (adopted in ('review', 'keep'));
-- A record that waits for a person whatever its keys become: nothing links it, and nothing is made for it.
alter table candidate add column is_held boolean not null default false;
create index candidate_held on candidate (entity) where is_held and state = 'open';
