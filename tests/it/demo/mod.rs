//! The demonstration: its stories play to their ends, on the database that the tests run on.

mod stories;
