-- Locks taken: none (new tables). Expected time at 10 million rows: not applicable.
-- Way back: drop the schema.
create table connection (
  id text primary key,
  system text not null,
  role text not null check (role in ('crm', 'erp')),
  tenant text,
  state text not null default 'new' check
    (state in ('new', 'ready', 'unreachable', 'refused', 'foreign', 'paused')),
  reason text,
  changed_at timestamptz not null default now()
);
create table link (
  id text primary key,
  entity text not null,
  generation int not null default 1,
  state text not null default 'single' check (state in ('single', 'live', 'dormant', 'ended', 'merged')),
  merged_into text references link (id),
  verdict text,
  created_at timestamptz not null default now()
);
create index link_by_entity on link (entity, state);
-- History of members is kept for ever: a row that ended has until_at.
create table link_member (
  link_id text not null references link (id),
  connection text not null,
  entity text not null,
  external_id text not null,
  is_alias boolean not null default false,
  since_at timestamptz not null default now(),
  until_at timestamptz
);
create unique index link_member_live on link_member (entity, connection, external_id) where until_at is null;
create unique index link_member_primary on link_member (link_id, connection)
  where until_at is null and not is_alias;
create index link_member_by_link on link_member (link_id) where until_at is null;
create table match_key (
  entity text not null,
  key text not null,
  connection text not null,
  link_id text not null references link (id),
  primary key (link_id, connection, key)
);
create index match_key_lookup on match_key (entity, key);
create table line_link (
  link_id text not null references link (id),
  connection text not null,
  field text not null,
  native_id text not null,
  key text not null,
  primary key (link_id, connection, field, native_id)
);
-- The newest accepted observation of each record. native holds the mapped roots only.
create table observation (
  connection text not null,
  entity text not null,
  external_id text not null,
  link_id text references link (id),
  kind text not null check (kind in
    ('present', 'archived', 'deleted', 'merged', 'converted', 'not_permitted', 'not_seen', 'out_of_scope')),
  native jsonb not null,
  content_hash text not null,
  version text,
  version_order double precision,
  modified_at bigint,
  actor text,
  into_id text,
  via text not null check (via in ('poll', 'sweep', 'probe', 'answer', 'hint')),
  read_start double precision not null,
  read_end double precision not null,
  resolution text check (resolution in ('candidate', 'waiting')),
  seen_at timestamptz not null default now(),
  primary key (connection, entity, external_id)
);
create index observation_newcomer on observation (entity, connection, external_id) where link_id is null;
create index observation_by_read_end on observation (read_end);
create index observation_by_link on observation (link_id);
-- Per side, the native image of each field when all last agreed.
create table base (
  link_id text not null references link (id),
  connection text not null,
  images jsonb not null,
  kind text not null,
  primary key (link_id, connection)
);
-- Changes to settle: a link that must be decided again.
create table work (
  link_id text primary key references link (id),
  entity text not null,
  reason text not null,
  due_at timestamptz not null default now(),
  marked bigint not null default 1
);
-- Work is walked in the order of the links, a batch at a time.
create index work_by_link on work (entity, link_id);
create table intent (
  key text primary key,
  link_id text not null references link (id),
  entity text not null,
  generation int not null,
  target text not null,
  kind text not null check (kind in ('create', 'update', 'archive', 'delete', 'transition', 'merge', 'note')),
  state text not null check (state in ('stored', 'sending', 'in_doubt', 'settled', 'refused', 'parked')),
  step int not null default 0,
  external_id text,
  reference text not null,
  precondition text,
  content_hash text not null,
  fields jsonb not null,
  transition jsonb,
  causes jsonb not null,
  source_images jsonb not null,
  -- Fields that several writes of one decision carry: their bases move together, when all have settled.
  group_key text,
  shared jsonb not null default '[]',
  landed_images jsonb,
  attempts int not null default 0,
  fence bigint not null default 0,
  send_deadline double precision,
  abandoned_at double precision,
  due_at timestamptz not null default now(),
  failure jsonb,
  run_id text,
  stored_at timestamptz not null default now(),
  settled_at timestamptz
);
-- Intents are claimed in the order of steps and links.
create index intent_open on intent (target, entity, step, link_id)
  where state in ('stored', 'sending', 'in_doubt');
