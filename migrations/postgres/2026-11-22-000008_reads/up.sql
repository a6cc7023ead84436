-- Who has read which case, in which role, for her principal or for a body (`principal:falun`, `body:network`). A row stands
-- for what she read in the quarter of an hour from `at`. Nothing is ever changed or forgotten.
create table reads (
  id text primary key not null,
  person_id text not null references persons (id),
  role text not null,
  place text not null,
  case_id text not null references cases (id),
  what text not null,
  at timestamp not null
);
create index reads_place on reads (place, id);
create index reads_case on reads (case_id, person_id);
create trigger reads_no_change before update or delete or truncate on reads for each statement execute function refuse_change();
