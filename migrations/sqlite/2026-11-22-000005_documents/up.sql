-- The bytes of documents, each beside the entry of the log that attached it. What they are, the entry says.
create table documents (
  id text primary key not null,
  case_id text not null references cases (id),
  room text not null,
  n bigint not null,
  salt text,
  bytes blob,
  unique (case_id, room, n)
);
-- A document is never changed; it can only be emptied.
create trigger documents_no_delete before delete on documents begin select raise(abort, 'documents are emptied, never deleted'); end;
create trigger documents_only_emptied before update on documents
when new.bytes is not null or new.salt is not null or new.id <> old.id or new.case_id <> old.case_id or new.room <> old.room or new.n <> old.n
begin select raise(abort, 'documents are emptied, never changed'); end;
