-- Who may sign in no more, by whichever way: it is said of the person, who may be known to the sign-in service alone.
alter table persons add column disabled_at timestamp;
update persons set disabled_at = (select a.disabled_at from accounts a where a.person_id = persons.id);
alter table accounts drop column disabled_at;
