-- Locks taken: none but on tables that are made. Expected time at 10 million rows: an instant.
-- Way back: drop both tables.
-- Records of one connection that may be one and the same, as last looked for, with what people said of them.
create table duplicate (
  id text primary key,
  entity text not null,
  state text not null check (state in ('open', 'apart', 'consolidated', 'gone')),
  body jsonb not null
);
create index duplicate_by_entity on duplicate (entity);
-- Records that a plan consolidates into others: archived, they count as merged into their survivor.
create table consolidated (
  connection text not null,
  entity text not null,
  loser text not null,
  survivor text not null,
  plan text not null,
  body jsonb not null,
  primary key (connection, entity, loser)
);
create index consolidated_by_plan on consolidated (plan);
