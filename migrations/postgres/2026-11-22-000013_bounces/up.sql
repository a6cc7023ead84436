-- Which mail of the case this person got first, so that later ones answer it; and the deadline that a mail is about.
alter table outbox add column answers text;
alter table outbox add column deadline text;
alter table outbox add column generation integer;
