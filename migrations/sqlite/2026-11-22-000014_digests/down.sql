drop index reminders_person;
drop index reminders_digest;
alter table reminders drop column digest;
alter table persons drop column digest;
