//! Every class of faults that a plan can have, in one table: its id and what it is. Documentation lists them, and tests ask for
//! a bad file of each. How a fault is found is `check`.

use crate::workflow::problem::{Class, Severity, classes};

classes! {
    FORMAT = Error "plan/format" "A format that this program does not read.";
    FILE_NAME = Error "plan/file-name" "The folder and the file are named otherwise than the workflow and its two versions.";
    VERSION = Error "plan/version" "A workflow or a version that is not there, or a version that is not above the other.";
    WHY = Error "plan/why" "No reason, or one with a personal identity number.";
    UNKNOWN_NAME = Error "plan/unknown-name" "A name that the old version does not have, or the new one.";
    STATE_MISSING = Error "plan/state-missing" "A state in which cases stand, and nothing says where they stand afterwards.";
    STATE_TWICE = Error "plan/state-twice" "A state stands in `states` and in `unchanged`.";
    ENDED = Error "plan/ended" "A final state of the old version is named: a case that has ended is left alone.";
    TO_END = Error "plan/to-end" "An open case would be ended.";
    NO_WAY_TO_END = Error "plan/no-way-to-end" "From the new state no final state can be reached.";
    SHOWS_MORE = Error "plan/shows-more" "The new state carries the case to a body or to a side that does not see it yet: only a step may.";
    PARTY = Error "plan/party" "A side that the new version does not have.";
    DEADLINE_MISSING = Error "plan/deadline-missing" "A deadline that can run, and nothing says what becomes of it.";
    DEADLINE_POLICY = Error "plan/deadline-policy" "What becomes of a deadline does not fit the new version.";
    DEADLINE_BEGINS = Error "plan/deadline-begins" "A deadline of the new version runs where cases will stand, and nothing says whether it begins.";
    FIELD = Error "plan/field" "A field cannot become what the plan says: it is gone, of another type, or lacks an option.";
    TRANSITION = Error "plan/transition" "A start or a transition cannot become what the plan says.";
    TWO_INTO_ONE = Error "plan/two-into-one" "Two of the old version would be called the same.";
}
