-- Locks taken: access exclusive on journal for an instant (trigger), share while its index is made.
-- Expected time at 10 million rows: about 10 s. Way back: put back the trigger of 0001, drop the index and
-- the table; entries that were erased stay so.
-- Persons whose values were erased: the proof of each, without any value.
create table erasure (
  id text primary key,
  at timestamptz not null,
  erased_by text not null,
  proof jsonb not null
);
create trigger erasure_append_only before update or delete on erasure
  for each row execute function refuse_change();
-- What an erasure leaves of each entry that it emptied: by that the chain is still verified.
create index journal_erasures on journal (at) where kind = 'person_erased';
-- An erasure, and nothing else, may empty an entry: what chains it stays.
create function refuse_journal_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('crossfoot.erasing', true) = 'on' and new.kind = 'erased'
    and row(new.shard, new.seq, new.at, new.run_id, new.entity, new.link_id, new.before_hash, new.hash)
      is not distinct from
      row(old.shard, old.seq, old.at, old.run_id, old.entity, old.link_id, old.before_hash, old.hash)
  then return new; end if;
  raise exception 'the journal is append only';
end $$;
drop trigger journal_append_only on journal;
create trigger journal_append_only before update or delete on journal
  for each row execute function refuse_journal_change();
