-- The app's own tables. Tidings keeps its log beside them, in the schema "tidings" of the same database, which is
-- what lets a change and its event commit together. Times come from the actions, never from a default: a replay sets the same.
create table if not exists boards (
  id text primary key,
  name text not null
);

create table if not exists members (
  id text primary key,
  name text not null,
  hue integer not null,            -- colour of the avatar, in degrees
  joined_at timestamptz not null
);

create table if not exists columns (
  id text primary key,
  board_id text not null references boards,
  name text not null,
  position integer not null
);

create table if not exists cards (
  id integer primary key generated always as identity,
  column_id text not null references columns,
  position integer not null,       -- 0 is the top
  title text not null,
  assignee_id text references members,
  due date,
  closed_at timestamptz
);

create table if not exists comments (
  id integer primary key generated always as identity,
  card_id integer not null references cards,
  author_id text not null references members,
  body text not null,
  written_at timestamptz not null
);
create index if not exists comments_by_card on comments (card_id, id);
