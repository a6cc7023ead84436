alter table memberships drop column delegation;
drop table changes;
drop table absences;
