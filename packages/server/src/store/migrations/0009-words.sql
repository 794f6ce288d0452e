-- Locks taken: none (a table of its own). Expected time at 10 million rows: not applicable.
-- Way back: drop the table.
-- What a person said of a link, until it was carried out.
create table word (
  link_id text not null references link (id),
  about text not null check (about in ('deletion')),
  word text not null,
  said_by text not null,
  said_at timestamptz not null default now(),
  primary key (link_id, about)
);
