-- Locks taken: access exclusive on intent while the check reads it, share while the index is made.
-- Expected time at 10 million rows: 15 seconds.
-- Way back: put back the check and the index without the kind `unmerge`, once no row has it.
alter table intent drop constraint intent_kind_check;
alter table intent add constraint intent_kind_check check
  (kind in ('create', 'update', 'archive', 'unarchive', 'delete', 'transition', 'merge', 'unmerge', 'note'));
drop index intent_harmful;
create index intent_harmful on intent (stored_at)
  where kind in ('archive', 'unarchive', 'delete', 'merge', 'unmerge', 'note');
-- Records that are on their way back to the link that they had.
create index consolidated_from on consolidated ((body->>'from'));
