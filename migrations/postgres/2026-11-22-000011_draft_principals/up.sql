-- A draft is one person's at one principal: what she begins for it is not there when she acts for another. Of those there are,
-- each belongs to the only principal at which its writer holds a role; where that is not one, nobody can tell.
create table drafts_of_principals (
  id text primary key not null,
  person_id text not null references persons (id),
  principal_id text not null references principals (id),
  workflow text not null,
  start text not null,
  content text not null,
  created_at timestamp not null,
  updated_at timestamp not null
);
insert into drafts_of_principals
  select d.id, d.person_id, m.principal_id, d.workflow, d.start, d.content, d.created_at, d.updated_at
  from drafts d
  join (
    select person_id, min(principal_id) as principal_id from memberships where principal_id is not null
    group by person_id having count(distinct principal_id) = 1
  ) m on m.person_id = d.person_id;
drop table drafts;
alter table drafts_of_principals rename to drafts;
create index drafts_person on drafts (person_id, principal_id);

-- A form waits for the session's principal too; for the empty one, where the session spoke for no single one. What waits now
-- would be gone within the hour.
drop table held_forms;
create table held_forms (
  person_id text not null references persons (id),
  principal_id text not null,
  address text not null,
  form text not null,
  kept_at timestamp not null,
  primary key (person_id, principal_id, address)
);
