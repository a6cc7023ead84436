alter table accounts add column disabled_at timestamp;
update accounts set disabled_at = (select p.disabled_at from persons p where p.id = accounts.person_id);
alter table persons drop column disabled_at;
