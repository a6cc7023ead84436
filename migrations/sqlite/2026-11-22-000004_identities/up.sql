-- Who somebody is outside of here: her identity in HSA, the sector's catalogue, and those of organisations.
alter table persons add column hsa_id text;
create unique index persons_hsa_id on persons (hsa_id);
alter table principals add column hsa_id text;
create unique index principals_hsa_id on principals (hsa_id);
alter table authorities add column hsa_id text;
create unique index authorities_hsa_id on authorities (hsa_id);
alter table units add column hsa_id text;
create unique index units_hsa_id on units (hsa_id);

-- Whom a session speaks for, where it was begun in a commission: this principal alone.
alter table sessions add column principal_id text references principals (id);
alter table sessions add column commission text;

-- Sign-ins that are under way at the sign-in service: of the state and of the browser's secret only the digests.
create table sign_in_attempts (
  state text primary key not null,
  browser text not null,
  nonce text not null,
  verifier text not null,
  next text not null,
  begun_at timestamp not null
);
-- Who has shown who she is, and has yet to choose a commission.
create table sign_in_choices (
  browser text primary key not null,
  claimed text not null,
  next text not null,
  begun_at timestamp not null
);
