drop index drafts_person;
create table drafts_of_people (
  id text primary key not null,
  person_id text not null references persons (id),
  workflow text not null,
  start text not null,
  content text not null,
  created_at timestamp not null,
  updated_at timestamp not null
);
insert into drafts_of_people select id, person_id, workflow, start, content, created_at, updated_at from drafts;
drop table drafts;
alter table drafts_of_people rename to drafts;
create index drafts_person on drafts (person_id);
drop table held_forms;
create table held_forms (
  person_id text not null references persons (id),
  address text not null,
  form text not null,
  kept_at timestamp not null,
  primary key (person_id, address)
);
