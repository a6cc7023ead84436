-- Who is away on which days, and who acts in her place. The reason is one of a few words, never a text.
create table absences (
  id text primary key not null,
  person_id text not null references persons (id),
  from_day date not null,
  until_day date not null,
  substitute_id text not null references persons (id),
  reason text not null,
  recorded_by text not null references persons (id),
  recorded_at timestamp not null
);
create index absences_person on absences (person_id, until_day);
create index absences_substitute on absences (substitute_id, until_day);
create index absences_until on absences (until_day);

-- What administrators changed: who, when, which kind of change, about which person or unit, with what in fields. It holds no
-- address and nothing that anybody wrote about a case. Without a principal it concerns the whole county.
create table changes (
  id text primary key not null,
  at timestamp not null,
  person_id text not null references persons (id),
  principal_id text,
  kind text not null,
  subject text not null,
  details text not null
);
create index changes_at on changes (at, id);
create index changes_principal on changes (principal_id, at, id);

-- What the holder of a role may decide by her principal's delegation, in one line.
alter table memberships add column delegation text;

create trigger changes_no_update before update on changes begin select raise(abort, 'the record of changes is append-only'); end;
create trigger changes_no_delete before delete on changes begin select raise(abort, 'the record of changes is append-only'); end;
