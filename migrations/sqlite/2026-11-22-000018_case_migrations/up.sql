-- The plans by which running cases were or might have been taken over to another version, byte for byte.
create table migration_plans (
  digest text primary key not null,
  name text not null,
  text text not null
);
-- What came of each case under each plan: one row, of the last time that it was judged.
create table case_migrations (
  plan text not null references migration_plans (digest),
  case_id text not null references cases (id),
  -- foreseen, migrated, refused or undecided
  verdict text not null,
  -- why it does not go over, as JSON: names of the workflow file, nothing that anybody wrote
  reasons text not null,
  -- the revision of the case that was judged
  revision bigint not null,
  -- the revision that the last dry run judged
  foreseen_revision bigint,
  person_id text not null references persons (id),
  judged_at timestamp not null,
  primary key (plan, case_id)
);
