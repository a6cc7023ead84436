-- Organisation: who signed, with dates. Loaded by `samsyn import`.
create table principals (
  id text primary key not null,
  code text not null,
  name text not null,
  kind text not null,
  series text not null unique
);
create table authorities (
  id text primary key not null,
  principal_id text not null references principals (id),
  name text not null,
  valid_from date,
  valid_until date
);
create table units (
  id text primary key not null,
  principal_id text not null references principals (id),
  authority_id text references authorities (id),
  name text not null,
  valid_from date,
  valid_until date
);
create table bodies (
  id text primary key not null,
  name text not null
);
create table agreement_versions (
  agreement_id text not null,
  version text not null,
  title text not null,
  valid_from date not null,
  valid_until date,
  primary key (agreement_id, version)
);
create table persons (
  id text primary key not null,
  name text not null,
  email text
);
create table memberships (
  id text primary key not null,
  person_id text not null references persons (id),
  role text not null,
  title text,
  principal_id text references principals (id),
  authority_id text references authorities (id),
  unit_id text references units (id),
  body_id text references bodies (id),
  valid_from date,
  valid_until date
);
create index memberships_person on memberships (person_id);
create index memberships_role on memberships (role, principal_id, body_id);
create table tokens (
  id text primary key not null,
  person_id text not null references persons (id),
  hash text not null unique,
  created_at timestamp not null,
  expires_at timestamp,
  revoked_at timestamp
);

-- Definitions, by the digest that cases refer to them with. Never changed. That digest leaves titles and comments out;
-- text_hash is that of the whole text.
create table definitions (
  digest text primary key not null,
  workflow text not null,
  version integer not null,
  text text not null,
  text_hash text not null
);

-- Cases. The snapshot is the fold of the log; the other columns index it.
create table series (
  name text not null,
  year integer not null,
  last integer not null,
  primary key (name, year)
);
create table cases (
  id text primary key not null,
  number text not null unique,
  workflow text not null,
  version integer not null,
  definition text not null references definitions (digest),
  state text not null,
  outcome text,
  revision bigint not null,
  category text,
  urgent boolean not null,
  opened_at timestamp not null,
  since timestamp not null,
  snapshot text not null
);
create index cases_waiting on cases (opened_at, id);
create table parties (
  case_id text not null references cases (id),
  side text not null,
  principal_id text not null references principals (id),
  authority_id text,
  unit_id text,
  from_entry bigint not null,
  until_entry bigint,
  primary key (case_id, principal_id, from_entry)
);
create index parties_principal on parties (principal_id, case_id);
create table links (
  case_id text not null references cases (id),
  relation text not null,
  other_id text not null references cases (id),
  primary key (case_id, relation, other_id)
);
create index links_other on links (other_id);

-- Who may read which room of which case, from which entry until which.
create table visibility (
  case_id text not null references cases (id),
  room text not null,
  reader text not null,
  from_entry bigint not null,
  until_entry bigint,
  primary key (case_id, room, reader, from_entry)
);
create index visibility_reader on visibility (reader, case_id);

-- The log: one chain a case and room. The document is the truth; the other columns index it.
create table chains (
  case_id text not null references cases (id),
  room text not null,
  length bigint not null,
  head text not null,
  primary key (case_id, room)
);
create table entries (
  case_id text not null references cases (id),
  room text not null,
  n bigint not null,
  kind text not null,
  transition text,
  person_id text,
  recorded_at timestamp not null,
  document text not null,
  hash text not null,
  primary key (case_id, room, n)
);
create table texts (
  case_id text not null,
  room text not null,
  n bigint not null,
  path text not null,
  salt text,
  text text,
  primary key (case_id, room, n, path)
);

-- Deadlines that run, and what has been reminded of.
create table deadlines (
  case_id text not null references cases (id),
  name text not null,
  generation integer not null,
  due date not null,
  runs_out timestamp not null,
  wake_at timestamp,
  primary key (case_id, name)
);
create index deadlines_wake on deadlines (wake_at);
create table reminders (
  case_id text not null references cases (id),
  deadline text not null,
  generation integer not null,
  step integer not null,
  round integer not null,
  person_id text not null,
  planned_at timestamp not null,
  recorded_at timestamp not null,
  outbox_id text,
  primary key (case_id, deadline, generation, step, round, person_id)
);

-- Mail to be sent, and sent. No address and no text that anybody wrote.
create table outbox (
  id text primary key not null,
  dedupe text not null unique,
  person_id text not null references persons (id),
  case_id text references cases (id),
  template text not null,
  content text not null,
  status text not null,
  created_at timestamp not null,
  next_at timestamp,
  attempts integer not null,
  leased_by text,
  leased_until timestamp,
  sent_at timestamp,
  error text
);
create index outbox_next on outbox (next_at);

-- Which process does a job, until when, and when it was last begun and brought to an end.
create table leases (
  name text primary key not null,
  holder text not null,
  until timestamp not null,
  last_run timestamp
);

-- A draft is no case: one person's, without number or log.
create table drafts (
  id text primary key not null,
  person_id text not null references persons (id),
  workflow text not null,
  start text not null,
  content text not null,
  created_at timestamp not null,
  updated_at timestamp not null
);
create index drafts_person on drafts (person_id);

-- Commands that were carried out: the same key gives the same answer once.
create table commands (
  person_id text not null,
  key text not null,
  request text not null,
  status integer not null,
  response text not null,
  created_at timestamp not null,
  primary key (person_id, key)
);

-- Facts about the database itself, such as that it holds the demonstration.
create table facts (
  name text primary key not null,
  value text not null
);

-- The log and the definitions are never changed; a text can only be emptied.
create trigger entries_no_update before update on entries begin select raise(abort, 'the log is append-only'); end;
create trigger entries_no_delete before delete on entries begin select raise(abort, 'the log is append-only'); end;
create trigger definitions_no_update before update on definitions begin select raise(abort, 'definitions never change'); end;
create trigger definitions_no_delete before delete on definitions begin select raise(abort, 'definitions never change'); end;
create trigger texts_no_delete before delete on texts begin select raise(abort, 'texts are emptied, never deleted'); end;
create trigger texts_only_emptied before update on texts
when new.text is not null or new.salt is not null or new.case_id <> old.case_id or new.room <> old.room or new.n <> old.n or new.path <> old.path
begin select raise(abort, 'texts are emptied, never changed'); end;
