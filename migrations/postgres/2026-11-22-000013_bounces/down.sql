alter table outbox drop column generation;
alter table outbox drop column deadline;
alter table outbox drop column answers;
