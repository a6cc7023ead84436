-- What lists are read from: for each shelf - a reader, a role at a place whose move it is (`handler@principal:falun`), a
-- register that waits for a number - the cases that stand on it, with what lists are narrowed and sorted by, as whoever
-- reads that shelf may know it. Of a reader whom the case has left it says how the case stood then.
create table lists (
  case_id text not null references cases (id),
  shelf text not null,
  standing integer not null,
  seen_until bigint not null,
  waiting_since timestamp not null,
  opened_at timestamp not null,
  workflow text not null,
  state text not null,
  level text not null,
  category text,
  urgent boolean not null,
  due timestamp,
  primary key (case_id, shelf)
);
create index lists_standing on lists (shelf, standing, waiting_since, case_id);
create index lists_level on lists (shelf, level, waiting_since, case_id);
create index lists_category on lists (shelf, category, waiting_since, case_id) where category is not null;
create index lists_due on lists (shelf, standing, due, case_id) where due is not null;
create index lists_opened on lists (shelf, opened_at, case_id);
-- A shelf holds what these held. The rows of cases that there are already are made by the program, which knows the workflows.
drop table turns;
drop index visibility_reader;
drop index cases_waiting;
-- Registry numbers are found by what a case shows.
create index texts_registry_number on texts using hash (text) where path like 'registry_number@%';
