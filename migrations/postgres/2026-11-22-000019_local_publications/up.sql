-- What one municipality and the region have agreed locally over a version: whose, and which version of it. A row with it counts
-- only for that municipality's cases, and only while the version that it lies over is in force.
alter table publications add column principal_id text;
alter table publications add column local_version integer;
