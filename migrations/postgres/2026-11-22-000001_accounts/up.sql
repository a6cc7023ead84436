-- Who signs in with a password. The username is kept in lower case.
create table accounts (
  person_id text primary key not null references persons (id),
  username text not null unique,
  password_hash text not null,
  created_at timestamp not null,
  changed_at timestamp not null,
  disabled_at timestamp
);

-- Who is signed in, in which browser. Of the browser's secret only the digest is kept.
create table sessions (
  id text primary key not null,
  person_id text not null references persons (id),
  hash text not null unique,
  method text not null,
  created_at timestamp not null,
  seen_at timestamp not null,
  ended_at timestamp
);
create index sessions_person on sessions (person_id);

-- The record of sign-ins, tried and done: no name that nobody has, no address.
create table sign_ins (
  id text primary key not null,
  at timestamp not null,
  person_id text references persons (id),
  method text not null,
  outcome text not null
);
create index sign_ins_at on sign_ins (at);

-- Passwords that were wrong, by the digest of the username, whether anybody has it or not.
create table throttles (
  key text primary key not null,
  failures integer not null,
  last_at timestamp not null
);
