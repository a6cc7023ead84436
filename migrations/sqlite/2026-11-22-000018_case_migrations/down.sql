drop table case_migrations;
drop table migration_plans;
