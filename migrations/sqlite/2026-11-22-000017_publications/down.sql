drop table publications;
