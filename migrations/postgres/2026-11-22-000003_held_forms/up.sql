-- What somebody sent after her session had run out: hers alone, for an hour.
create table held_forms (
  person_id text not null references persons (id),
  address text not null,
  form text not null,
  kept_at timestamp not null,
  primary key (person_id, address)
);
