//! Random cases under random plans.
