/** As much of a transaction as the actions use: PGlite and pg both have it. */
export interface Tx {
  query<Row extends object>(sql: string, parameters?: unknown[]): Promise<{ rows: Row[] }>;
}

/** A small shop: a column of each type that two databases could print or keep differently. */
export const shopSchema = `
create table items (
  account     text not null,
  id          uuid not null,
  name        text not null,
  quantity    integer not null,
  price       numeric not null,
  tags        jsonb not null,
  labels      text[] not null,
  token_hash  bytea not null,
  luck        float8 not null,
  created_at  timestamptz not null,
  sold_out_at timestamptz,
  primary key (account, id)
);
create table item_notes (
  account  text not null,
  item_id  uuid not null,
  number   integer not null,
  text     text not null,
  at       timestamptz not null,
  primary key (account, item_id, number),
  foreign key (account, item_id) references items
);
create table settings (
  account  text not null,
  name     text not null,
  value    jsonb,
  changes  integer not null,
  primary key (account, name)
);`;

/** In an order in which they can be emptied. */
export const shopTables = ["item_notes", "items", "settings"];
