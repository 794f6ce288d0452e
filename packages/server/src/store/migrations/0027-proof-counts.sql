-- Locks taken: access exclusive on proof_terms for an instant. Expected time at 10 million rows: seconds
-- (a scan of the leaves). Way back: drop the columns.
-- How much there is under the root of a tree, so that nobody has to count its leaves.
alter table proof_terms add column records int not null default 0;
alter table proof_terms add column records_equal int not null default 0;
alter table proof_terms add column fields bigint not null default 0;
alter table proof_terms add column fields_equal bigint not null default 0;
update proof_terms t set records = p.records, records_equal = p.records_equal, fields = p.fields,
  fields_equal = p.fields_equal from (select entity, count(*) as records, count(*) filter (where differs_since
  is null) as records_equal, sum(compared) as fields, sum(equal) as fields_equal from proof group by entity) p
  where p.entity = t.entity;
