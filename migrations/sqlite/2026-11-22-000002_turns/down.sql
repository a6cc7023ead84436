drop table turns;
