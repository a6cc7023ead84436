-- Which bodies see one line of a case that has not come to them, because every party of it says so: an index of what the
-- definition says of the case.
create table listings (
  case_id text not null references cases (id),
  body_id text not null,
  primary key (case_id, body_id)
);
create index listings_body on listings (body_id, case_id);
