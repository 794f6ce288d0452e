-- Locks taken: share row exclusive on observation, link_member, line_link and work for an instant (triggers).
-- Expected time at 10 million rows: an instant. Way back: drop the triggers, the function and the tables.
-- The hash tree of an entity: a leaf per link that has a record on both sides, and the nodes above.
create table proof (
  link_id text primary key references link (id),
  entity text not null,
  bucket text not null,
  crm_hash text not null,
  erp_hash text not null,
  compared int not null,
  equal int not null,
  differs_since timestamptz
);
create index proof_by_bucket on proof (entity, bucket);
create index proof_that_differs on proof (entity, link_id) where differs_since is not null;
create table proof_node (
  entity text not null,
  path text not null,
  crm_hash text not null,
  erp_hash text not null,
  primary key (entity, path)
);
-- Under which mapping and contract the leaves of an entity were made; its row is the lock of the tree.
create table proof_terms (entity text primary key, terms text not null);
-- Links whose leaf may have changed, a row per change.
create table proof_due (
  nr bigint generated always as identity,
  link_id text not null
);
create index proof_due_by_nr on proof_due (nr);
create index proof_due_by_link on proof_due (link_id);
create function mark_proof_due() returns trigger language plpgsql as $$
begin
  insert into proof_due (link_id) select distinct link_id from touched where link_id is not null;
  return null;
end $$;
create function mark_seen_due() returns trigger language plpgsql as $$
begin
  insert into proof_due (link_id) select distinct link_id from (
    (select connection, entity, external_id, link_id, kind, content_hash from was except
      select connection, entity, external_id, link_id, kind, content_hash from touched) union all
    (select connection, entity, external_id, link_id, kind, content_hash from touched except
      select connection, entity, external_id, link_id, kind, content_hash from was)) changed
    where link_id is not null;
  return null;
end $$;
create function mark_member_due() returns trigger language plpgsql as $$
begin
  insert into proof_due (link_id) select distinct link_id from (
    (select link_id, connection, entity, external_id, is_alias, until_at from was except
      select link_id, connection, entity, external_id, is_alias, until_at from touched) union all
    (select link_id, connection, entity, external_id, is_alias, until_at from touched except
      select link_id, connection, entity, external_id, is_alias, until_at from was)) changed;
  return null;
end $$;
create function mark_line_due() returns trigger language plpgsql as $$
begin
  insert into proof_due (link_id) select distinct link_id from (
    (select * from was except select * from touched) union all
    (select * from touched except select * from was)) changed;
  return null;
end $$;
create function mark_work_due() returns trigger language plpgsql as $$
begin
  insert into proof_due (link_id) select distinct link_id from (
    (select link_id, marked from was except select link_id, marked from touched) union all
    (select link_id, marked from touched except select link_id, marked from was)) changed;
  return null;
end $$;
create trigger observation_added after insert on observation
  referencing new table as touched for each statement execute function mark_proof_due();
create trigger observation_changed after update on observation
  referencing old table as was new table as touched for each statement execute function mark_seen_due();
create trigger observation_removed after delete on observation
  referencing old table as touched for each statement execute function mark_proof_due();
create trigger member_added after insert on link_member
  referencing new table as touched for each statement execute function mark_proof_due();
create trigger member_changed after update on link_member
  referencing old table as was new table as touched for each statement execute function mark_member_due();
create trigger member_removed after delete on link_member
  referencing old table as touched for each statement execute function mark_proof_due();
create trigger line_added after insert on line_link
  referencing new table as touched for each statement execute function mark_proof_due();
create trigger line_changed after update on line_link
  referencing old table as was new table as touched for each statement execute function mark_line_due();
create trigger line_removed after delete on line_link
  referencing old table as touched for each statement execute function mark_proof_due();
-- Whatever is to be decided again may refer to another record by now.
create trigger work_added after insert on work
  referencing new table as touched for each statement execute function mark_proof_due();
create trigger work_changed after update on work
  referencing old table as was new table as touched for each statement execute function mark_work_due();
-- When the whole reading began that goes on: what it lists is proved since then, whenever it ends.
alter table cursor add column sweep_since timestamptz;
