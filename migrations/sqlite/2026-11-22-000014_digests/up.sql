-- Whether a person's reminders come together, in one mail of a morning.
alter table persons add column digest boolean not null default false;
-- What a digest has to do with a reminder: `waiting` for it, `told` in it, or `dropped`, because nothing was left to remind of.
alter table reminders add column digest text;
create index reminders_digest on reminders (digest, person_id, recorded_at);
create index reminders_person on reminders (person_id);
