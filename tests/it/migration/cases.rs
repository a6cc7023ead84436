//! What a migration guarantees of each case.
