drop table held_forms;
