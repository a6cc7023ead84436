drop table listings;
