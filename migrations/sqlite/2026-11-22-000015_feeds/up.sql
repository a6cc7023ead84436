-- The address of a person's calendar: whoever knows it reads her deadlines. Of the secret in it only the digest is kept.
create table feeds (
  person_id text primary key not null references persons (id),
  hash text not null unique,
  created_at timestamp not null
);