create index intent_by_link on intent (link_id);
-- What the guard counts over a day.
create index intent_harmful on intent (stored_at) where kind in ('archive', 'delete', 'merge', 'note');
create index intent_by_group on intent (group_key) where group_key is not null;
create table conflict (
  link_id text not null references link (id),
  entity text not null,
  field text not null,
  reason text not null,
  held jsonb not null,
  state text not null default 'open' check (state in ('open', 'decided', 'closed')),
  resolution jsonb,
  decided_by text,
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (link_id, field)
);
create table candidate (
  connection text not null,
  entity text not null,
  external_id text not null,
  links jsonb not null,
  keys jsonb not null,
  state text not null default 'open' check (state in ('open', 'linked', 'apart', 'closed')),
  opened_at timestamptz not null default now(),
  primary key (connection, entity, external_id)
);
create table park (
  id text primary key,
  link_id text references link (id),
  entity text not null,
  connection text,
  external_id text,
  intent_key text,
  reason text not null,
  problems jsonb not null,
  failure jsonb,
  state text not null default 'open' check (state in ('open', 'redriven', 'closed')),
  opened_at timestamptz not null default now(),
  closed_at timestamptz
);
create index park_open on park (entity) where state = 'open';
create index park_by_link on park (link_id);
create table wait (
  link_id text not null references link (id),
  field text not null,
  target text not null,
  parent_link text,
  parent_entity text,
  parent_connection text,
  parent_id text,
  is_blocking boolean not null,
  since_at timestamptz not null default now()
);
create index wait_by_link on wait (link_id);
create index wait_by_parent on wait (parent_link);
create index wait_by_record on wait (parent_entity, parent_connection, parent_id);
create table tombstone (
  link_id text not null references link (id),
  entity text not null,
  connection text not null,
  external_id text not null,
  reason text not null check (reason in ('deleted', 'archived_by_us')),
  made_at timestamptz not null default now(),
  primary key (link_id, connection, external_id)
);
create table cursor (
  connection text not null,
  entity text not null,
  mapping_hash text,
  page_cursor text,
  pages int not null default 0,
  reading text check (reading in ('backfill', 'incremental', 'sweep')),
  reading_since bigint,
  newest_seen bigint,
  watermark bigint,
  backfilled_at timestamptz,
  read_at timestamptz,
  swept_at timestamptz,
  failure jsonb,
  primary key (connection, entity)
);
create table run (
  id text primary key,
  command text not null,
  state text not null default 'running' check (state in
    ('running', 'done', 'differences', 'stopped', 'failed', 'abandoned')),
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  summary jsonb
);
create table plan (
  id text primary key,
  made_at timestamptz not null default now(),
  body jsonb not null,
  state text not null default 'made' check (state in ('made', 'applying', 'applied', 'stopped')),
  applied_at timestamptz
);
create table lease (
  name text primary key,
  holder text not null,
  fence bigint not null,
  expires_at timestamptz not null
);
create table delivery (
  connection text not null,
  id text not null,
  received_at timestamptz not null default now(),
  primary key (connection, id)
);
create table hint (
  connection text not null,
  entity text not null,
  external_id text not null,
  received_at timestamptz not null default now(),
  primary key (connection, entity, external_id)
);
-- Append only and hash chained, a chain per shard; journal_head holds the newest link of each chain.
create table journal (
  shard int not null,
  seq bigint not null,
  at timestamptz not null,
  run_id text,
  entity text,
  link_id text,
  kind text not null,
  body jsonb not null,
  before_hash text not null,
  hash text not null,
  primary key (shard, seq)
);
create index journal_by_link on journal (link_id);
create index journal_by_run on journal (run_id);
create table journal_head (shard int primary key, seq bigint not null, hash text not null);
create function refuse_change() returns trigger language plpgsql as $$
begin raise exception 'the journal is append only'; end $$;
create trigger journal_append_only before update or delete on journal
  for each row execute function refuse_change();
