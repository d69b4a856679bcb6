-- The app's own tables. No default makes an id or a time: what the database makes up, a replay could not make up again.
create table people (
  id uuid primary key,
  name text not null,
  email text not null unique,
  newsletter boolean not null,
  created_at timestamptz not null
);

-- How somebody may sign in; each way once.
create table logins (
  person_id uuid not null references people,
  strategy text not null,           -- password, magic_link
  password_hash text,               -- null: there is no password
  added_at timestamptz not null,
  primary key (person_id, strategy)
);

create table magic_links (
  id uuid primary key,
  person_id uuid not null references people,
  token_hash text not null unique,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table sessions (
  id uuid primary key,
  person_id uuid not null references people,
  strategy text not null,
  token_hash text not null unique,
  started_at timestamptz not null
);

create table emails (
  id uuid primary key,
  person_id uuid not null references people,
  template text not null,           -- welcome, magic_link
  status text not null,             -- queued, sent
  receipt text,                     -- what the mail service answered
  queued_at timestamptz not null,
  sent_at timestamptz
);
