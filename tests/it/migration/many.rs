//! Ten thousand cases, and a run that is killed midway.
