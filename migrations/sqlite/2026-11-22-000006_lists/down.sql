drop index texts_registry_number;
create index cases_waiting on cases (opened_at, id);
create index visibility_reader on visibility (reader, case_id);
create table turns (
  case_id text not null references cases (id),
  holder text not null,
  primary key (case_id, holder)
);
create index turns_holder on turns (holder, case_id);
drop table lists;
