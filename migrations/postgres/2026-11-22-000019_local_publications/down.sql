alter table publications drop column local_version;
alter table publications drop column principal_id;
