-- Whose move it is in a case, as a role at a place (`handler@principal:falun`): an index of what the definition says of the
-- case's state, so that a worklist is found without reading the cases.
create table turns (
  case_id text not null references cases (id),
  holder text not null,
  primary key (case_id, holder)
);
create index turns_holder on turns (holder, case_id);
