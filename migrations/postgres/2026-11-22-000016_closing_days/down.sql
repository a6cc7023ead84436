drop table closing_days;
