-- Locks taken: none (a table that was not there). Expected time at 10 million rows: not applicable; the rows
-- come with the leaves of the hash tree, which are all made again. Way back: drop the table.
-- Which records name which, as both sides show it: a row per link and link that it names.
create table record_reference (
  link_id text not null,
  entity text not null,
  names_link text not null,
  primary key (link_id, names_link)
);
create index record_reference_to on record_reference (names_link, entity, link_id);
