-- A case shows the mails that went out about it.
create index outbox_case on outbox (case_id);
