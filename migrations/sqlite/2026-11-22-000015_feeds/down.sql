drop table feeds;
