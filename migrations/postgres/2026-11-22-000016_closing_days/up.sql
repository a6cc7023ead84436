-- Days when the offices are closed, besides the holidays of the law. A day that was taken back stays, so that the deadlines
-- that it moved are counted anew as well.
create table closing_days (
  day date primary key not null,
  name text not null,
  taken_back boolean not null,
  changed_at timestamp not null,
  -- When the running deadlines were counted anew by it; none while that is to be done.
  recounted_at timestamp
);
