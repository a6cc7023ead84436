drop table throttles;
drop table sign_ins;
drop table sessions;
drop table accounts;
