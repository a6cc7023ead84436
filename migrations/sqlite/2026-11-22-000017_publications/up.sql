-- Which version of a workflow new cases get, from which day on. Of those that have begun the latest counts; where it has ended
-- too, there are no new cases. Without an agreement a row counts whichever is in force.
create table publications (
  id text primary key not null,
  workflow text not null,
  version integer not null,
  definition text not null references definitions (digest),
  agreement_id text,
  valid_from date,
  valid_until date,
  published_at timestamp not null
);
create index publications_workflow on publications (workflow);
