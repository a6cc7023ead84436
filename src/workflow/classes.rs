//! Every class of faults that the reader and the checker know, in one table: its id, how bad it is, what it is. Tests ask
//! for a bad file and a good twin of each; documentation lists them. How a fault is found is not here: see `check`.

use super::problem::{Class, Severity, classes};

classes! {
    // Reading.
    BROKEN_YAML = Error "source/yaml" "The file is no YAML, or uses parts of YAML that the format does without: tags, several documents, keys that are no texts.";
    DUPLICATE_KEY = Error "source/duplicate-key" "A key stands twice in one mapping.";
    TOO_LARGE = Error "source/too-large" "The file is too long or too deeply nested, aliases counted.";
    UNKNOWN_KEY = Error "shape/unknown-key" "A key that the format does not have.";
    MISSING_KEY = Error "shape/missing-key" "A key is missing, such as a title.";
    WRONG_TYPE = Error "shape/type" "A value of another type than the key takes.";
    WRONG_VALUE = Error "shape/value" "A value that the key does not take: an unknown word, an id or a period that is none.";

    // Structure.
    DUPLICATE_ID = Error "structure/duplicate-id" "Two things that the file refers to by name have the same id.";
    RESERVED_ID = Error "structure/reserved-id" "An id that means something else in the format.";
    NO_START = Error "structure/no-start" "No case could ever begin.";
    START_TARGET = Error "structure/start-target" "A start leads to an unknown or a final state.";
    UNKNOWN_TARGET = Error "structure/unknown-target" "A transition leads to a state that does not exist.";
    UNKNOWN_STATE = Error "structure/unknown-state" "A set of states names one that does not exist.";
    UNKNOWN_GROUP = Error "structure/unknown-group" "A body's reach names a group that does not exist.";
    UNUSED_GROUP = Error "structure/unused-group" "Nothing uses the group.";
    EMPTY_SET = Error "structure/empty-set" "A set of states is empty.";
    UNKNOWN_TRANSITION = Error "structure/unknown-transition" "Something refers to a transition that does not exist.";
    UNREACHABLE_STATE = Error "structure/unreachable-state" "No case can come to the state.";
    NO_FINAL_STATE = Error "structure/no-final-state" "No state is final: no case could ever end.";
    NO_WAY_TO_END = Error "structure/no-way-to-end" "From the state no final state can be reached.";
    FINAL_STATE_ACTIVE = Error "structure/final-state-active" "A final state has a turn, transitions or deadlines: it is the end.";
    SHADOWED = Error "structure/shadowed" "A condition that guards nothing: an earlier transition does the same for the same people without it.";
    TIMER_LOOP = Error "structure/timer-loop" "Deadlines alone could send a case round for ever.";

    // Rights.
    UNDECLARED_ROLE = Error "rights/undeclared-role" "A role acts that `roles` does not list.";
    WATCHING_ROLE = Error "rights/watching-role" "A role is named that only watches over cases, such as an auditor's: no step, turn or mail can be its.";
    UNUSED_ROLE = Error "rights/unused-role" "A role is listed, and nothing is asked of it.";
    UNKNOWN_PARTY = Error "rights/unknown-party" "A side is named that `parties` does not have.";
    UNKNOWN_BODY = Error "rights/unknown-body" "A body is named that `bodies` does not have.";
    START_BY = Error "rights/start-by" "A start is not by the first party.";
    JOINT = Error "rights/joint" "A joint step that cannot be one: other people may take it too, or each principal would confirm a text of its own.";
    NO_TURN = Error "rights/no-turn" "It is nobody's move in a state where the case waits for somebody.";
    IDLE_TURN = Error "rights/idle-turn" "It is somebody's move in a state that only another case leads on from: she would have nothing to do.";
    NOBODY = Error "rights/nobody" "Nobody could ever take the transition.";
    RAISED_BY = Error "rights/raised-by" "What raises an event and the event that says what raises it do not agree.";
    SYSTEM_ONLY = Error "rights/system-only" "No person can act in the state, and no deadline runs there.";
    NOT_SAME_AS = Error "rights/not-same-as" "Four eyes with a step that may not have happened.";
    BODY_CANNOT_READ = Error "rights/body-cannot-read" "A body acts where its reach does not let it read.";
    THEN_TO_BODY = Error "rights/then-to-body" "A deadline carries the matter to a body: only a person may.";
    THEN_IS_ACT = Error "rights/then-is-act" "A deadline takes a step that counts as somebody's act, such as an acceptance.";
    MACHINE_INPUT = Error "rights/machine-input" "A step that no person takes needs something that only a person can give.";

    // Data.
    UNKNOWN_FIELD = Error "data/unknown-field" "Something refers to a field that does not exist.";
    UNUSED_FIELD = Warning "data/unused-field" "No step asks for the field.";
    FIELD_KIND = Error "data/field-kind" "A field of another kind than what uses it needs.";
    FIELD_TWICE = Error "data/field-twice" "A form asks for a field twice.";
    SECTIONS = Error "data/sections" "The sections of a form leave out a field that it asks for, show one twice, or one that it does not ask for.";
    MAYBE_UNSET = Error "data/maybe-unset" "A condition or a deadline uses a field that is not set on some way there.";
    GUARD = Error "data/guard" "A condition that cannot mean what it says: a value that the field never has, an empty list, none of something.";
    DATES_STEP = Error "data/dates-step" "A field that cannot say when its step happened: it is no date of the shared room, or one of two in a form, or asked for when a case begins.";
    OPTIONS = Error "data/options" "Options belong to a choice, and every choice has some; so do the groups that they stand in.";
    PRODUCT = Error "data/product" "A product of something else than choices that everybody shares, each of whose options has a worth; or a worth that nothing multiplies.";
    PARTS = Error "data/parts" "Parts belong to a record or a list, and every one has some.";
    PER_PARTY = Error "data/per-party" "A field that each principal has its own of is given by nobody's principal, or one that each should have its own of is shared.";
    OWN_ROOM = Error "data/own-room" "A field of a principal's own room is used where the other side or the engine would have to know it.";
    DOCUMENTS = Error "data/documents" "Documents that go with no text, with two, or that nobody could pick: what a step carries goes with a text that it gives.";
    UNKNOWN_OF = Error "data/unknown-of" "`of` names neither a field nor a transition.";
    DECLINES = Error "data/declines" "`declines` names nothing that another step confirms or accepts.";
    SAME_PARTY = Error "data/same-party" "`same_party` without a step that it could be about.";

    // Time.
    ANCHOR = Error "time/anchor" "A deadline that does not say from when it counts, or says it twice.";
    NO_BASIS = Error "time/no-basis" "A length of time without a rule or a source.";
    THEN_IMPOSSIBLE = Error "time/then-impossible" "A deadline raises a transition that does not exist, or that is not possible in a state where it runs.";
    NO_DEADLINE = Error "time/no-deadline" "A state where somebody must act, and no deadline covers it.";
    COVER_WITH_GAPS = Warning "time/cover-with-gaps" "A state is covered only by deadlines that may not run.";
    SIMULTANEOUS = Error "time/simultaneous" "Two deadlines run out on the same day and lead to different places.";
    REMINDER_BEFORE_ANCHOR = Error "time/reminder-before-anchor" "A reminder that would have to go out before its deadline began.";
    REMINDER_AFTER_THEN = Error "time/reminder-after-then" "A reminder after its deadline has moved the case on.";
    REMINDER_UNIT = Error "time/reminder-unit" "Reminders count in days or working days.";
    LADDER_ENDS = Warning "time/ladder-ends" "After the last reminder nothing happens, and nobody else was told.";
    DOES_NOTHING = Error "time/does-nothing" "A deadline that reminds nobody and moves nothing.";
    UNKNOWN_CALENDAR = Error "time/unknown-calendar" "A calendar that does not exist.";
    CLOCK = Error "time/clock" "A step sets the clock of a deadline that is not there, does not run there or has no such maximum; or it moves the case, or asks for no reason.";
    UNUSED_MAXIMUM = Error "time/unused-maximum" "How long a deadline may be paused or extended, and no step that does.";
    NO_MAXIMUM = Error "time/no-maximum" "A pause, an extension or a repetition without a maximum above nothing.";

    // Texts.
    EMPTY_TITLE = Error "texts/empty-title" "A title without a word.";
    SAME_TITLE = Warning "texts/same-title" "Two states, or two steps that are offered together, with the same title.";
    UNKNOWN_TEMPLATE = Error "texts/unknown-template" "A mail template that `email_templates/` does not have.";
    RECIPIENT = Error "texts/recipient" "A recipient that cannot be told who it is, or who may not know of the case yet.";
    ABOUT = Error "texts/about" "A mail is about a deadline that does not exist, or that does not run where it goes out.";
    UNKNOWN_RULE = Error "texts/unknown-rule" "A rule that `workflows/rules.yaml` does not have.";
    PERSONAL_NUMBER = Error "texts/personal-number" "A personal identity number in a text.";

    // Versions.
    FORMAT = Error "versions/format" "A format that this program does not read.";
    FILE_NAME = Error "versions/file-name" "The folder and the file are named otherwise than the workflow and its version.";
    NOT_ABOVE = Error "versions/not-above" "A version that is not above its predecessor.";
    FINAL_CHANGED = Error "versions/final-changed" "A final file has changed, and cases refer to it.";
    FINAL_MISSING = Error "versions/final-missing" "The lock names a final version that has no file.";
    LOCK_STALE = Warning "versions/lock-stale" "The lock does not hold the file's digest.";
    FROM_CASE = Error "versions/from-case" "A start grows out of a case that cannot be: an unknown workflow, state or transition there, or a step that is not possible.";
    NEVER_FIRST = Warning "versions/never-first" "Of several transitions to raise, one is never the first that is possible.";
}
