drop table reads;
