drop index outbox_case;
